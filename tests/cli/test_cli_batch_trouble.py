"""``a2e batch`` without a network, with a wrong token, on full disks, and stopped twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from a2e_async.batch.report import disk
from a2e_async.sandbox import Effect, Fault
from tests.cli.batches import OUT, foxes, sheet
from tests.cli.conftest import TOKEN, Run, Service, Terminal, serving, soon
from tests.cli.test_cli_stop import kill
from tests.cli.test_cli_terminal import seen

KIND = ("--kind", "text_to_image")
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def service() -> Iterator[Service]:
    """A sandbox of each test's own, whose requests can be counted."""
    with serving() as own:
        yield own


@pytest.fixture
def offline(bare: Run, with_token: None) -> Run:
    """Run the command line where there is no network."""

    def run(*argv: object) -> object:
        return bare("--base-url", NOWHERE, *argv)

    return run  # type: ignore[return-value]


@pytest.mark.slow
def test_a_quote_without_a_network(offline: Run) -> None:
    ran = offline("batch", "quote", foxes(30), *KIND)

    assert ran.code == 1
    assert "no connection to http://127.0.0.1:9: check the network" in ran.err
    assert "30 rows, the price could not be asked for" in ran.err
    assert "nothing was started" in ran.err
    assert "quotes no price" not in ran.err


def test_a_run_without_a_network(offline: Run) -> None:
    ran = offline("batch", "run", foxes(3), *KIND, "-o", OUT, "--patience", 0)

    assert ran.code == 3
    assert ran.out == ""
    assert "no connection to http://127.0.0.1:9: check the network" in ran.err
    assert "3 rows not started: the same command goes on" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("as_json", [True, False])
def test_why_nothing_starts_is_said_at_once(offline: Run, as_json: bool) -> None:
    more = ["--json"] if as_json else []
    with soon(_after(4), kill()):
        ran = offline("batch", "run", foxes(20), *KIND, "-o", OUT, *more)

    assert ran.code == 130
    [told, *_] = [line for line in ran.err.splitlines() if "127.0.0.1:9" in line]
    assert "wait" in told
    assert not as_json or json.loads(told)["message"]


def _after(seconds: float) -> Callable[[], bool]:
    latest = time.monotonic() + seconds
    return lambda: time.monotonic() > latest


@pytest.mark.parametrize("command", ["quote", "run"])
def test_a_token_that_the_service_refuses(a2e: Run, service: Service, command: str) -> None:
    service.sandbox.faults.set_rate("*", Fault.refused(401, "bad token", status=401), 1.0)
    more = ["-o", OUT] if command == "run" else []

    ran = a2e("batch", command, foxes(30), *KIND, *more)

    assert ran.code == 1
    assert ran.out == "" or command == "quote"
    assert "the service refuses the token: check A2E_API_KEY" in ran.err
    assert "quotes no price" not in ran.err
    assert len(ran.err.splitlines()) < 8


def test_a_second_ctrl_c_ends_it_at_once(tmp_path: Path, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.slow(60), times=4)
    rows = [f"fox-{n},a red fox {n},64,64" for n in range(20)]
    (tmp_path / "m.csv").write_text("\n".join(["key,prompt,width,height", *rows]))
    environment = {**os.environ, "A2E_API_KEY": TOKEN, "A2E_BASE_URL": service.url}
    words = [sys.executable, "-m", "a2e_async.cli", "batch", "run", "m.csv", *KIND, "-o", "out"]
    process = subprocess.Popen(
        [*words, "--in-flight", "4"], cwd=tmp_path, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        _wait_for(lambda: service.sandbox.faults.applied[Effect.SLOW] == 4)
        process.send_signal(signal.SIGINT)
        time.sleep(1.5)
        assert process.poll() is None
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        took = time.monotonic() - begun
    finally:
        process.kill()
        process.wait()

    assert process.returncode == 130
    assert took < 5
    assert "stopping, waiting for the answers to 4 starts (up to 10 s)" in err
    assert "Nothing is lost: run the same command again to go on with out" in err
    assert "Traceback" not in err
    assert "Error" not in err
    assert len(err.splitlines()) < 6


def _wait_for(condition: Callable[[], bool]) -> None:
    latest = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < latest
        time.sleep(0.02)


def test_the_bar_says_what_is_waited_for(
    batch: Run, service: Service, terminal: Callable[..., Terminal]
) -> None:
    service.sandbox.faults.next("start", Fault.slow(1.5), times=2)
    screen = terminal(columns=80)
    applied = service.sandbox.faults.applied
    with soon(lambda: applied[Effect.SLOW] == 2, kill()):
        ran = batch(foxes(6), "--in-flight", 2)
    screen.close()

    assert ran.code == 130
    told = "stopping, waiting for the answers to 2 starts (up to 10 s)"
    assert any(told in line for line in seen(screen))


@pytest.mark.slow
def test_a_full_disk_in_the_words_of_the_command_line(
    tmp_path: Path, bare: Run, service: Service
) -> None:
    foxes(400)
    limit = "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)); "
    code = f"{limit}from a2e_async.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "A2E_API_KEY": TOKEN, "A2E_BASE_URL": service.url}
    service.seconds = 2
    words = ["batch", "run", "m.csv", *KIND, "-o", "out", "--no-download"]

    ran = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert ran.returncode == 1, ran.stderr
    assert "journal=" not in ran.stderr
    assert service.started()
    assert "run the same command again to go on: out" in ran.stderr


def test_a_page_that_cannot_be_written_names_it(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught:
        disk.replace_file(tmp_path / "no" / "index.html", b"x")

    assert caught.value.filename == str(tmp_path / "no" / "index.html")


@pytest.mark.parametrize("columns", [40, 80])
def test_errors_break_between_words(
    batch: Run, terminal: Callable[..., Terminal], columns: int
) -> None:
    screen = terminal(columns=columns)
    batch(sheet("k,a fox,0,64"))
    screen.close()

    lines = seen(screen)
    assert all(len(line) <= columns for line in lines)
    plain = " ".join(line.strip() for line in lines)
    assert "m.csv:2: width: expected a whole number of at least 1, got 0" in plain


def test_help_names_the_exit_codes(bare: Run) -> None:
    for command in ([], ["run"], ["retry"], ["quote"]):
        words = " ".join(bare("batch", *command, "--help").out.split())
        assert "4 too few coins, or the budget does not cover the rest" in words
