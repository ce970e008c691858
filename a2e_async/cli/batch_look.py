"""Looking at a run: how far it is, and its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from a2e_async.cli import batch_folder, meter
from a2e_async.cli import run as runner
from a2e_async.cli.batch_folder import Folder
from a2e_async.cli.shell import Shell
from a2e_async.journal.journal import Journal
from a2e_async.journal.summary import Summary


def status(shell: Shell, folder: Folder) -> None:
    """Tell how far a run is.

    Args:
        shell: what the command has in hand.
        folder: its directory.

    Raises:
        JournalError: its journal cannot be read.
    """
    summary, meta = runner.run(partial(_summary, folder))
    shell.out.pairs(_as_dict(folder, summary, meta), [*_lines(folder, summary, meta)])


async def _summary(folder: Folder) -> tuple[Summary, Mapping[str, Any]]:
    journal = await Journal.read(folder.journal)
    try:
        return await journal.summary(), await journal.meta()
    finally:
        await journal.aclose()


def _as_dict(folder: Folder, summary: Summary, meta: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "directory": str(folder.root),
        "service": meta.get(batch_folder.SERVICE),
        "rows": summary.total,
        **{state.value: summary.counts[state] for state in summary.counts},
        "coins": summary.coins_spent,
        "reserved": summary.coins_reserved,
    }


def _lines(folder: Folder, summary: Summary, meta: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "directory", str(folder.root)
    yield "service", str(meta.get(batch_folder.SERVICE) or "")
    yield "rows", meter.number(summary.total)
    for state, found in summary.counts.items():
        if found:
            yield state.value, meter.number(found)
    yield "coins", meter.number(summary.coins_spent)
    if summary.coins_reserved:
        yield "reserved", meter.number(summary.coins_reserved)


def report(shell: Shell, folder: Folder) -> None:
    """Write the page of a run.

    Args:
        shell: what the command has in hand.
        folder: its directory.

    Raises:
        JournalError: its journal cannot be read.
        OSError: the page cannot be written.
    """
    page = runner.run(partial(batch_folder.write_page, folder))
    shell.out.result({"page": str(page)}, str(page))
