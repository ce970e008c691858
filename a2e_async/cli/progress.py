"""What goes on, on stderr: lines that are redrawn on a terminal, else a line per change."""

from __future__ import annotations

import time
from abc import abstractmethod
from types import TracebackType
from typing import Any, Protocol, Self

import attrs
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID
from rich.table import Column
from rich.text import Text

from a2e_async.cli import messages
from a2e_async.cli.output import Output

_BAR = 12
_STEP = 25
"""Percent between two plain lines of the same status."""


class Line(Protocol):
    """The line of one job."""

    label: str

    @abstractmethod
    def started(self, token: str) -> None:
        """Tell the job's token, which other lines may not show."""

    @abstractmethod
    def show(self, word: str, percent: float | None = None) -> None:
        """Show what the job is doing now.

        Args:
            word: the status word.
            percent: how much is done, if known.
        """

    @abstractmethod
    def end(self, word: str) -> None:
        """Show how it ended; the line is not changed any more."""

    @abstractmethod
    def remove(self) -> None:
        """Take the line away."""


class Board(Protocol):
    """All lines of a command."""

    @abstractmethod
    def line(self, label: str) -> Line:
        """Add the line of a job.

        Args:
            label: what people call the job.
        """

    def __enter__(self) -> Self:
        """Begin to show."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Show no more."""
        return


def board(out: Output) -> Board:
    """Make the board that fits the place where stderr goes."""
    return LiveBoard(out) if out.live else PlainBoard(out)


@attrs.define(eq=False)
class PlainLine:
    """A job of which each change is a line of its own."""

    out: Output
    label: str
    _token: str | None = attrs.field(default=None, init=False)
    _begun: float = attrs.field(factory=time.monotonic, init=False)
    _shown: tuple[str, int] | None = attrs.field(default=None, init=False)

    def started(self, token: str) -> None:
        """Write the token, so that it is known whatever happens."""
        self._token = token
        if token != self.label:
            self._write(f"started {token}", None)

    def show(self, word: str, percent: float | None = None) -> None:
        """Write a line if the word has changed, or the percentage by much."""
        news = (word, int(percent or 0) // _STEP)
        if news != self._shown:
            self._shown = news
            self._write(word, percent)

    def end(self, word: str) -> None:
        """Write the last line, unless it stands there already."""
        if self._shown is None or self._shown[0] != word:
            self._write(word, None)

    def remove(self) -> None:
        """Leave what is written."""

    def _write(self, word: str, percent: float | None) -> None:
        spent = time.monotonic() - self._begun
        share = "" if percent is None else f" {percent:.0f} %"
        self.out.say(
            f"{self.label}: {word}{share} ({messages.seconds(spent)})",
            progress={
                "label": self.label,
                "token": self._token,
                "status": word,
                "percent": percent,
                "seconds": round(spent, 1),
            },
        )


@attrs.define(eq=False)
class PlainBoard(Board):
    """Lines for a file, a pipe or a dumb terminal."""

    out: Output

    def line(self, label: str) -> PlainLine:
        """Add the line of a job."""
        return PlainLine(self.out, label)


class _Spent(ProgressColumn):
    """Time since the line was added."""

    def render(self, task: Task) -> Text:
        return Text(messages.seconds(task.elapsed or 0), justify="right")


class _Field(ProgressColumn):
    """A field of the line, as it is, without markup."""

    def __init__(self, name: str, *, least: int = 0, gives_way: bool = False) -> None:
        overflow: Any = "ellipsis" if gives_way else "fold"
        super().__init__(Column(no_wrap=True, overflow=overflow, min_width=least))
        self._name = name

    def render(self, task: Task) -> Text:
        return Text(str(task.fields[self._name]))


@attrs.define(eq=False)
class LiveLine:
    """A job whose line is redrawn."""

    out: Output
    progress: Progress
    task: TaskID
    label: str
    _begun: float = attrs.field(factory=time.monotonic, init=False)

    def started(self, token: str) -> None:
        """Keep the line short: whoever stops the command is told the tokens."""

    def show(self, word: str, percent: float | None = None) -> None:
        """Redraw the line."""
        share = "" if percent is None else f"{percent:.0f} %"
        total = None if percent is None else 100
        self.progress.update(self.task, word=word, share=share, total=total, completed=percent or 0)

    def end(self, word: str) -> None:
        """Write the last line above those that are still redrawn."""
        self.remove()
        spent = messages.seconds(time.monotonic() - self._begun)
        self.out.say(f"{self.label}: {word} ({spent})")

    def remove(self) -> None:
        """Take the line away."""
        self.progress.remove_task(self.task)


class LiveBoard(Board):
    """Lines for a terminal."""

    def __init__(self, out: Output) -> None:
        """Prepare the display; nothing is shown yet."""
        self._out = out
        unicode = out.messages.encoding.lower().startswith("utf")
        self._progress = Progress(
            SpinnerColumn("dots" if unicode else "line"),
            _Field("label", gives_way=True),
            _Field("word", least=10),
            BarColumn(_BAR),
            _Field("share", least=5),
            _Spent(Column(no_wrap=True, min_width=4)),
            console=out.messages,
            transient=True,
            redirect_stdout=False,
        )

    def line(self, label: str) -> LiveLine:
        """Add the line of a job."""
        # Not before there is one: a list draws nothing but itself.
        self._progress.start()
        task = self._progress.add_task("", total=None, label=label, word="", share="")
        return LiveLine(self._out, self._progress, task, label)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Show no more."""
        if self._progress.live.is_started:
            self._progress.stop()
