"""How far a batch is, on stderr: redrawn on a terminal, else a line now and then."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import attrs
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from a2e_async.batch.outcome import Progress
from a2e_async.cli import messages
from a2e_async.cli.output import Output

_PER_SECOND = 4
_SECONDS = 15.0
"""Between two lines where nothing is redrawn."""
_LEAST_BAR = 10
_MINUTE = 60.0

Look = Callable[[], Progress]


def number(value: float) -> str:
    """Write a number for people, such as 12,340 or 0.5."""
    whole = round(value, 2)
    return f"{whole:,.0f}" if whole == int(whole) else f"{whole:,}"


def done(progress: Progress) -> str:
    """Write how many have an outcome."""
    of = "" if progress.total is None else f" of {number(progress.total)}"
    return f"{number(progress.finished)}{of}"


def share(progress: Progress) -> float | None:
    """Tell how much is done, in percent; None where nobody knows."""
    if progress.total is None:
        return None
    # All of it is not done before all of it is done.
    return min(99.9, 100 * progress.finished / progress.total) if _goes_on(progress) else 100.0


def _goes_on(progress: Progress) -> bool:
    return progress.total is not None and progress.finished < progress.total


def pieces(progress: Progress, budget: float | None, *, has_ended: bool = False) -> Iterator[str]:
    """Write what there is to tell besides, piece by piece.

    Args:
        progress: how far the batch is.
        budget: the most coins that it may spend, or None.
        has_ended: whether it goes on no more.
    """
    # A task that completed is none of these yet while its files are under way.
    of = f" of {number(progress.total or 0)}" if has_ended else ""
    yield f"{number(progress.finished - progress.failed)}{of} completed"
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
    """Write it for a program."""
    found = attrs.asdict(progress)
    for name in ("rate", "seconds", "time_left"):
        found[name] = None if found[name] is None else round(found[name], 2)
    return found


class View(Protocol):
    """Where it is shown."""

    every: float

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
    every: float = _SECONDS
    _shown: tuple[int, int] = attrs.field(default=(0, 0), init=False)

    def show(self, progress: Progress) -> None:
        """Write a line."""
        news = (progress.finished, progress.in_flight)
        if news == self._shown:
            return
        self._shown = news
        text = ", ".join([f"{done(progress)} done", *pieces(progress, self.budget)])
        self.out.say(text, progress=as_dict(progress))

    def close(self) -> None:
        """Leave what is written."""


@attrs.frozen(eq=False)
class _Drawing:
    """A bar, and what there is to tell below it."""

    progress: Progress
    budget: float | None

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
        yield Group(row, *(Text(line, style="dim", no_wrap=True) for line in lines))


def packed(texts: Sequence[str], separator: str, width: int) -> list[str]:
    """Put texts side by side, on as few lines of so many places as there must be."""
    lines: list[str] = []
    for text in texts:
        joined = f"{lines[-1]}{separator}{text}" if lines else text
        if lines and cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(text)
    return lines


class LiveView(View):
    """Lines of a terminal that are drawn over."""

    every = 1 / _PER_SECOND

    def __init__(self, out: Output, budget: float | None) -> None:
        """Prepare; nothing is shown yet."""
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
        self._live.update(_Drawing(progress, self._budget), refresh=True)

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
        await asyncio.sleep(view.every)
