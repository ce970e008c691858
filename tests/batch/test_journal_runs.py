"""Batches with a journal: nothing is lost, and nothing is paid for twice."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from a2e_async import (
    A2E,
    BudgetExceeded,
    JobFailed,
    JournalError,
    SubmitUncertain,
    TextToImage,
    TextToImageRecord,
)
from a2e_async.sandbox import Fault, Sandbox
from tests.batch.conftest import QUICK, Counted, fox, foxes, keyed

Clients = Callable[[], A2E]
QUOTE = "/api/v1/generation/quote"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def everything_in(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


async def test_a_second_run_starts_nothing(
    client_of: Clients, sandbox: Sandbox, journal: Path
) -> None:
    async with client_of() as a2e:
        first = await a2e.batch(keyed(8), journal=journal)
    before = len(sandbox.requests)
    async with client_of() as a2e:
        batch = a2e.batch(keyed(8), journal=journal)
        second = await batch
    assert len(sandbox.requests) == before
    for old, new in zip(first, second, strict=True):
        assert new.ok
        assert new.job
        assert old.job
        assert (new.key, new.job.token, new.coins) == (old.key, old.job.token, old.coins)
        assert isinstance(new.record, TextToImageRecord)
        assert new.record == old.record
        assert await new.job == old.record
    assert batch.progress.coins_spent == 80


async def test_a_run_goes_on_where_it_was_left(
    client_of: Clients, sandbox: Sandbox, journal: Path
) -> None:
    async with client_of() as a2e:
        seen = 0
        async for _ in a2e.batch(keyed(40), in_flight=4, journal=journal):
            seen += 1
            if seen == 10:
                break
    async with client_of() as a2e:
        outcomes = await a2e.batch(keyed(40), in_flight=4, journal=journal)
    assert all(outcome.ok for outcome in outcomes)
    assert len(sandbox.tasks) == 40
    assert len({task.name for task in sandbox.tasks}) == 40


async def test_the_journal_has_all_that_it_takes(
    client_of: Clients, sandbox: Sandbox, journal: Path, tmp_path: Path
) -> None:
    path = tmp_path / "me.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 100)
    requests = [
        TextToImage(prompt="one", input_images=(path, b"\x89PNG\r\n\x1a\n" + b"y" * 100)),
        *foxes(5),
    ]
    async with client_of() as a2e:
        async for _ in a2e.batch(requests, in_flight=1, journal=journal):
            break
    async with client_of() as a2e:
        batch = a2e.batch(journal=journal)
        outcomes = await batch
    assert all(outcome.ok for outcome in outcomes)
    assert len(sandbox.tasks) == len(outcomes) == batch.progress.total


async def test_keys_find_their_items_at_another_place(
    client_of: Clients, sandbox: Sandbox, journal: Path
) -> None:
    async with client_of() as a2e:
        await a2e.batch(keyed(3), journal=journal)
        again = [("new", fox(99)), *reversed(keyed(3))]
        outcomes = await a2e.batch(again, journal=journal)
    assert [outcome.key for outcome in outcomes] == ["new", "fox-2", "fox-1", "fox-0"]
    assert [outcome.index for outcome in outcomes] == [0, 1, 2, 3]
    assert all(outcome.ok for outcome in outcomes)
    assert len(sandbox.tasks) == 4


@pytest.mark.parametrize(
    ("first", "second"), [(foxes(3), foxes(4)[1:]), (keyed(1), [("fox-0", fox(1))])]
)
async def test_another_request_in_an_item_s_place_is_refused(
    a2e: A2E, sandbox: Sandbox, journal: Path, first: Any, second: Any
) -> None:
    await a2e.batch(first, journal=journal)
    outcomes = await a2e.batch(second, journal=journal)
    assert not any(outcome.ok for outcome in outcomes)
    assert all(isinstance(outcome.error, ValueError) for outcome in outcomes)
    assert "prompt" in str(outcomes[0].error)
    assert len(sandbox.tasks) == len(first)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.lost_answer(), Fault.status(502), Fault.lost_request()])
async def test_lost_starts_are_found_or_made_once(
    a2e: A2E, sandbox: Sandbox, journal: Path, fault: Fault
) -> None:
    sandbox.faults.set_rate("start", fault, 0.4)
    outcomes = await a2e.batch(foxes(25), journal=journal)
    assert [outcome.error for outcome in outcomes if not outcome.ok] == []
    assert len(sandbox.tasks) == 25
    assert Counter(outcome.record.id for outcome in outcomes if outcome.record) == Counter(
        task.id for task in sandbox.tasks
    )


async def test_what_cannot_be_known_is_not_started_again(
    client_of: Clients, sandbox: Sandbox, journal: Path
) -> None:
    """A name of the caller's own proves nothing by not being there."""
    sandbox.faults.next("start", Fault.lost_request())
    request = attrs.evolve(fox(1), name="my own")
    async with client_of() as a2e:
        [outcome] = await a2e.batch([request], journal=journal)
        assert isinstance(outcome.error, SubmitUncertain)
        assert outcome.error.name == "my own"
        assert "retry='uncertain'" in str(outcome.error)
        [again] = await a2e.batch([request], journal=journal)
        assert isinstance(again.error, SubmitUncertain)
        assert len(sandbox.tasks) == 0
        batch = a2e.batch([request], journal=journal, retry="uncertain")
        [third] = await batch
    assert third.ok
    assert len(sandbox.tasks) == 1


async def test_failed_items_are_retried_when_asked(
    client_of: Clients, sandbox: Sandbox, journal: Path
) -> None:
    sandbox.faults.next("start", Fault.failed_task("no such luck"), times=2)
    async with client_of() as a2e:
        outcomes = await a2e.batch(foxes(4), journal=journal)
        failed = {outcome.index for outcome in outcomes if not outcome.ok}
        assert len(failed) == 2
        again = await a2e.batch(foxes(4), journal=journal)
        assert {outcome.index for outcome in again if not outcome.ok} == failed
        assert all(isinstance(again[n].error, JobFailed) for n in failed)
        assert "no such luck" in str(again[min(failed)].error)
        batch = a2e.batch(journal=journal, retry=("failed",))
        assert all(outcome.ok for outcome in await batch)
    assert len(sandbox.tasks) == 6
    assert batch.progress.coins_spent == sum(task.coins for task in sandbox.tasks)


# Files and lines


async def test_results_are_on_the_disk(
    client_of: Clients, sandbox: Sandbox, journal: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    options: dict[str, Any] = {
        "journal": journal,
        "download_to": run / "files",
        "results": run / "results.jsonl",
    }
    sandbox.faults.next("start", Fault.failed_task())
    async with client_of() as a2e:
        outcomes = await a2e.batch([*keyed(6), fox(9)], **options)
    good = [outcome for outcome in outcomes if outcome.ok]
    assert len(good) == 6
    for outcome in good:
        [path] = outcome.files
        assert path.read_bytes().startswith(b"\x89PNG")
    names = [f"{n:05d}-fox-{n}.png" for n in range(6)] + ["00006-a-red-fox-number-9.png"]
    assert {path.name for path in (run / "files").iterdir()} <= {*names}
    rows = lines(run / "results.jsonl")
    assert sorted(row["index"] for row in rows) == [*range(7)]
    for row in rows:
        assert row["status"] == ("completed" if row["files"] else "failed")
        assert all((run / name).is_file() for name in row["files"])
        assert row["prompt"].startswith("a red fox")
        assert (row["coins"], row["record"]["_id"]) == (10, row["token"].partition(":")[2])
    before = len(sandbox.requests)
    async with client_of() as a2e:
        again = await a2e.batch([*keyed(6), fox(9)], **options)
    assert [outcome.files for outcome in again] == [outcome.files for outcome in outcomes]
    assert len(sandbox.requests) == before
    key = lambda row: row["index"]  # noqa: E731
    assert sorted(lines(run / "results.jsonl"), key=key) == sorted(rows, key=key)


async def test_a_torn_line_is_mended(
    client_of: Clients, sandbox: Sandbox, journal: Path, tmp_path: Path
) -> None:
    results = tmp_path / "results.jsonl"
    async with client_of() as a2e:
        await a2e.batch(foxes(4), journal=journal, results=results)
        whole = results.read_bytes()
        results.write_bytes(whole[:-30])
        await a2e.batch(foxes(4), journal=journal, results=results)
    assert sorted(results.read_bytes().splitlines()) == sorted(whole.splitlines())


async def test_results_without_a_journal_overwrite_nothing(a2e: A2E, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    await a2e.batch(foxes(2), results=results)
    assert len(lines(results)) == 2
    with pytest.raises(JournalError, match="there are results already"):
        await a2e.batch(foxes(2), results=results)
    assert len(lines(results)) == 2


async def test_missing_files_are_fetched_again(
    client_of: Clients, sandbox: Sandbox, journal: Path, tmp_path: Path
) -> None:
    async with client_of() as a2e:
        [first] = await a2e.batch(foxes(1), journal=journal, download_to=tmp_path / "files")
        first.files[0].unlink()
        [second] = await a2e.batch(foxes(1), journal=journal, download_to=tmp_path / "files")
    assert second.files == first.files
    assert second.files[0].is_file()
    assert len(sandbox.tasks) == 1


async def test_a_download_that_fails_is_no_lost_result(
    client_of: Clients, sandbox: Sandbox, journal: Path, tmp_path: Path
) -> None:
    """A file stands where the directory should be."""
    (tmp_path / "files").write_text("in the way")
    async with client_of() as a2e:
        batch = a2e.batch(foxes(2), journal=journal, download_to=tmp_path / "files")
        outcomes = await batch
        assert {type(outcome.error).__name__ for outcome in outcomes} == {"DownloadFailed"}
        assert batch.progress.counts["completed"] == 2
        (tmp_path / "files").unlink()
        again = await a2e.batch(foxes(2), journal=journal, download_to=tmp_path / "files")
    assert all(outcome.ok and outcome.files[0].is_file() for outcome in again)
    assert len(sandbox.tasks) == 2


# Money


async def test_a_budget_is_never_passed(a2e: A2E, sandbox: Sandbox, journal: Path) -> None:
    batch = a2e.batch(foxes(10), budget=45, journal=journal)
    outcomes = await batch
    assert [outcome.ok for outcome in outcomes].count(True) == 4
    errors = [outcome.error for outcome in outcomes if not outcome.ok]
    assert all(isinstance(error, BudgetExceeded) for error in errors)
    assert "40 of 45 coins" in str(errors[-1])
    assert sum(task.coins for task in sandbox.tasks) == 40 == batch.progress.coins_spent
    more = a2e.batch(foxes(10), budget=65, journal=journal)
    assert [outcome.ok for outcome in await more].count(True) == 6
    assert len(sandbox.tasks) == 6


async def test_an_uncertain_start_counts_as_spent(
    a2e: A2E, sandbox: Sandbox, journal: Path
) -> None:
    sandbox.faults.next("start", Fault.lost_request())
    requests = [attrs.evolve(fox(n), name=f"mine {n}") for n in range(4)]
    batch = a2e.batch(requests, in_flight=1, budget=20, journal=journal)
    outcomes = await batch
    assert [type(outcome.error).__name__ for outcome in outcomes] == [
        "SubmitUncertain",
        "NoneType",
        "BudgetExceeded",
        "BudgetExceeded",
    ]
    assert len(sandbox.tasks) == 1


async def test_an_unknown_price_is_not_guessed(a2e: A2E, sandbox: Sandbox) -> None:
    sandbox.faults.set_rate(QUOTE, Fault.refused(400, "no quotes", status=400), 1.0)
    [outcome] = await a2e.batch(foxes(1), budget=1000)
    assert isinstance(outcome.error, BudgetExceeded)
    assert "estimate=" in str(outcome.error)
    assert len(sandbox.tasks) == 0
    assert all(o.ok for o in await a2e.batch(foxes(3), budget=1000, estimate=10))
    assert all(o.ok for o in await a2e.batch(foxes(3), budget=1000, estimate={"text_to_image": 10}))


async def test_the_price_that_was_seen_counts(a2e: A2E, sandbox: Sandbox) -> None:
    """An estimate that is too low is corrected by the first answer."""
    sandbox.faults.set_rate(QUOTE, Fault.refused(400, "no quotes", status=400), 1.0)
    outcomes = await a2e.batch(foxes(10), budget=25, estimate=1, in_flight=1)
    assert [outcome.ok for outcome in outcomes].count(True) == 2
    assert sum(task.coins for task in sandbox.tasks) == 20


async def test_a_dry_run_starts_nothing(a2e: A2E, sandbox: Sandbox, journal: Path) -> None:
    requests: list[Any] = [*foxes(3), "no request"]
    batch = a2e.batch(requests, dry_run=True, journal=journal, budget=25)
    outcomes = await batch
    assert [outcome.coins for outcome in outcomes] == [10, 10, 10, None]
    assert [type(outcome.error).__name__ for outcome in outcomes] == [
        "NoneType",
        "NoneType",
        "BudgetExceeded",
        "TypeError",
    ]
    assert batch.progress.coins_reserved == 20
    assert len(sandbox.tasks) == 0
    assert everything_in(journal.parent) == b""
    assert sandbox.requests.count("POST", QUOTE) == 1


# The journal itself


@pytest.mark.slow
async def test_two_batches_cannot_write_one_journal(
    client_of: Clients, sandbox: Sandbox, journal: Path
) -> None:
    async with client_of() as a2e:
        async for _ in a2e.batch(foxes(3), in_flight=1, journal=journal):
            with pytest.raises(JournalError, match=r"journal\.db"):
                await a2e.batch(foxes(3), journal=journal)
    assert len(sandbox.tasks) == 3


async def test_a_journal_that_cannot_be_made_starts_nothing(
    a2e: A2E, sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    requests = Counted(3)
    with pytest.raises(JournalError, match="journal"):
        await a2e.batch(requests, journal=tmp_path / "file" / "journal.db")
    (tmp_path / "journal.db").write_bytes(b"no database at all " * 100)
    with pytest.raises(JournalError, match="journal"):
        await a2e.batch(requests, journal=tmp_path / "journal.db")
    assert (requests.read, len(sandbox.requests)) == (0, 0)


async def test_no_token_is_on_the_disk(journal: Path, tmp_path: Path) -> None:
    token = "sk_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.signature"
    request = TextToImage(prompt="x", webhook_url="https://my.host/x", webhook_token="hush-hush")
    async with Sandbox(speed=200, token=token) as sandbox, sandbox.client(retry=QUICK) as a2e:
        sandbox.faults.next("start", Fault.refused(400, f"bad Bearer {token}", status=400))
        sandbox.faults.next("start", Fault.failed_task(f"failed for {token}"))
        await a2e.batch(
            [*foxes(3), request], in_flight=1, journal=journal, results=tmp_path / "r.jsonl"
        )
    found = everything_in(tmp_path)
    assert b"failed for [token]" in found
    assert token.encode() not in found
    assert b"hush-hush" not in found


async def test_nothing_of_a_batch_runs_on(client_of: Clients, journal: Path) -> None:
    async with client_of() as a2e:
        await a2e.batch(foxes(3), journal=journal)
        names = {task.get_name() for task in asyncio.all_tasks()}
    assert not {name for name in names if "batch" in name or "results" in name}
