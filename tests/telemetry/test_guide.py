"""The guide names what there is."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from a2e_async import A2E, logs
from tests.telemetry.conftest import Told

GUIDE = (Path(__file__).parents[2] / "docs/observability.md").read_text("utf-8")


def test_the_guide_names_all_fields() -> None:
    assert {*re.findall(r"`(a2e_(?!async)\w+)`", GUIDE)} == logs.FIELDS.keys()


def test_the_formatter_of_the_guide_writes_json() -> None:
    code = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)[0].partition("handler = ")[0]
    made: dict[str, Any] = {}
    exec(code, made)
    foreign = logging.makeLogRecord({"msg": "%s there", "args": ("hello",), "levelname": "INFO"})
    assert json.loads(made["JsonFormatter"]().format(foreign))["message"] == "hello there"


async def test_the_guide_names_all_spans_and_metrics(told: Told) -> None:
    reader = InMemoryMetricReader()
    providers = {**told.providers, "meter_provider": MeterProvider([reader])}
    async with A2E.sandbox(speed=100, **providers) as a2e:
        await a2e.text_to_image.run(prompt="x")
        data = reader.get_metrics_data()
    assert data is not None
    (scope,) = data.resource_metrics[0].scope_metrics
    assert scope.scope.name == "a2e_async"
    named = {*re.findall(r"^\| `(a2e\.client\.[\w.]+)`", GUIDE, re.MULTILINE)}
    assert named >= {metric.name for metric in scope.metrics}
    assert all(metric.unit and metric.description for metric in scope.metrics)
    assert {metric.name for metric in scope.metrics} >= named - {"a2e.client.detection.lag"}
    for span in told.spans():
        assert f"`{span.name.replace('text_to_image', '{kind}')}`" in GUIDE
        assert all(f"`{name}`" in GUIDE for name in span.attributes or ())
