"""What is done before the first start: the journal gets all rows, and all that the options say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any

import attrs

from a2e_async import Request, tasks
from a2e_async.batch.source import entries
from a2e_async.cli.batch_folder import Folder
from a2e_async.cli.batch_plan import Plan
from a2e_async.cli.batch_rows import Known, Register, check_rows
from a2e_async.cli.entry import BadRows
from a2e_async.cli.manifest import Manifest
from a2e_async.journal.admission import JournalConflict
from a2e_async.journal.item import Item, State
from a2e_async.journal.journal import Journal

SERVICE, PLAN, BEGAN = "service", "plan", "began"
"""Notes in the journal: where the run's tasks are, how it is to be done, and since when."""

_AT_ONCE = 200


@attrs.frozen(kw_only=True)
class Ready:
    """What is known before the first start.

    Attributes:
        plan: how the run is to be done, what earlier runs of it were told included.
        told: what comes from them, in words.
        over: index and name of each item that is over, and is not started anew.
        keyless: indexes of the items without a key.
        anew: how many items are started anew.
    """

    plan: Plan
    told: Sequence[str] = ()
    over: Collection[tuple[int, str]] = frozenset()
    keyless: Collection[int] = frozenset()
    anew: int = 0


@attrs.frozen(kw_only=True)
class Wanted:
    """What a run is asked for.

    Attributes:
        plan: how it is to be done, as far as the options say.
        without_budget: whether the budget of earlier runs counts no more.
        retry: states whose items are started anew.
        manifest: the rows, or None where the journal has them.
        rows: the same, as a journal may know them.
    """

    plan: Plan
    without_budget: bool = False
    retry: Sequence[str] = ()
    manifest: Manifest | None = None
    rows: Sequence[Known] = ()


async def prepare(folder: Folder, service: str, wanted: Wanted) -> Ready:
    """Make sure that a run can go on in a directory, and have its journal know all of it.

    Args:
        folder: the directory.
        service: where the tasks are started.
        wanted: what the run is asked for.

    Raises:
        JournalError: the journal cannot be used.
        BadRows: the journal knows other rows.
        ValueError: it belongs to another manifest, or to another service.
    """
    async with await Journal.open(folder.journal, create=wanted.manifest is not None) as journal:
        meta = await journal.meta()
        _check_service(meta.get(SERVICE), service, folder)
        items = [item async for item in _slim(journal)]
        if wanted.manifest is not None:
            register = Register()
            for item in items:
                register.add(item.index, item.key, item.fingerprint)
            check_rows(wanted.rows, register, folder.root, wanted.manifest.source)
            await _admit(journal, wanted.manifest)
        plan, told = wanted.plan.after(meta.get(PLAN), without_budget=wanted.without_budget)
        await _note(journal, meta, {SERVICE: service, PLAN: plan.note()})
    return Ready(
        plan=plan,
        told=told,
        over=_over(items, wanted, plan),
        keyless=_keyless(items, wanted),
        anew=sum(item.state.value in wanted.retry for item in items),
    )


def _check_service(known: object, service: str, folder: Folder) -> None:
    if known is not None and known != service:
        raise ValueError(
            f"{folder.root}: its tasks are those of {known}, not of {service}. Choose another "
            "directory"
        )


async def _slim(journal: Journal) -> AsyncIterator[Item]:
    # Of ten thousand records only what is needed stays in memory.
    async for item in journal.items():
        yield attrs.evolve(item, record=None, error=None)


async def _admit(journal: Journal, manifest: Manifest) -> None:
    some: list[tuple[int, str | None, Request[Any]]] = []
    async for entry in entries(manifest):
        some.append((entry.index, entry.key, entry.request))
        if len(some) == _AT_ONCE:
            await _admit_some(journal, some)
            some = []
    await _admit_some(journal, some)


async def _admit_some(
    journal: Journal, some: Sequence[tuple[int, str | None, Request[Any]]]
) -> None:
    found = await journal.admit_all(some)
    errors: list[ValueError] = [it for it in found if isinstance(it, JournalConflict)]
    if errors:
        raise BadRows(errors[:1], len(errors) - 1)


async def _note(journal: Journal, meta: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    # The first note puts the rows on the disk as well, all of them or none.
    news = {BEGAN: meta.get(BEGAN, time.time()), **facts}
    await asyncio.gather(*(journal.note(field, value) for field, value in news.items()))


def _over(items: Sequence[Item], wanted: Wanted, plan: Plan) -> Collection[tuple[int, str]]:
    """Give the items of which nothing is left to be done."""
    over = [item for item in items if _is_over(item, wanted.retry, plan)]
    if wanted.manifest is None:
        return {(item.index, str(item.index) if item.key is None else item.key) for item in over}
    keys, places = {item.key for item in over}, {item.index for item in over if item.key is None}
    return {
        (at, str(at) if row.key is None else row.key)
        for at, row in enumerate(wanted.rows)
        if (at in places if row.key is None else row.key in keys)
    }


def _keyless(items: Sequence[Item], wanted: Wanted) -> Collection[int]:
    if wanted.manifest is None:
        return {item.index for item in items if item.key is None}
    return {at for at, row in enumerate(wanted.rows) if row.key is None}


def _is_over(item: Item, retry: Sequence[str], plan: Plan) -> bool:
    if item.state is State.FAILED:
        return State.FAILED.value not in retry
    has_files = tasks.request_class(item.kind).product.media is not None
    return item.state is State.COMPLETED and bool(item.files or not plan.downloads or not has_files)
