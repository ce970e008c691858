"""Log records with fields."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from a2e_async import A2E, logs
from a2e_async.errors import UnexpectedResponse
from tests.conftest import TOKEN
from tests.support.scripted import DROP, Scripted, html, ok, says
from tests.telemetry.test_spans import LIST, ONE, PROMPT, START, record


class Lines(logging.Handler):
    """Writes each record as a line of JSON, as programs that read logs want it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        self.setFormatter(logging.Formatter("%(a2e_job)s %(message)s", defaults=logs.fields()))

    def emit(self, record: logging.LogRecord) -> None:
        shown = {name: getattr(record, name) for name in logs.FIELDS}
        known = {name: value for name, value in shown.items() if value is not None}
        line = {"level": record.levelname, "text": self.format(record), **known}
        self.lines.append(json.loads(json.dumps(line)))

    def about(self, words: str) -> dict[str, Any]:
        (line,) = (line for line in self.lines if words in line["text"])
        return line


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, logger = Lines(), logging.getLogger("a2e_async")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.setLevel(level)
    logger.removeHandler(handler)


async def test_a_job_is_told_from_its_start_to_its_end(
    client: A2E, scripted: Scripted, lines: Lines
) -> None:
    busy = says({"code": 1001, "message": "hosts occupied", "trace_id": "t-0"})
    scripted.on("POST", START, busy, ok(record("initialized", image_urls=[])))
    scripted.on("GET", ONE, ok(record(updatedAt="2026-01-01T00:00:00Z")))
    await client.text_to_image.run(prompt=PROMPT)
    again = lines.about("again in")
    assert again["level"] == "INFO"
    assert again["a2e_attempt"] == 1
    assert again["a2e_error"] == "ServiceBusy"
    assert again["a2e_trace_id"] == "t-0"
    started = lines.about("started in")
    assert started["level"] == "INFO"
    assert started["a2e_job"] == "text_to_image:a"
    assert started["a2e_kind"] == "text_to_image"
    assert started["a2e_attempt"] == 2
    assert started["a2e_trace_id"] == "t-1"
    assert started["a2e_coins"] == 10
    assert started["a2e_seconds"] > 0
    ended = lines.about(": completed")
    assert ended["level"] == "INFO"
    assert ended["a2e_job"] == "text_to_image:a"
    assert ended["a2e_status"] == "completed"
    assert ended["a2e_lag"] >= 0
    request = lines.about(f"GET {ONE}")
    assert request["level"] == "DEBUG"
    assert request["a2e_method"] == "GET"
    assert request["a2e_path"] == ONE
    assert request["a2e_http_status"] == 200
    assert PROMPT not in json.dumps(lines.lines)
    assert "s3cr3t" not in json.dumps(lines.lines)


async def test_a_normal_run_says_nothing_above_info(told: Any, lines: Lines, tmp_path: Any) -> None:
    async with A2E.sandbox(speed=100) as a2e:
        job = await a2e.text_to_image.start(prompt="x")
        await job.download(tmp_path)
    assert lines.lines
    assert {line["level"] for line in lines.lines} <= {"DEBUG", "INFO"}


async def test_a_query_is_not_told(client: A2E, scripted: Scripted, lines: Lines) -> None:
    scripted.on("GET", LIST, ok([]))
    assert [it async for it in client.text_to_image.list()] == []
    assert lines.about(LIST)["a2e_path"] == LIST
    assert "pageNum" not in json.dumps(lines.lines)


async def test_a_lost_start_is_told_by_its_kind(
    client: A2E, scripted: Scripted, lines: Lines
) -> None:
    scripted.on("POST", START, DROP)
    scripted.on("GET", LIST, lambda _: ok([record(name=scripted.seen[0].json["name"])]))
    await client.text_to_image.start(prompt=PROMPT)
    lost = lines.about("was lost, looking for")
    assert lost["level"] == "WARNING"
    assert lost["a2e_kind"] == "text_to_image"
    assert lines.about("started in")["a2e_job"] == "text_to_image:a"


ECHO = f"your token is {TOKEN}"


@pytest.mark.parametrize(
    "answer",
    [
        says({"code": 1001, "message": ECHO, "trace_id": TOKEN}),
        says({"code": 500, "message": ECHO, "trace_id": f"Bearer {TOKEN}"}, 500),
        says({"code": 0, "data": {"_id": TOKEN, "current_status": TOKEN}, "trace_id": TOKEN}),
        says([ECHO, PROMPT]),
        html(502),
        DROP,
    ],
    ids=["busy", "failing", "echoing", "unreadable", "page", "drop"],
)
async def test_no_token_gets_into_a_line_a_span_or_a_metric(
    client: A2E, scripted: Scripted, lines: Lines, told: Any, answer: Any
) -> None:
    # Another token than the client's own is known by its look only.
    other = "sk_other.eyJhIjoxfQ.signature"
    scripted.on("POST", START, answer).on("GET", "*", answer)
    jobs = [client.text_to_image.job("a"), client.text_to_image.job(other)]
    for attempt in (
        client.text_to_image.start(prompt=PROMPT),
        client.text_to_image.get("a"),
        *(job.wait(timeout=0.3) for job in jobs),
    ):
        (outcome,) = await asyncio.gather(attempt, return_exceptions=True)
        assert TOKEN not in str(outcome)
    everything = json.dumps(lines.lines) + told.everything()
    assert lines.lines
    assert told.spans()
    assert TOKEN not in everything
    assert other not in everything
    assert PROMPT not in everything


def test_all_fields_are_in_each_record(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "a2e_async")
    log = logs.get("a2e_async.jobs")
    log.debug("one")
    log.warning("two: %s", "sk_secret.of.somebody", kind="k", job="k:1")
    for line in caplog.records:
        assert logs.fields().keys() <= vars(line).keys()
        assert line.funcName == "test_all_fields_are_in_each_record"
    assert caplog.messages == ["one", "two: [token]"]
    assert vars(caplog.records[1])["a2e_job"] == "k:1"
    assert vars(caplog.records[1])["a2e_status"] is None


def test_field_names_are_no_names_of_logging() -> None:
    plain = vars(logging.makeLogRecord({})).keys() | {"message", "asctime"}
    assert not plain & logs.fields().keys()


def test_an_answer_that_cannot_be_read_stays_out_of_a_line() -> None:
    error = UnexpectedResponse("the answer is odd", status=200, body={"prompt": PROMPT})
    assert PROMPT in str(error)
    assert logs.told(error) == "the answer is odd (HTTP 200)"


def test_a_filter_that_fails_raises_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: logging.LogRecord) -> bool:
        raise RuntimeError("the filter is broken")

    logger = logging.getLogger("a2e_async.jobs")
    logger.addFilter(broken)
    try:
        logs.get("a2e_async.jobs").warning("a job was started")
    finally:
        logger.removeFilter(broken)
    assert "the filter is broken" in capsys.readouterr().err
