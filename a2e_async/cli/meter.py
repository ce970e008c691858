"""How far a batch is, on stderr: redrawn on a terminal, else a line now and then."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import attrs
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from a2e_async.batch.engine import GRACE
from a2e_async.batch.outcome import Progress
from a2e_async.cli import messages
from a2e_async.cli.messages import number
from a2e_async.cli.output import Output, count, packed

_PER_SECOND = 4
_SECONDS = 15.0
"""Between two lines where nothing is redrawn."""
_LEAST_BAR = 10
_MINUTE = 60.0

Look = Callable[[], Progress]


def done(progress: Progress) -> str:
    """Write of how many nothing is left to be done."""
    of = "" if progress.total is None else f" of {number(progress.total)}"
    return f"{number(_over(progress))}{of}"


def _over(progress: Progress) -> int:
    return _ok(progress) + progress.counts.get("failed", 0)


def _ok(progress: Progress) -> int:
    # A task that completed is none of these yet while its files are under way.
    return progress.finished - progress.failed


def share(progress: Progress) -> float | None:
    """Tell how much is done, in percent; None where nobody knows."""
    if progress.total is None:
        return None
    # All of it is not done before all of it is done.
    return min(99.9, 100 * _over(progress) / progress.total) if _goes_on(progress) else 100.0


def _goes_on(progress: Progress) -> bool:
    return progress.total is not None and _over(progress) < progress.total


def pieces(progress: Progress, budget: float | None, *, has_ended: bool = False) -> Iterator[str]:
    """Write what there is to tell besides, piece by piece.

    Args:
        progress: how far the batch is.
        budget: the most coins that it may spend, or None.
        has_ended: whether it goes on no more.
    """
    of = f" of {number(progress.total or 0)}" if has_ended else ""
    yield f"{number(_ok(progress))}{of} completed"
    for state in ("failed", "uncertain"):
        if progress.counts.get(state):
            yield f"{number(progress.counts[state])} {state}"
    if progress.in_flight or not has_ended:
        yield f"{number(progress.in_flight)} under way"
    yield _coins(progress, budget)
    if has_ended:
        return
    if progress.rate:
        yield _rate(progress.rate)
    if progress.time_left is not None and _goes_on(progress):
        yield f"{messages.seconds(progress.time_left)} left"


def _coins(progress: Progress, budget: float | None) -> str:
    limit = "" if budget is None else f" of {number(budget)}"
    reserved = f" ({number(progress.coins_reserved)} reserved)" if progress.coins_reserved else ""
    return f"{number(progress.coins_spent)}{limit} coins{reserved}"


def _rate(rate: float) -> str:
    return f"{rate:.1f}/s" if rate >= 1 else f"{rate * _MINUTE:.1f}/min"


def as_dict(progress: Progress) -> dict[str, Any]:
    """Write it for a program: ``ok``, ``failed`` and the four after them are all that there is."""
    ok, counts = _ok(progress), progress.counts
    states = {state: counts.get(state, 0) for state in ("completed", "failed", "uncertain")}
    without_files = max(0, states["completed"] - ok)
    gone_on = sum(states.values()) + progress.in_flight
    total = progress.total
    return {
        "total": total,
        "done": _over(progress),
        "ok": ok,
        "failed": states["failed"],
        "without_files": without_files,
        "uncertain": states["uncertain"],
        "under_way": progress.in_flight,
        "not_started": max(0, (progress.read if total is None else total) - gone_on),
        "counts": dict(counts),
        "coins_spent": progress.coins_spent,
        "coins_reserved": progress.coins_reserved,
        "rate": round(progress.rate, 2),
        "time_left": None if progress.time_left is None else round(progress.time_left, 2),
        "seconds": round(progress.seconds, 2),
    }


def stopping(progress: Progress) -> str:
    """Say what is waited for once somebody has stopped the batch."""
    starts = progress.counts.get("starting", 0)
    if not starts:
        return "stopping"
    return f"stopping, waiting for the answers to {count(starts, 'start')} (up to {GRACE:.0f} s)"


class View(Protocol):
    """Where it is shown, four times a second."""

    @abstractmethod
    def show(self, progress: Progress) -> None:
        """Show it."""

    @abstractmethod
    def close(self) -> None:
        """Show it no more."""


@attrs.define(eq=False)
class PlainView(View):
    """Lines for a file, a pipe or a dumb terminal, and only when there is something new."""

    out: Output
    budget: float | None
    _shown: tuple[int, int] = attrs.field(default=(0, 0), init=False)
    _next: float = attrs.field(default=0.0, init=False)
    _told: bool = attrs.field(default=False, init=False)

    def show(self, progress: Progress) -> None:
        """Write a line, if it is time."""
        if self.out.hushed:
            self._tell_of_stopping(progress)
            return
        news = (progress.finished, progress.in_flight)
        if news == self._shown or time.monotonic() < self._next:
            return
        self._shown, self._next = news, time.monotonic() + _SECONDS
        text = ", ".join([f"{done(progress)} done", *pieces(progress, self.budget)])
        self.out.say(text, progress=as_dict(progress))

    def _tell_of_stopping(self, progress: Progress) -> None:
        if not self._told:
            self._told = True
            self.out.say(stopping(progress))

    def close(self) -> None:
        """Leave what is written."""


@attrs.frozen(eq=False)
class _Drawing:
    """A bar, and what there is to tell below it."""

    progress: Progress
    budget: float | None
    is_stopping: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        percent = share(self.progress)
        words = done(self.progress) + ("" if percent is None else f"  {percent:3.0f} %")
        row = Table.grid(padding=(0, 2), expand=True)
        if options.max_width >= cell_len(words) + _LEAST_BAR:
            row.add_column(ratio=1)
            row.add_column(no_wrap=True)
            row.add_row(ProgressBar(total=100, completed=percent or 0), words)
        else:
            row.add_row(words)
        separator = ", " if options.ascii_only else " · "
        lines = packed([*pieces(self.progress, self.budget)], separator, options.max_width)
        told = [Text(line, style="dim", no_wrap=True) for line in lines]
        if self.is_stopping:
            told = [Text(stopping(self.progress), style="bold")]
        yield Group(row, *told)


class LiveView(View):
    """Lines of a terminal that are drawn over."""

    def __init__(self, out: Output, budget: float | None) -> None:
        """Prepare; nothing is shown yet."""
        self._out = out
        self._budget = budget
        self._live = Live(
            console=out.messages,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def show(self, progress: Progress) -> None:
        """Draw it."""
        if not self._live.is_started:
            self._live.start()
        self._live.update(_Drawing(progress, self._budget, self._out.hushed), refresh=True)

    def close(self) -> None:
        """Take it away."""
        self._live.stop()


@asynccontextmanager
async def shown(out: Output, look: Look, budget: float | None) -> AsyncIterator[None]:
    """Show how far a batch is, as long as the context lasts.

    Args:
        out: where to.
        look: tells how far it is.
        budget: the most coins that it may spend, or None.
    """
    view: View = LiveView(out, budget) if out.live else PlainView(out, budget)
    ticking = asyncio.create_task(_tick(view, look))
    try:
        yield
    finally:
        ticking.cancel()
        await asyncio.wait((ticking,))
        view.close()


async def _tick(view: View, look: Look) -> None:
    while True:
        view.show(look())
        await asyncio.sleep(1 / _PER_SECOND)
