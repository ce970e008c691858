"""``a2e batch``."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from a2e_async.sandbox import Fault
from tests.cli.batches import OUT, files, foxes, results, sheet
from tests.cli.conftest import TOKEN, Run, Service, Terminal, serving, soon
from tests.cli.test_cli_stop import kill
from tests.cli.test_cli_terminal import seen


@pytest.fixture
def service() -> Iterator[Service]:
    """A sandbox of each test's own, so that its tasks can be counted."""
    with serving() as own:
        yield own


# Running


def test_a_run_leaves_files_results_a_journal_and_a_page(batch: Run, service: Service) -> None:
    ran = batch(foxes(3))

    assert ran.code == 0, ran.err
    assert files() == ["00000-fox-0.png", "00001-fox-1.png", "00002-fox-2.png"]
    with Image.open(OUT / "files" / files()[0]) as image:
        assert image.size == (64, 64)
    assert [(row["key"], row["status"], row["files"]) for row in results()] == [
        (f"fox-{n}", "completed", [f"files/0000{n}-fox-{n}.png"]) for n in range(3)
    ]
    assert (OUT / "journal.db").is_file()
    assert "a red fox 2" in (OUT / "index.html").read_text("utf-8")
    assert min(ran.lines) == "fox-0\tcompleted\t10\tout/files/00000-fox-0.png"
    assert "out: 3 of 3 completed, 30 coins, 3 files" in ran.err
    assert "the page of the run: out/index.html" in ran.err
    assert len(service.started()) == 3


def test_again_it_starts_only_what_is_new(batch: Run, service: Service) -> None:
    batch(foxes(2))
    stamp = (OUT / "files" / files()[0]).stat().st_mtime_ns

    ran = batch(foxes(3))

    assert ran.code == 0, ran.err
    assert [task.body["prompt"] for task in service.sandbox.tasks] == [
        f"a red fox {n}" for n in range(3)
    ]
    assert (OUT / "files" / files()[0]).stat().st_mtime_ns == stamp
    assert "out: 3 of 3 completed, 30 coins, 3 files" in ran.err


def test_as_json(batch: Run) -> None:
    ran = batch(foxes(2), "--json")

    assert ran.code == 0
    first, second = sorted(ran.json, key=lambda item: int(item["index"]))
    assert first["key"] == "fox-0"
    assert first["token"].startswith("text_to_image:")
    assert second["files"] == ["out/files/00001-fox-1.png"]
    assert (second["ok"], second["coins"], second["error"]) == (True, 10, None)
    said = [json.loads(line) for line in ran.err.splitlines()]
    [summary] = [it["summary"] for it in said if "summary" in it]
    assert summary["counts"]["completed"] == 2
    assert (summary["total"], summary["coins_spent"], summary["ok"]) == (2, 20, 2)


def test_in_the_sandbox(bare: Run) -> None:
    ran = bare(
        "--sandbox", "batch", "run", foxes(2), "--kind", "text_to_image", "-o", OUT, "--rate", 50
    )

    assert ran.code == 0, ran.err
    assert len(files()) == 2


def test_several_products_and_media(a2e: Run, service: Service) -> None:
    Image.new("RGB", (8, 8)).save("me.png")
    rows = [
        {"kind": "text_to_image", "prompt": "x", "width": 64, "height": 64},
        {"kind": "nano_banana", "prompt": "y", "input_images": ["me.png"]},
    ]
    Path("m.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")

    ran = a2e("batch", "run", "m.jsonl", "-o", OUT)

    assert ran.code == 0, ran.err
    sent = {task.body["prompt"]: task.body for task in service.sandbox.tasks}
    assert sent["y"]["input_images"][0].startswith("http://127.0.0.1")
    assert files() == ["00000-x.png", "00001-y.png"]


def test_one_failure_stops_no_other(batch: Run, service: Service) -> None:
    service.sandbox.faults.next(
        "start", Fault.failed_task("bad luck"), Fault.refused(1003, "not this"), Fault.none(),
        Fault.refused(1003, "not this"),
    )  # fmt: skip

    ran = batch(foxes(5), "--in-flight", 1)

    assert ran.code == 3
    assert [row["status"] for row in results()] == [
        "failed", "failed", "completed", "failed", "completed",
    ]  # fmt: skip
    assert "error: m.csv:2: fox-0: " in ran.errors[0]
    assert "bad luck" in ran.errors[0]
    assert ran.errors[1].startswith("error: m.csv:3: fox-1: not this")
    assert ran.errors[2].startswith("error: 2 times: ")
    assert len(ran.errors) == 3
    assert "2 of 5 completed, 3 failed" in ran.err
    assert "a2e batch retry out --failed" in ran.err


def test_what_failed_is_started_anew(batch: Run, a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.refused(1003, "not this"))
    assert batch(foxes(3)).code == 3
    assert batch(foxes(3)).code == 3
    assert len(service.started()) == 2

    ran = a2e("batch", "retry", OUT, "--failed")

    assert ran.code == 0, ran.err
    assert len(service.started()) == 3
    assert [row["status"] for row in results()] == ["completed"] * 3
    assert len(files()) == 3


def test_retry_wants_to_know_what(a2e: Run, batch: Run) -> None:
    batch(foxes(1))

    ran = a2e("batch", "retry", OUT)

    assert ran.code == 2
    assert "--failed, --uncertain or both" in ran.errors[0]


def test_the_budget_stops_it(batch: Run, service: Service) -> None:
    ran = batch(foxes(5), "--budget", 30, "--estimate", 10)

    assert ran.code == 4
    assert len(service.started()) == 3
    assert any("budget: " in error for error in ran.errors)
    assert "2 rows not started: the same command with a larger --budget goes on" in ran.err
    assert "30 of 30 coins" in ran.err

    assert batch(foxes(5), "--budget", 50).code == 0
    assert len(service.started()) == 5


def test_without_downloads(batch: Run) -> None:
    ran = batch(foxes(1), "--no-download")

    assert ran.code == 0, ran.err
    assert not (OUT / "files").exists()
    assert results()[0]["record"]["image_urls"]


def test_names_of_files(batch: Run) -> None:
    assert batch(foxes(1), "--pattern", "{key} {index}").code == 0
    assert files() == ["fox-0 0.png"]


@pytest.mark.slow
def test_limits(batch: Run, service: Service) -> None:
    service.seconds = 0.2

    assert batch(foxes(4), "--per-kind", "text_to_image=1").code == 0
    tasks = sorted(service.sandbox.tasks, key=lambda task: task.created)
    for before, after in pairwise(tasks):
        assert after.created >= before.ends


# Refusals, before anything is started


@pytest.fixture
def nothing_started(service: Service) -> Iterator[None]:
    before = service.sandbox.requests.by_kind["start"]
    yield
    assert service.sandbox.requests.by_kind["start"] == before


@pytest.mark.usefixtures("nothing_started")
def test_every_row_is_checked_before_the_first_start(batch: Run) -> None:
    rows = [f"k{n},a fox,{0 if n in (17, 400, 999) else 64},64" for n in range(1000)]

    ran = batch(sheet(*rows))

    assert ran.code == 2
    assert [error.split(": ")[1] for error in ran.errors] == [f"m.csv:{n}" for n in (19, 402, 1001)]
    assert ran.out == ""
    assert not OUT.exists()


@pytest.mark.usefixtures("nothing_started")
def test_many_errors_are_counted(batch: Run) -> None:
    ran = batch(sheet(*["k,a fox,64,64"] * 100))

    assert ran.code == 2
    assert len(ran.errors) == 21
    assert ran.errors[0] == "error: m.csv:3: key: 'k' is given twice, first in line 2"
    assert ran.errors[-1] == "error: 79 more rows with errors"


WRONG = [
    (["--per-kind", "oils=1"], "--per-kind: 'oils' is no product"),
    (["--per-kind", "text_to_image"], "--per-kind: expected KIND=N"),
    (["--per-kind", "text_to_image=x"], "--per-kind: expected KIND=N"),
    (["--per-kind", "text_to_image=0"], "--per-kind text_to_image: expected a whole number above"),
    (["--estimate", "1", "--estimate", "2"], "--estimate: expected COINS or KIND=COINS"),
    (["--estimate", "much"], "--estimate: expected COINS or KIND=COINS"),
    (["--estimate", "-1"], "--estimate: expected a number of coins from 0, got -1"),
    (["--estimate", "text_to_image=-1"], "--estimate text_to_image: expected a number of coins"),
    (["--rate", "0"], "--rate: expected a number above 0, got 0"),
    (["--rate", "nan"], "--rate: expected a number above 0, got nan"),
    (["--pattern", "{key}"], "--pattern: expected {index}"),
    (["--pattern", "../{index}"], "--pattern: expected the name of a file, without / and"),
    (["--in-flight", "0"], "--in-flight: expected a whole number above 0, got 0"),
    (["--budget", "-1"], "--budget: expected a number of coins from 0, got -1"),
    (["--budget", "1", "--no-budget"], "--budget and --no-budget: expected one of them"),
    (["--patience", "-1"], "--patience: expected a number of seconds from 0, got -1"),
    (["--format", "xml"], "xml"),
]


@pytest.mark.parametrize(("argv", "words"), WRONG)
@pytest.mark.usefixtures("nothing_started")
def test_wrong_options(batch: Run, argv: list[str], words: str) -> None:
    ran = batch(foxes(1), *argv)

    assert ran.code == 2, ran.err
    assert words in ran.errors[0]
    assert len(ran.errors) == 1


@pytest.mark.usefixtures("nothing_started")
def test_a_missing_manifest(batch: Run) -> None:
    ran = batch("no.csv")

    assert ran.code == 2
    assert ran.errors == ["error: no.csv: No such file or directory"]


def test_another_manifest_does_not_go_on_with_the_run(batch: Run, service: Service) -> None:
    batch(foxes(2))

    ran = batch(foxes(2, first=10))

    assert ran.code == 2
    assert "out: it has the run of another manifest" in ran.errors[0]
    assert len(service.started()) == 2


def test_rows_that_were_changed_are_told(batch: Run, service: Service) -> None:
    batch(foxes(3))

    ran = batch(sheet("fox-0,a red fox 0,64,64", "fox-1,a blue fox,64,64", "new,x,64,64"))

    assert ran.code == 2
    [error] = ran.errors
    assert error.startswith("error: m.csv:3: key 'fox-1': the journal has another request for it")
    assert len(service.started()) == 3


def test_rows_without_keys_keep_their_places(batch: Run, service: Service) -> None:
    head = "prompt,width,height"
    batch(sheet("a,64,64", "b,64,64", head=head))

    ran = batch(sheet("new,64,64", "b,64,64", "c,64,64", head=head))

    assert ran.code == 2
    assert ran.errors[0].startswith("error: m.csv:2: #0: the journal has another")
    assert batch(sheet("a,64,64", "b,64,64", "c,64,64", head=head)).code == 0
    assert len(service.started()) == 3


def test_a_run_of_the_sandbox_does_not_go_on_elsewhere(batch: Run, bare: Run) -> None:
    bare("--sandbox", "batch", "run", foxes(1), "--kind", "text_to_image", "-o", OUT)

    ran = batch(foxes(1))

    assert ran.code == 2
    assert "its tasks are those of the sandbox" in ran.errors[0]


def test_what_belongs_to_something_else_is_left_alone(batch: Run) -> None:
    OUT.mkdir()
    (OUT / "results.jsonl").write_text("mine")

    ran = batch(foxes(1))

    assert ran.code == 1
    assert "out/journal.db: it is missing, and out/results.jsonl is there" in ran.errors[0]
    assert (OUT / "results.jsonl").read_text() == "mine"


def test_a_damaged_journal(batch: Run, a2e: Run) -> None:
    OUT.mkdir()
    (OUT / "journal.db").write_bytes(b"no journal" * 1000)

    for ran in (batch(foxes(1)), a2e("batch", "status", OUT), a2e("batch", "report", OUT)):
        assert ran.code == 1
        assert len(ran.errors) == 1
        assert "out/journal.db" in ran.errors[0]
        assert "it is no journal" in ran.errors[0]


@pytest.mark.parametrize("command", ["status", "report", "retry"])
def test_a_directory_without_a_run(a2e: Run, command: str) -> None:
    ran = a2e("batch", command, "nowhere", *(["--failed"] if command == "retry" else []))

    assert ran.code == 1
    assert "nowhere" in ran.errors[0]
    assert not Path("nowhere").exists()


def test_a_directory_that_cannot_be_made(batch: Run) -> None:
    Path("out").write_text("a file")

    ran = batch(foxes(1))

    assert ran.code != 0
    assert "out" in ran.errors[0]


def test_another_process_has_the_journal(batch: Run, a2e: Run, service: Service) -> None:
    batch(foxes(1))
    other = sqlite3.connect(OUT / "journal.db")
    other.execute("BEGIN IMMEDIATE")
    try:
        ran = batch(foxes(1))
        assert a2e("batch", "status", OUT).code == 0
    finally:
        other.close()

    assert ran.code == 1
    assert "another process" in ran.errors[0]


# Looking


def test_status(batch: Run, a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.refused(1003, "not this"))
    batch(foxes(3))

    ran = a2e("batch", "status", OUT)
    [found] = a2e("batch", "status", OUT, "--json").json

    assert ran.code == 0
    lines = dict(line.split("\t") for line in ran.lines)
    assert (lines["rows"], lines["completed"], lines["failed"], lines["coins"]) == (
        "3", "2", "1", "20",
    )  # fmt: skip
    assert (found["rows"], found["completed"], found["started"]) == (3, 2, 0)
    assert found["service"] == service.url


def test_report_writes_the_page(batch: Run, a2e: Run) -> None:
    batch(foxes(2))
    (OUT / "index.html").unlink()

    ran = a2e("batch", "report", OUT)

    assert ran.lines == ["out/index.html"]
    assert "a red fox 1" in (OUT / "index.html").read_text("utf-8")


def test_a_quote_starts_nothing(a2e: Run, service: Service) -> None:
    manifest = foxes(3)
    words = ["batch", "quote", manifest, "--kind", "text_to_image"]

    ran = a2e(*words)
    priced = a2e("batch", "run", manifest, "--kind", "text_to_image", "-o", OUT, "--dry-run")

    assert ran.code == 0, ran.err
    assert not service.sandbox.tasks
    assert ran.lines == ["text_to_image\t3\t10\t\t30"]
    assert "m.csv: 3 rows, 30 coins" in ran.err
    assert (priced.code, priced.out) == (0, ran.out)
    assert not OUT.exists()


def test_a_quote_says_what_is_unknown(a2e: Run, service: Service) -> None:
    service.sandbox.faults.set_rate("/api/v1/generation/quote", Fault.refused(1, "no quotes"), 1.0)
    words = ["batch", "quote", foxes(3), "--kind", "text_to_image"]

    ran = a2e(*words)
    [found] = a2e(*words, "--json", "--estimate", "text_to_image=7").json

    assert ran.code == 0
    assert "nothing tells what 3 rows would cost" in ran.err
    assert found["coins"] == 21


def test_a_quote_beyond_the_budget(a2e: Run) -> None:
    ran = a2e("batch", "quote", foxes(3), "--kind", "text_to_image", "--budget", 20)

    assert ran.code == 4
    assert "covers 2 rows for 20; 1 row would go beyond it" in ran.err
    assert "m.csv: 3 rows, 30 coins" in ran.err
    assert "nothing tells" not in ran.err


# Stopping


def test_ctrl_c_stops_new_starts_and_says_how_to_go_on(batch: Run, service: Service) -> None:
    service.seconds = 1000
    with soon(lambda: len(service.started()) == 2, kill()):
        ran = batch(foxes(5), "--in-flight", 2)

    assert ran.code == 130
    assert "interrupted: 0 of 5 done; 2 tasks go on at the service." in ran.err
    assert "run the same command again" in ran.err
    assert len(service.started()) == 2

    states = [row["state"] for row in sqlite3_rows()]
    assert sorted(states) == ["started", "started"]


def sqlite3_rows() -> list[dict[str, Any]]:
    with closing(sqlite3.connect(OUT / "journal.db")) as journal:
        journal.row_factory = sqlite3.Row
        return [dict(row) for row in journal.execute("SELECT * FROM fate") if row["task_id"]]


def test_ctrl_c_in_json(batch: Run, service: Service) -> None:
    service.seconds = 1000
    with soon(lambda: len(service.started()) == 1, kill()):
        ran = batch(foxes(2), "--in-flight", 1, "--json")

    assert ran.code == 130
    [error] = ran.json_errors
    assert error["type"] == "Interrupted"
    assert "run the same command again" in error["message"]


@pytest.mark.slow
def test_a_full_disk_is_told_and_nothing_hangs(bare: Run, tmp_path: Path, service: Service) -> None:
    foxes(400)
    words = ["batch", "run", "m.csv", "--kind", "text_to_image", "-o", "out", "--no-download"]
    limit = "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)); "
    code = f"{limit}from a2e_async.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "A2E_API_KEY": TOKEN, "A2E_BASE_URL": service.url}

    ran = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=40, check=False,
    )  # fmt: skip

    assert ran.returncode == 1, ran.stderr
    assert "error: " in ran.stderr
    assert "out/" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_no_token_is_in_the_directory(batch: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.refused(1003, f"no {TOKEN}"))
    batch(foxes(3))

    for path in OUT.rglob("*"):
        if path.is_file():
            assert TOKEN.encode() not in path.read_bytes()


# On a terminal


@pytest.mark.slow
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_progress_is_drawn(
    batch: Run, service: Service, terminal: Callable[..., Terminal], columns: int
) -> None:
    service.seconds = 0.6
    service.sandbox.faults.next("start", Fault.refused(1003, "not this"))
    screen = terminal(columns=columns)
    ran = batch(foxes(6), "--in-flight", 2, "--budget", 500)
    screen.close()

    lines = seen(screen)
    assert ran.code == 3
    assert any("━" in line and "of 6" in line and "%" in line for line in lines)
    assert any("under way" in line for line in lines)
    assert any("of 500 coins" in line for line in lines)
    assert any("left" in line for line in lines)
    assert any(line.startswith("error: m.csv:") for line in lines)
    drawn = [line for line in lines if "━" in line or "under way" in line]
    assert max(map(len, drawn)) <= columns


def test_a_dumb_terminal_is_not_drawn_upon(batch: Run, terminal: Callable[..., Terminal]) -> None:
    screen = terminal(term="dumb")
    batch(foxes(1))
    screen.close()

    assert "\x1b" not in screen.text
    assert "out: 1 of 1 completed" in screen.text


# Help


@pytest.mark.parametrize("command", ["run", "status", "retry", "quote", "report"])
def test_help(bare: Run, command: str) -> None:
    ran = bare("batch", command, "--help")

    assert ran.code == 0
    assert "--sandbox" in ran.out


def test_help_of_run_tells_all_options(bare: Run) -> None:
    words = bare("batch", "run", "--help").out

    for option in (
        *("--out", "--kind", "--format", "--in-flight", "--rate", "--per-kind", "--budget"),
        *("--estimate", "--pattern", "--timeout", "--dry-run", "--no-download"),
    ):
        assert option in words
