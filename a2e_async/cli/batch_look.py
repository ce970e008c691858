"""Looking at a run: how far it is, and its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import attrs

from a2e_async.cli import batch_folder, batch_prepare
from a2e_async.cli import run as runner
from a2e_async.cli.batch_folder import Folder
from a2e_async.cli.batch_plan import Plan
from a2e_async.cli.messages import number
from a2e_async.cli.output import count
from a2e_async.cli.shell import Shell
from a2e_async.files.threads import finish_in_thread
from a2e_async.journal import opening
from a2e_async.journal.item import Item, State
from a2e_async.journal.journal import Journal
from a2e_async.journal.opening import Owner
from a2e_async.journal.summary import Summary

_UNDER_WAY = (State.STARTING, State.STARTED)


@attrs.frozen(kw_only=True)
class _Look:
    """What there is to tell of a run.

    Attributes:
        folder: its directory.
        summary: its items, counted.
        meta: the notes in its journal.
        owner: who runs it, or None if nobody does.
        changed: when something became of an item last, or None if nothing did.
    """

    folder: Folder
    summary: Summary
    meta: Mapping[str, Any]
    owner: Owner | None
    changed: float | None

    @property
    def plan(self) -> Plan:
        whole, _ = Plan().after(self.meta.get(batch_prepare.PLAN))
        return whole

    def as_dict(self) -> dict[str, Any]:
        counts = self.summary.counts
        return {
            "directory": str(self.folder.root),
            "service": self.meta.get(batch_prepare.SERVICE),
            "runs": self.owner is not None,
            "process": None if self.owner is None else self.owner.process,
            "rows": self.summary.total,
            **{state.value: counts[state] for state in counts},
            "coins": self.summary.coins_spent,
            "reserved": self.summary.coins_reserved,
            "budget": self.plan.budget,
            "rate": self.plan.rate,
            "began": _moment(self.meta.get(batch_prepare.BEGAN)),
            "changed": _moment(self.changed),
        }

    def lines(self) -> Iterator[tuple[str, str]]:
        yield "directory", str(self.folder.root)
        yield "service", str(self.meta.get(batch_prepare.SERVICE) or "")
        yield "run", self._run()
        yield "rows", number(self.summary.total)
        for state, found in self.summary.counts.items():
            if found:
                yield state.value, number(found)
        of = "" if self.plan.budget is None else f" of {number(self.plan.budget)}"
        yield "coins", f"{number(self.summary.coins_spent)}{of}"
        if self.summary.coins_reserved:
            yield "reserved", number(self.summary.coins_reserved)
        if self.plan.rate is not None:
            yield "rate", f"{number(self.plan.rate)} per second at the most"
        for name, at in (("began", self.meta.get(batch_prepare.BEGAN)), ("changed", self.changed)):
            moment = _moment(at)
            if moment is not None:
                yield name, moment

    def _run(self) -> str:
        if self.owner is not None:
            return f"goes on, in {self.owner.process}"
        counts = self.summary.counts
        left = self.summary.total - counts[State.COMPLETED] - counts[State.FAILED]
        if not left:
            return "has ended"
        under_way = sum(counts[state] for state in _UNDER_WAY)
        tasks = f", {number(under_way)} of them under way at the service" if under_way else ""
        return f"was stopped with {count(left, 'row')} left{tasks}"


def status(shell: Shell, folder: Folder) -> None:
    """Tell how far a run is.

    Args:
        shell: what the command has in hand.
        folder: its directory.

    Raises:
        JournalError: there is none, or its journal cannot be read.
    """
    folder.check_is_run()
    look = runner.run(partial(_look, folder))
    shell.out.pairs(look.as_dict(), [*look.lines()])


async def _look(folder: Folder) -> _Look:
    async with await Journal.read(folder.journal) as journal:
        changed = None
        async for item in journal.items():
            changed = max(filter(None, (changed, _changed(item))), default=None)
        return _Look(
            folder=folder,
            summary=await journal.summary(),
            meta=await journal.meta(),
            owner=await finish_in_thread(opening.owner_of, folder.journal),
            changed=changed,
        )


def _changed(item: Item) -> float | None:
    times = (item.starting_at, item.started_at, item.ended_at)
    return max((at for at in times if at is not None), default=None)


def _moment(at: object) -> str | None:
    if not isinstance(at, (int, float)):
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def report(shell: Shell, folder: Folder) -> None:
    """Write the page of a run.

    Args:
        shell: what the command has in hand.
        folder: its directory.

    Raises:
        JournalError: there is no run, or its journal cannot be read.
        OSError: the page cannot be written.
    """
    folder.check_is_run()
    page = runner.run(partial(batch_folder.write_page, folder))
    shell.out.result({"page": str(page)}, str(page))
