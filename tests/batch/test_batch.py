"""A batch, from its requests to its outcomes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from a2e_async import (
    A2E,
    AuthenticationFailed,
    AvatarVideo,
    Batch,
    ConfigurationError,
    InsufficientCoins,
    JobFailed,
    JobTimeout,
    Outcome,
    TextToImage,
)
from a2e_async.sandbox import Fault, Sandbox
from tests.batch.conftest import Counted, fox, foxes, keyed

ENDED = {"completed", "failed", "success", "fail"}
VIDEO = AvatarVideo(anchor_id="a" * 24, anchor_type=0, audio_src="https://example.com/a.mp3")


async def test_outcomes_come_in_the_order_of_the_input(a2e: A2E, sandbox: Sandbox) -> None:
    requests = [*foxes(20), VIDEO, *foxes(3)]
    outcomes = await a2e.batch(requests)
    assert [outcome.index for outcome in outcomes] == [*range(24)]
    assert [outcome.request for outcome in outcomes] == requests
    assert all(outcome.ok and outcome.record and outcome.record.outputs for outcome in outcomes)
    assert {outcome.job.kind for outcome in outcomes if outcome.job} == {
        "text_to_image",
        "avatar_video",
    }
    assert len(sandbox.tasks) == 24
    assert [outcome.key for outcome in outcomes] == [str(n) for n in range(24)]


async def test_outcomes_come_as_they_are_ready(a2e: A2E) -> None:
    """A video takes longer than pictures do."""
    kinds = [outcome.job.kind async for outcome in a2e.batch([VIDEO, *foxes(5)]) if outcome.job]
    assert kinds == ["text_to_image"] * 5 + ["avatar_video"]


async def test_keys_are_told(a2e: A2E) -> None:
    outcomes = await a2e.batch(keyed(3))
    assert [outcome.key for outcome in outcomes] == ["fox-0", "fox-1", "fox-2"]


async def test_an_asynchronous_iterable_is_read(a2e: A2E) -> None:
    async def requests() -> AsyncIterator[TextToImage]:
        for number in range(5):
            await asyncio.sleep(0.01)
            yield fox(number)

    assert all(outcome.ok for outcome in await a2e.batch(requests()))


async def test_no_requests_have_no_outcomes(a2e: A2E, sandbox: Sandbox) -> None:
    assert await a2e.batch([]) == []
    assert len(sandbox.requests) == 0


async def test_one_failure_stops_no_other(a2e: A2E, sandbox: Sandbox) -> None:
    sandbox.faults.next("start", Fault.none(), Fault.failed_task("no such luck"))
    sandbox.faults.next("start", Fault.refused(1003, "refused for good"))
    outcomes = await a2e.batch(foxes(5), in_flight=1)
    assert [outcome.ok for outcome in outcomes] == [True, False, False, True, True]
    failed, refused = outcomes[1:3]
    assert isinstance(failed.error, JobFailed)
    assert failed.job
    assert failed.record
    assert failed.record.failed_message == "no such luck"
    assert type(refused.error).__name__ == "ContentRejected"
    assert refused.job is None


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ("a fox", "request: expected a request such as TextToImage"),
        (None, "request: expected"),
        ((1, fox(1)), "key: expected a text"),
        (("", fox(1)), "key: expected a text of 1 to 200 characters"),
        (("x" * 201, fox(1)), "key: expected a text of 1 to 200"),
        (("a", "b", "c"), "request: expected"),
        (TextToImage(prompt="x", max_images=3), "an item of a batch makes one task"),
        (("fox-0", fox(9)), "fox-0"),
    ],
)
async def test_an_item_that_is_none_stops_no_other(
    a2e: A2E, sandbox: Sandbox, thing: Any, words: str
) -> None:
    outcomes = await a2e.batch([*keyed(1), thing, fox(2)])
    assert [outcome.ok for outcome in outcomes] == [True, False, True]
    assert isinstance(outcomes[1].error, (TypeError, ValueError))
    assert words in str(outcomes[1].error)
    assert len(sandbox.tasks) == 2


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"in_flight": 0}, ValueError, "in_flight"),
        ({"in_flight": "4"}, TypeError, "in_flight"),
        ({"in_flight_per_kind": {"foxes": 1}}, ValueError, "foxes"),
        ({"starts_per_second": 0}, ValueError, "starts_per_second"),
        ({"budget": -1}, ValueError, "budget: expected a number of coins from 0"),
        ({"budget": "10"}, TypeError, "budget"),
        ({"budget": float("nan")}, ValueError, "budget"),
        ({"estimate": {"foxes": 3}}, ValueError, "estimate: expected names of products"),
        ({"estimate": {"text_to_image": -3}}, ValueError, "estimate['text_to_image']"),
        ({"pattern": "{key}"}, ValueError, "pattern: expected {index} or {id}"),
        ({"pattern": "{index:05d"}, ValueError, "pattern"),
        ({"pattern": "{index}-{nobody}"}, ValueError, "nobody"),
        ({"pattern": 5}, TypeError, "pattern"),
        ({"timeout": -1}, ValueError, "timeout"),
        ({"timeout": float("inf")}, ValueError, "timeout: expected seconds from 0"),
        ({"patience": "1"}, TypeError, "patience"),
        ({"retry": "failed"}, ValueError, "retry: expected a journal"),
        ({"retry": ["done"], "journal": "x"}, ValueError, "retry: expected 'failed'"),
        ({"retry": 5, "journal": "x"}, TypeError, "retry"),
        ({"dry_run": True, "retry": "failed", "journal": "x"}, ValueError, "dry_run"),
    ],
)
async def test_bad_arguments_are_refused_by_name(
    a2e: A2E, options: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind) as caught:
        a2e.batch([], **options)
    assert words in str(caught.value)


@pytest.mark.parametrize("requests", ["foxes", b"foxes", fox(1), 5, None])
async def test_what_is_no_iterable_is_refused(a2e: A2E, requests: Any) -> None:
    with pytest.raises(TypeError, match="requests: expected an iterable of requests"):
        a2e.batch(requests)


async def test_a_batch_runs_once(a2e: A2E) -> None:
    batch = a2e.batch(foxes(1))
    await batch
    with pytest.raises(RuntimeError, match="runs once"):
        await batch


@pytest.mark.slow
async def test_requests_are_read_as_places_become_free(a2e: A2E, sandbox: Sandbox) -> None:
    requests = Counted(500)
    most = 0
    async for _ in a2e.batch(requests, in_flight=2):
        started = len(sandbox.tasks)
        most = max(most, requests.read - started)
        if started > 100:
            break
    assert 0 < most <= 40
    assert requests.read < 200


async def test_who_takes_no_outcomes_gets_no_more_starts(a2e: A2E, sandbox: Sandbox) -> None:
    requests = Counted(500)
    async for _ in a2e.batch(requests, in_flight=2):
        await asyncio.sleep(2)
        # Those whose outcomes are waiting, and the one that was taken.
        assert len(sandbox.tasks) <= 21
        assert requests.read <= 22
        break


async def test_an_input_that_breaks_off_loses_nothing(a2e: A2E) -> None:
    def requests() -> Iterator[TextToImage]:
        yield from foxes(3)
        raise KeyError("no more rows")

    seen: list[Outcome] = []
    with pytest.raises(KeyError, match="no more rows"):
        await _into(seen, a2e.batch(requests()))
    assert len(seen) == 3
    assert all(outcome.ok for outcome in seen)


async def test_no_more_is_under_way_than_said(a2e: A2E, sandbox: Sandbox) -> None:
    most = 0
    async for _ in a2e.batch(foxes(30), in_flight=3):
        under_way = [task for task in sandbox.tasks if task.status not in ENDED]
        most = max(most, len(under_way))
    assert most <= 3


async def test_progress_tells_how_far_it_is(a2e: A2E) -> None:
    requests: list[Any] = [*foxes(9), "no request"]
    batch = a2e.batch(requests)
    before = batch.progress
    assert (before.total, before.finished, before.time_left) == (10, 0, None)
    async for _ in batch:
        progress = batch.progress
        assert 0 <= progress.in_flight <= 16
        assert sum(progress.counts.values()) <= progress.read <= 10
    after = batch.progress
    assert (after.total, after.finished, after.failed, after.in_flight) == (10, 10, 1, 0)
    assert after.counts["completed"] == 9
    assert after.coins_spent == 90
    assert after.coins_reserved == 0
    assert (after.rate > 0, after.time_left) == (True, 0)
    assert repr(batch) == "<Batch 10 of 10>"


async def test_the_total_is_known_once_all_was_read(a2e: A2E) -> None:
    batch = a2e.batch(fox(n) for n in range(3))
    assert batch.progress.total is None
    await batch
    assert batch.progress.total == 3


async def test_a_wait_that_is_over_names_its_job(a2e: A2E) -> None:
    [outcome] = await a2e.batch([VIDEO], timeout=0.01)
    assert isinstance(outcome.error, JobTimeout)
    assert outcome.job
    assert (await outcome.job).outputs


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.refused(401, "bad token", status=401), AuthenticationFailed),
        (Fault.status(402), InsufficientCoins),
    ],
)
async def test_what_concerns_all_ends_the_starts(
    a2e: A2E, sandbox: Sandbox, fault: Fault, kind: type[Exception], journal: Path
) -> None:
    sandbox.faults.next("start", Fault.none(), fault)
    batch = a2e.batch(foxes(10), in_flight=1, journal=journal)
    outcomes = await batch
    assert [outcome.ok for outcome in outcomes] == [True] + [False] * 9
    assert {type(outcome.error) for outcome in outcomes[1:]} == {kind}
    assert sandbox.requests.by_kind["start"] == 2
    assert batch.progress.counts["planned"] == 9
    again = await a2e.batch(foxes(10), journal=journal)
    assert all(outcome.ok for outcome in again)
    assert len(sandbox.tasks) == 10


async def test_a_busy_service_is_waited_for(a2e: A2E, sandbox: Sandbox) -> None:
    sandbox.faults.next("start", Fault.rate_limited(None), times=9)
    sandbox.faults.next("start", Fault.refused(1001, "all hosts are busy"))
    outcomes = await a2e.batch(foxes(3), in_flight=2)
    assert all(outcome.ok for outcome in outcomes)
    assert len(sandbox.tasks) == 3


async def test_leaving_early_leaves_nothing_running(
    client_of: Callable[[], A2E], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with client_of() as a2e:
        async for outcome in a2e.batch([VIDEO, *foxes(50)], in_flight=4):
            assert outcome.ok
            break
        await asyncio.sleep(0.1)
        before = len(sandbox.tasks)
        assert before < 20
        await asyncio.sleep(0.3)
        assert len(sandbox.tasks) == before
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert not {name for name in names if "batch" in name}
    assert "avatar_video:" in caplog.text
    assert "Resume each with a2e.job(token)" in caplog.text


async def test_a_cancelled_batch_says_how_to_resume(
    a2e: A2E, sandbox: Sandbox, journal: Path
) -> None:
    task = asyncio.ensure_future(_all(a2e.batch([VIDEO, *foxes(3)], journal=journal)))
    await started(sandbox, 4)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert f"journal={str(journal)!r}" in "".join(caught.value.__notes__)
    assert all(outcome.ok for outcome in await a2e.batch(journal=journal))
    assert len(sandbox.tasks) == 4


async def started(sandbox: Sandbox, count: int) -> None:
    while len(sandbox.tasks) < count:  # noqa: ASYNC110  (a sandbox tells nobody)
        await asyncio.sleep(0.01)


async def _into(seen: list[Outcome], batch: Batch) -> None:
    async for outcome in batch:
        seen.append(outcome)  # noqa: PERF401  (those before an error count)


async def _all(batch: Batch) -> Any:
    return await batch


async def test_a_closed_client_ends_its_batches(
    client_of: Callable[[], A2E], sandbox: Sandbox, journal: Path
) -> None:
    client = client_of()
    task = asyncio.ensure_future(_all(client.batch([VIDEO, *foxes(3)], journal=journal)))
    await started(sandbox, 4)
    await client.aclose()
    with pytest.raises(ConfigurationError, match="client was closed during the batch"):
        await task
    with pytest.raises(ConfigurationError, match="closed"):
        await client.batch(foxes(1))


async def test_local_media_is_uploaded_once(a2e: A2E, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "me.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 100)
    requests = [TextToImage(prompt=f"fox {n}", input_images=(path,)) for n in range(5)]
    assert all(outcome.ok for outcome in await a2e.batch(requests, in_flight=1))
    assert sandbox.requests.by_kind["upload"] <= 1
