"""Without OpenTelemetry, or with its API alone, everything works."""

from __future__ import annotations

import subprocess
import sys

RUN = """
import asyncio
from a2e_async import A2E

async def main():
    for _ in range(3):
        async with A2E.sandbox(speed=100) as a2e:
            record = await a2e.text_to_image.run(prompt="x")
            assert record.outputs

asyncio.run(main())
"""

BLOCKED = """
import sys

class Blocked:
    asked = []

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "opentelemetry":
            self.asked.append(name)
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nothing_is_missing_where_it_is_not_installed() -> None:
    asked = run(f"{BLOCKED}\n{RUN}\nprint(len(Blocked.asked))")
    assert asked == "1"


def test_the_import_of_the_package_loads_none_of_it_and_a_client_does() -> None:
    listed = "print(sorted(n for n in sys.modules if n == 'opentelemetry.trace'))"
    shown = run(f"import sys\nfrom a2e_async import A2E\n{listed}\nA2E('sk_x')\n{listed}")
    assert shown.splitlines() == ["[]", "['opentelemetry.trace']"]


def test_the_providers_that_are_set_globally_hear_of_everything() -> None:
    code = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
from a2e_async import A2E
early = A2E("sk_x")
assert not early._core.telemetry.on, "nobody listens yet"
trace.set_tracer_provider(provider)
"""
    names = "print(*sorted({span.name for span in exporter.get_finished_spans()}), sep='\\n')"
    scope = "print(exporter.get_finished_spans()[0].instrumentation_scope.name)"
    assert run(f"{code}{RUN}\n{names}\n{scope}").splitlines() == [
        "a2e.poll text_to_image",
        "a2e.start text_to_image",
        "a2e.wait text_to_image",
        "a2e_async",
    ]
