"""Being stopped: Ctrl-C, SIGTERM, and readers that go away."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from a2e_async.cli import run as runner
from a2e_async.cli import serve
from a2e_async.cli.run import Interrupted
from a2e_async.sandbox import Effect, Fault
from tests.cli.conftest import Run, Service, Terminal, soon
from tests.cli.test_cli_demo import image, prompts
from tests.cli.test_cli_generate import ANN

URL = "https://example.com/a.png"


def kill(number: signal.Signals = signal.SIGINT) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def looked(service: Service) -> Callable[[], bool]:
    """Tell when a task is looked at from now on."""

    def count() -> int:
        kinds = service.sandbox.requests.by_kind
        return kinds["detail"] + kinds["batch-detail"]

    before = count()
    return lambda: count() > before


def held_up(service: Service) -> Callable[[], bool]:
    """Tell when a request from now on is answered slowly."""
    applied = service.sandbox.faults.applied
    before = applied[Effect.SLOW]
    return lambda: applied[Effect.SLOW] > before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_jobs_that_go_on_are_told(a2e: Run, service: Service, number: signal.Signals) -> None:
    service.seconds = 1000
    tokens = [a2e("image", "x", "--no-wait").lines[0] for _ in range(2)]

    with soon(looked(service), kill(number)):
        ran = a2e("jobs", "download", *tokens, "-o", "my out")

    assert ran.code == 130
    assert "interrupted\n2 unfinished tasks go on at the service. To fetch:\n" in ran.err
    for token in tokens:
        command = f"  a2e jobs download {token} -o 'my out' --base-url {service.url}"
        assert command in ran.err.splitlines()
    assert service.sandbox.tasks[-1].status == "initialized"


def test_what_is_finished_is_handed_over(a2e: Run, service: Service) -> None:
    service.seconds = 1000
    slow = a2e("image", "x", "--no-wait").lines[0]
    service.seconds = 0
    done = a2e("image", "x", "--no-wait").lines[0]

    with soon(lambda: any(Path().glob("*.png")), kill()):
        ran = a2e("jobs", "download", slow, done)

    assert ran.code == 130
    assert [Path(line).suffix for line in ran.lines] == [".png"]
    assert slow in ran.err


def test_stopped_in_json(a2e: Run, service: Service) -> None:
    service.seconds = 1000
    token = a2e("image", "x", "--no-wait").lines[0]

    with soon(looked(service), kill()):
        ran = a2e("jobs", "wait", token, "--json")

    [error] = ran.json_errors
    assert error["type"] == "Interrupted"
    assert error["token"] == token
    assert error["tokens"] == [token]
    assert error["names"] == []
    assert ran.out == ""


@pytest.mark.parametrize("kind", ["text_to_image", "avatar_video"])
def test_a_start_under_way_may_have_made_a_task(a2e: Run, service: Service, kind: str) -> None:
    service.sandbox.faults.next(
        "/api/v1/userText2?mage/start" if kind == "text_to_image" else "/api/v1/video/generate",
        Fault.slow(20),
    )
    words = ["image", "x"] if kind == "text_to_image" else ["video", "--avatar", ANN, "--text", "x"]
    name = "--name" if kind == "text_to_image" else "--title"

    with soon(held_up(service), kill()):
        ran = a2e(*words, name, "find-me")

    assert ran.code == 130
    assert "Under way was a start that may have made a task, and charged it" in ran.err
    assert f"a2e jobs list --kind {kind} --name find-me --base-url {service.url}" in ran.err
    assert ran.err.count("find-me") == 1


def test_the_demo_tells_what_is_there_and_what_goes_on(a2e: Run, service: Service) -> None:
    file = prompts(Path("p.jsonl"), image(), image(), image())
    service.sandbox.faults.next("start", Fault.none(), Fault.slow(20))

    with soon(held_up(service), kill()):
        ran = a2e("demo", file, "--yes", "--in-flight", 1)

    assert ran.code == 130
    assert ran.lines[0].startswith("a2e-demo/01-a-lake.png\t")
    assert "1 of 3 tasks completed" in ran.err
    assert "Under way was a start" in ran.err


def test_starts_without_a_name_are_told_apart_from_none(a2e: Run, service: Service) -> None:
    row = {"kind": "head_swap", "image_url": URL, "target_image_url": URL}
    file = prompts(Path("p.jsonl"), row, row)
    service.sandbox.faults.next("start", Fault.slow(20), times=2)

    with soon(held_up(service), kill()):
        ran = a2e("demo", file, "--yes")

    assert ran.code == 130
    assert ran.err.count("a2e jobs list --kind head_swap --base-url") == 1


def test_tasks_of_the_sandbox_end_with_it(bare: Run, terminal: Callable[..., Terminal]) -> None:
    screen = terminal(term="dumb")

    with soon(lambda: "avatar_video:6" in screen.text, kill()):
        ran = bare("--sandbox", "video", "--avatar", ANN, "--text", "Hello.")
    screen.close()

    assert ran.code == 130
    assert "1 unfinished task, gone with the sandbox:\r\n  avatar_video:" in screen.text


def test_the_interpreter_may_be_interrupted_outside_the_loop(
    bare: Run, with_token: None, terminal: Callable[..., Terminal]
) -> None:
    screen = terminal()
    with soon(lambda: "Go on?" in screen.text, kill()):
        ran = bare("demo")
    screen.close()

    assert ran.code == 130
    assert "interrupted" in screen.text


@pytest.fixture(params=["uvloop", "asyncio"])
def loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "asyncio":
        monkeypatch.setitem(sys.modules, "uvloop", None)
    else:
        pytest.importorskip("uvloop")
    return str(request.param)


def test_uvloop_is_used_where_it_is_installed(loops: str) -> None:
    async def work() -> str:
        return type(asyncio.get_running_loop()).__module__.partition(".")[0]

    assert runner.run(work) == loops


def test_a_second_signal_ends_what_does_not_stop(loops: str) -> None:
    async def stubborn() -> None:
        kill()()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            kill()()
            await asyncio.sleep(30)

    with pytest.raises(KeyboardInterrupt):
        runner.run(stubborn)


def test_work_that_ends_all_the_same_counts(loops: str) -> None:
    async def deaf() -> str:
        kill()()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            return "done"
        return "slept"

    assert runner.run(deaf) == "done"


def test_a_cancellation_from_within_is_no_interruption(loops: str) -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        runner.run(cancelled)


def test_what_goes_wrong_after_the_signal_is_the_interruption(loops: str) -> None:
    async def breaks() -> None:
        kill()()
        try:
            await asyncio.sleep(30)
        finally:
            raise OSError

    with pytest.raises(Interrupted):
        runner.run(breaks)


def test_an_ignored_signal_stays_ignored(loops: str) -> None:
    async def work() -> str:
        kill(signal.SIGTERM)()
        await asyncio.sleep(0.05)
        return "done"

    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        assert runner.run(work) == "done"
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_the_handlers_are_given_back(loops: str) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    runner.run(lambda: asyncio.sleep(0))

    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_other_threads_leave_signals_alone() -> None:
    found: list[str] = []

    async def work() -> None:
        found.append("done")

    thread = threading.Thread(target=runner.run, args=(work,))
    thread.start()
    thread.join()

    assert found == ["done"]


class Left(io.RawIOBase):
    """A stream that nobody reads any more."""

    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def nobody() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(Left()))


def broken_pipe() -> io.TextIOWrapper:
    reading, writing = os.pipe()
    os.close(reading)
    return io.TextIOWrapper(os.fdopen(writing, "wb"))


def close(stream: io.TextIOWrapper) -> None:
    with suppress(BrokenPipeError):
        stream.close()


@pytest.mark.parametrize("command", ["avatars", "coins"])
def test_a_reader_of_results_may_leave(
    a2e: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(sys, "stdout", stream := broken_pipe())

    ran = a2e(command)
    close(stream)

    assert ran.code == 141
    assert ran.err == ""


@pytest.mark.parametrize("argv", [["--version"], ["image", "--help"]])
def test_a_reader_of_help_may_leave(
    bare: Run, monkeypatch: pytest.MonkeyPatch, argv: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", stream := broken_pipe())

    ran = bare(*argv)
    close(stream)

    assert ran.code in (1, 141)
    assert ran.err == ""


def test_a_reader_of_messages_may_leave_and_the_result_still_comes(
    a2e: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream := nobody())

    ran = a2e("image", "x")
    close(stream)

    assert ran.code == 0
    assert Path(ran.lines[0]).is_file()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_runs_until_it_is_stopped(
    bare: Run, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    announced = threading.Event()
    announce = serve._announce

    def announce_and_tell(*args: Any) -> None:
        announce(*args)
        announced.set()

    monkeypatch.setattr(serve, "_announce", announce_and_tell)
    with soon(lambda: announced.is_set() and listens(port), kill(number)):
        ran = bare("sandbox", "--port", port, "--speed", 1000, "--seed", 7)

    assert ran.code == 0
    assert ran.lines[0] == f"export A2E_BASE_URL=http://127.0.0.1:{port}"
    assert ran.lines[1].startswith("export A2E_API_KEY=sk_sandbox_")
    assert "until Ctrl-C" in ran.err
    assert not listens(port)


def test_a_port_that_is_taken(bare: Run, service: Service) -> None:
    ran = bare("sandbox", "--port", service.url.rpartition(":")[2])

    assert ran.code == 2
    assert "in use" in ran.errors[0]
