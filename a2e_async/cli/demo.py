"""``a2e demo``: many tasks together, and their results on the disk."""

from __future__ import annotations

import mimetypes
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import anyio
import attrs
import typer

from a2e_async import A2E
from a2e_async.batch.report import words
from a2e_async.cli import follow, messages, rows
from a2e_async.cli.entry import BadRows
from a2e_async.cli.follow import Delivery, Result
from a2e_async.cli.options import command
from a2e_async.cli.output import Column, count
from a2e_async.cli.rows import Row
from a2e_async.cli.shell import Shell


@attrs.frozen(kw_only=True)
class _File:
    """A file that is there."""

    path: Path
    size: int
    result: Result

    @property
    def type(self) -> str | None:
        return mimetypes.guess_type(self.path.name)[0]

    def as_dict(self) -> dict[str, Any]:
        described = {"file": str(self.path), "size": self.size, "type": self.type}
        return described | {
            "coins": self.result.record.coins,
            "seconds": round(self.result.seconds, 1),
            "token": self.result.job.token,
        }


_COLUMNS: Sequence[Column[_File]] = (
    Column(title="file", value=lambda file: file.path),
    Column(
        title="size",
        value=lambda file: file.size,
        shown=lambda file: words.size(file.size),
        right=True,
    ),
    Column(title="type", value=lambda file: file.type),
    Column(title="coins", value=lambda file: file.result.record.coins, right=True),
    Column(title="seconds", value=lambda file: f"{file.result.seconds:.1f}", right=True),
)


@attrs.define(eq=False)
class _Run:
    """All rows of a file, run together.

    Attributes:
        shell: what the command has in hand.
        directory: where the results go.
        places: how many tasks may be under way.
        results: what is finished.
        errors: what went wrong, with the row it went wrong with.
    """

    shell: Shell
    directory: Path
    places: anyio.CapacityLimiter
    results: dict[int, Result] = attrs.field(factory=dict)
    errors: list[tuple[str, Exception]] = attrs.field(factory=list)

    async def all(self, a2e: A2E, found: Sequence[Row]) -> None:
        async with anyio.create_task_group() as group:
            for index, row in enumerate(found):
                group.start_soon(self._one, a2e, index, row)

    async def _one(self, a2e: A2E, index: int, row: Row) -> None:
        async with self.places:
            try:
                self.results[index] = await self._finish(a2e, row)
            except Exception as error:  # noqa: BLE001  (no row stops the others)
                self.errors.append((row.stem, error))

    async def _finish(self, a2e: A2E, row: Row) -> Result:
        begun = time.monotonic()
        line = self.shell.board.line(row.stem)
        line.show("starting")
        try:
            with self.shell.ledger.start(row.kind, row.name):
                job = await row.start(a2e)
        except Exception:
            line.end("not started")
            raise
        wanted = Delivery(directory=self.directory, stem=row.stem)
        result = await follow.finish(self.shell, job, line, wanted)
        return attrs.evolve(result, seconds=time.monotonic() - begun)

    def files(self) -> list[_File]:
        results = [self.results[index] for index in sorted(self.results)]
        return [
            _File(path=path, size=path.stat().st_size, result=result)
            for result in results
            for path in result.files
        ]

    @property
    def coins(self) -> float | int:
        records = [result.record for result in self.results.values()]
        records += [r for _, error in self.errors if (r := getattr(error, "record", None))]
        return sum(record.coins or 0 for record in records)


@command
def demo(
    shell: Shell,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="JSON lines of kind and the request's fields; left out, those of the package.",
        ),
    ] = None,
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Directory of the results.")
    ] = Path("a2e-demo"),
    in_flight: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="How many tasks may be under way at the same time."),
    ] = 8,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Run a file of prompts, images and avatar videos together, and fetch the results.

    With --sandbox it needs no token and costs nothing. With a token it runs on the real service.
    """
    found = _read(shell, file)
    if not found:
        return
    _ask(shell, found, without_asking=yes)
    begun = time.monotonic()
    work = _Run(shell, out, anyio.CapacityLimiter(in_flight))
    try:
        shell.run(lambda a2e: work.all(a2e, found))
    finally:
        _tell(shell, work, len(found), time.monotonic() - begun)
        shell.failed(work.errors, len(found))


def _read(shell: Shell, file: Path | None) -> list[Row]:
    try:
        if file is None:
            return rows.read(rows.shipped(), "demo.jsonl", Path())
        return rows.read(file.read_text("utf-8"), str(file), file.parent)
    except BadRows as bad:
        shell.failed([("", error) for error in bad.errors], len(bad.errors))
        return []


def _ask(shell: Shell, found: Sequence[Row], *, without_asking: bool) -> None:
    shell.client()  # A missing token is told before anybody is asked.
    if shell.given.sandbox or without_asking:
        return
    kinds = ", ".join(f"{n} {kind}" for kind, n in Counter(row.kind for row in found).items())
    shell.ask(
        f"This starts {count(len(found), 'task')} ({kinds}) at {shell.address}, and charges coins. "
        "Go on?",
        "--yes",
    )


def _tell(shell: Shell, work: _Run, total: int, seconds: float) -> None:
    files = work.files()
    summary = {
        "directory": str(work.directory),
        "tasks": total,
        "completed": len(work.results),
        "coins": work.coins,
        "seconds": round(seconds, 1),
    }
    if shell.out.as_json:
        shell.out.result(summary | {"files": [file.as_dict() for file in files]})
        return
    shell.out.table(files, _COLUMNS, _File.as_dict)
    shell.out.flush()
    shell.out.say(
        f"{len(work.results)} of {count(total, 'task')} completed: {count(len(files), 'file')} in "
        f"{work.directory}, {work.coins} coins, {messages.seconds(seconds)}"
    )
