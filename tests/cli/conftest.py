"""The command line, run in this process, against a sandbox in a thread of its own."""

from __future__ import annotations

import json
import os
import pty
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from anyio.from_thread import start_blocking_portal

from a2e_async.cli import main
from a2e_async.sandbox import Sandbox
from tests.cli.batches import OUT

TOKEN = "sk_secret.eyJwcml2YXRlIjoiZGF0YSJ9.signature"


@attrs.define
class Service:
    """A sandbox whose tasks take as long as the test says.

    Attributes:
        sandbox: the sandbox.
        seconds: how long the tasks of later starts take.
    """

    sandbox: Sandbox
    seconds: float = 0.0

    @property
    def url(self) -> str:
        return self.sandbox.base_url

    def started(self) -> list[str]:
        """The names under which tasks were started."""
        return [task.name for task in self.sandbox.tasks]


@contextmanager
def serving(**options: Any) -> Iterator[Service]:
    service: list[Service] = []
    sandbox = Sandbox(durations=lambda _: service[0].seconds, speed=1.0, **options)
    service.append(Service(sandbox))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(sandbox):
        yield service[0]


@pytest.fixture(autouse=True)
def catchable_ctrl_c() -> Iterator[None]:
    """Undo what a shell's ``&`` does: what ignores a signal starts what ignores it too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def _service() -> Iterator[Service]:
    with serving() as service:
        yield service


@pytest.fixture
def service(_service: Service) -> Iterator[Service]:
    """The sandbox that all tests share; its tasks end at once unless a test says otherwise."""
    _service.seconds = 0.0
    yield _service
    _service.sandbox.faults.clear()


@attrs.frozen
class Ran:
    """What a command did.

    Attributes:
        code: its exit code.
        out: what it wrote to stdout.
        err: what it wrote to stderr.
    """

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> list[Any]:
        """The values on stdout, which holds nothing else."""
        return [json.loads(line) for line in self.lines]

    @property
    def errors(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.startswith("error: ")]

    @property
    def json_errors(self) -> list[Any]:
        """The errors on stderr, where every line is a JSON object."""
        values = [json.loads(line) for line in self.err.splitlines()]
        return [value["error"] for value in values if "error" in value]


Run = Callable[..., Ran]


@pytest.fixture
def bare(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any) -> Run:
    """Run the command line in an empty directory, as a user who has set nothing up."""
    monkeypatch.chdir(tmp_path)

    def run(*argv: object) -> Ran:
        code = main([str(word) for word in argv])
        written = capsys.readouterr()
        assert TOKEN not in written.out + written.err
        assert "Traceback" not in written.err or "-v" in argv
        return Ran(code, written.out, written.err)

    return run


@pytest.fixture
def with_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2E_API_KEY", TOKEN)


@pytest.fixture
def a2e(bare: Run, service: Service, with_token: None) -> Run:
    """Run the command line with a token against the sandbox that all tests share."""

    def run(*argv: object) -> Ran:
        return bare("--base-url", service.url, *argv)

    return run


class Terminal:
    """A terminal that the process believes to run in.

    Attributes:
        text: what was written to it.
    """

    def __init__(self) -> None:
        self.text = ""
        self._ours, theirs = pty.openpty()
        self.streams = [os.fdopen(os.dup(theirs), mode) for mode in ("r", "w", "w")]
        os.close(theirs)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        try:
            while data := os.read(self._ours, 65536):
                self.text += data.decode(errors="replace")
        except OSError:
            pass  # All of its other side is closed.

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def close(self) -> None:
        """Leave it, and read the rest of what was written. May be called twice."""
        if self.streams:
            while self.streams:
                self.streams.pop().close()
            self._reader.join()
            os.close(self._ours)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Terminal]]:
    """Put the process into a terminal."""
    opened: list[Terminal] = []

    def enter(*, columns: int = 100, stdout: bool = True, term: str = "xterm") -> Terminal:
        monkeypatch.setenv("TERM", term)
        # Rich asks the streams that the process was started with.
        monkeypatch.setenv("COLUMNS", str(columns))
        found = Terminal()
        opened.append(found)
        monkeypatch.setattr(sys, "stdin", found.streams[0])
        if stdout:
            monkeypatch.setattr(sys, "stdout", found.streams[1])
        monkeypatch.setattr(sys, "stderr", found.streams[2])
        return found

    yield enter
    monkeypatch.undo()
    for found in opened:
        found.close()


@contextmanager
def soon(condition: Callable[[], bool], act: Callable[[], None]) -> Iterator[None]:
    """Do something from another thread as soon as a condition holds, or it takes too long."""
    left = threading.Event()
    latest = time.monotonic() + 15

    def watch() -> None:
        while not (condition() or time.monotonic() > latest):
            if left.wait(0.01):
                return
        act()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()


@pytest.fixture
def batch(a2e: Run) -> Run:
    """Run a manifest of pictures."""

    def run(manifest: object, *argv: object) -> Any:
        return a2e("batch", "run", manifest, "--kind", "text_to_image", "-o", OUT, *argv)

    return run
