"""``a2e batch`` after a run that was stopped: what the journal knows, and what it goes on with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from a2e_async.journal import opening
from a2e_async.sandbox import Fault
from tests.cli.batches import OUT, files, foxes, results, sheet
from tests.cli.conftest import Run, Service, serving, soon
from tests.cli.test_cli_stop import kill


@pytest.fixture
def service() -> Iterator[Service]:
    """A sandbox of each test's own, so that its tasks can be counted."""
    with serving() as own:
        yield own


@pytest.fixture
def stopped(batch: Run, service: Service) -> None:
    """A run of 30 rows that was stopped after two starts, with options that are to be kept."""
    service.seconds = 1000
    with soon(lambda: len(service.started()) == 2, kill()):
        ran = batch(foxes(30), "--in-flight", 2, "--budget", 205, "--rate", 500)
    assert ran.code == 130
    service.seconds = 0
    for task in service.sandbox.tasks:
        task.duration = 0.0


def status(a2e: Run) -> Any:
    [found] = a2e("batch", "status", OUT, "--json").json
    return found


@pytest.mark.usefixtures("stopped")
def test_the_journal_knows_all_rows_before_the_first_start(a2e: Run) -> None:
    found = status(a2e)

    assert (found["rows"], found["planned"], found["started"]) == (30, 28, 2)
    assert (found["budget"], found["rate"], found["runs"]) == (205, 500, False)
    assert found["began"] <= found["changed"]
    lines = dict(line.split("\t") for line in a2e("batch", "status", OUT).lines)
    assert lines["run"] == "was stopped with 30 rows left, 2 of them under way at the service"
    assert lines["coins"] == "20 of 205"


@pytest.mark.usefixtures("stopped")
def test_retry_knows_the_rows_that_were_never_read_and_the_budget(
    a2e: Run, service: Service
) -> None:
    ran = a2e("batch", "retry", OUT, "--failed")

    assert "budget 205 coins, rate 500 per second, in flight 2, as before" in ran.err
    assert "out: nothing failed" in ran.err
    assert ran.code == 4
    assert len(service.started()) == 20
    assert "20 of 30 completed" in ran.err

    assert a2e("batch", "retry", OUT, "--failed", "--no-budget").code == 0
    assert len(service.started()) == 30
    assert len(results()) == len(files()) == 30


@pytest.mark.usefixtures("stopped")
def test_a_rerun_keeps_the_budget_unless_another_is_given(batch: Run, service: Service) -> None:
    assert batch(foxes(30)).code == 4
    assert len(service.started()) == 20

    ran = batch(foxes(30), "--budget", 300)

    assert ran.code == 0, ran.err
    assert "budget" not in ran.err
    assert len(ran.lines) == 10, "only what is new"
    assert batch(foxes(30)).out == ""


def test_rows_that_are_added_later_are_known_as_well(batch: Run, a2e: Run) -> None:
    batch(foxes(2), "--budget", 20)
    assert batch(foxes(5)).code == 4

    found = status(a2e)

    assert (found["rows"], found["completed"], found["planned"]) == (5, 2, 3)
    assert "#" not in a2e("batch", "report", OUT).err
    assert "a red fox 4" in (OUT / "index.html").read_text("utf-8")


def test_what_was_not_started_is_one_line_and_no_result(batch: Run) -> None:
    ran = batch(foxes(40), "--budget", 20, "--json")

    assert ran.code == 4
    assert len(ran.json) == 2
    said = [json.loads(line) for line in ran.err.splitlines()]
    [summary] = [it["summary"] for it in said if "summary" in it]
    assert summary["total"] == 40
    assert (summary["done"], summary["ok"], summary["failed"]) == (2, 2, 0)
    assert (summary["not_started"], summary["under_way"], summary["uncertain"]) == (38, 0, 0)
    assert summary["counts"]["planned"] == 38


def test_earlier_attempts_are_paid_for_on_the_page_too(
    batch: Run, a2e: Run, service: Service
) -> None:
    service.sandbox.faults.next("start", Fault.failed_task("bad luck"))
    assert batch(foxes(3)).code == 3

    ran = a2e("batch", "retry", OUT, "--failed")

    assert ran.code == 0, ran.err
    assert "40 coins" in ran.err
    assert status(a2e)["coins"] == 40
    assert sorted((row["coins"], row["coins_before"]) for row in results()) == [
        (10, 0), (10, 0), (10, 10),
    ]  # fmt: skip
    assert "<dt>Coins</dt><dd>40 " in (OUT / "index.html").read_text("utf-8")


@pytest.mark.parametrize("damage", ["empty", "missing"])
@pytest.mark.parametrize("command", ["run", "retry", "status", "report"])
def test_results_without_their_journal_are_not_paid_for_again(
    batch: Run, a2e: Run, service: Service, damage: str, command: str
) -> None:
    batch(foxes(2))
    before = (OUT / "results.jsonl").read_bytes()
    for path in OUT.glob("journal.db*"):
        path.unlink()
    if damage == "empty":
        (OUT / "journal.db").write_bytes(b"")

    more = ["--failed"] if command == "retry" else []
    ran = batch(foxes(2)) if command == "run" else a2e("batch", command, OUT, *more)

    assert ran.code == 1
    [error] = ran.errors
    assert f"it is {damage}, and out/results.jsonl is there" in error
    assert len(service.started()) == 2
    assert (OUT / "results.jsonl").read_bytes() == before


def test_a_crash_right_after_the_creation_is_none(batch: Run) -> None:
    OUT.mkdir()
    (OUT / "journal.db").write_bytes(b"")

    assert batch(foxes(1)).code == 0


@pytest.mark.parametrize("command", ["status", "report", "retry"])
def test_a_directory_without_a_run_gets_a_hint(a2e: Run, command: str) -> None:
    Path("here").mkdir()

    ran = a2e("batch", command, "here", *(["--failed"] if command == "retry" else []))

    assert ran.code == 1
    assert "there is no run in here. Name the directory" in ran.errors[0]
    assert not any(Path("here").iterdir())


def test_a_row_on_top_of_rows_without_keys(batch: Run, service: Service) -> None:
    head = "prompt,width,height"
    rows = [f"fox {n},64,64" for n in range(30)]
    batch(sheet(*rows, head=head))

    ran = batch(sheet("new,64,64", *rows, head=head))

    assert ran.code == 2
    assert "Rows may be added at the end, or anywhere where all have keys" in ran.errors[0]
    assert len(ran.errors) <= 6
    assert len(service.started()) == 30


def test_rows_without_keys_are_called_alike_everywhere(
    batch: Run, a2e: Run, service: Service
) -> None:
    service.sandbox.faults.next("start", Fault.none(), Fault.refused(1003, "not this"))
    ran = batch(sheet("a,64,64", "b,64,64", head="prompt,width,height"), "--in-flight", 1)

    assert [line[:3] for line in sorted(ran.lines)] == ["#0\t", "#1\t"]
    assert ran.errors[0].startswith("error: m.csv:3: #1: not this")
    service.sandbox.faults.next("start", Fault.refused(1003, "not this"))
    again = a2e("batch", "retry", OUT, "--failed", "--json")
    [error] = again.json_errors
    assert error["message"].startswith("out: #1: not this")
    assert again.json[0]["key"] is None


def test_a_key_that_is_a_number_stays_one(batch: Run) -> None:
    ran = batch(sheet("0,a,64,64"))

    assert ran.lines[0].startswith("0\tcompleted")


def test_status_tells_whether_a_run_is_alive(batch: Run, a2e: Run, service: Service) -> None:
    found: list[Any] = []
    service.seconds = 1000

    def look_and_stop() -> None:
        found.append(opening.owner_of(OUT / "journal.db"))
        kill()()

    with soon(lambda: len(service.started()) == 2, look_and_stop):
        batch(foxes(2))

    assert found[0].process.startswith("process ")
    assert status(a2e)["runs"] is False
