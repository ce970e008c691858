"""Running a batch to its end, and telling of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Any

import attrs

from a2e_async import (
    A2E,
    A2EError,
    AuthenticationFailed,
    BudgetExceeded,
    ConfigurationError,
    InsufficientCoins,
    SubmitUncertain,
)
from a2e_async.batch.batch import Batch
from a2e_async.batch.outcome import Outcome, Progress
from a2e_async.cli import batch_folder, exits, messages, meter
from a2e_async.cli import run as runner
from a2e_async.cli.batch_folder import Folder
from a2e_async.cli.batch_options import Plan
from a2e_async.cli.entry import BadRows
from a2e_async.cli.exits import ExitCode
from a2e_async.cli.output import count, joined
from a2e_async.cli.run import Interrupted
from a2e_async.cli.shell import Shell

Call = Callable[[int, str], str]
"""Gives what people call an item, by its place and its key."""

_MOST_KINDS = 20
"""So many kinds of errors are told apart."""

_OF_ALL = (AuthenticationFailed, ConfigurationError)
"""These say nothing about the item that they come with."""


@attrs.define(eq=False)
class Errors:
    """What went wrong, told once for all that is alike.

    Attributes:
        shell: where it is told.
        code: the exit code that it comes to.
        total: how many outcomes have an error.
    """

    shell: Shell
    code: ExitCode = ExitCode.OK
    total: int = 0
    _alike: Counter[str] = attrs.field(factory=Counter)
    _untold: int = 0

    def add(self, error: Exception, about: str) -> None:
        """Count an error, and tell it if it is the first of its kind."""
        self.total += 1
        self._decide(error)
        gist = messages.gist(error)
        if gist not in self._alike and len(self._alike) == _MOST_KINDS:
            self._untold += 1
            return
        self._alike[gist] += 1
        if self._alike[gist] == 1:
            self.shell.error(error, about)

    def _decide(self, error: Exception) -> None:
        if isinstance(error, (BudgetExceeded, InsufficientCoins)):
            self.code = ExitCode.COINS
        elif self.code is not ExitCode.COINS:
            of_all = isinstance(error, _OF_ALL)
            self.code = exits.code_of(error) if of_all else ExitCode.FAILED

    def tell(self) -> None:
        """Tell how often there was what was told once only."""
        for gist, times in self._alike.items():
            if times > 1:
                text = messages.clean(self.shell.out.safe(f"{times} times: {gist}"))
                self.shell.out.fail(text, {"type": "Repeated", "message": text, "times": times})
        if self._untold:
            text = f"{count(self._untold, 'more error')}, told in the results"
            self.shell.out.fail(text, {"type": "More", "message": text, "times": self._untold})


@attrs.define(eq=False)
class Bulk:
    """A run of a batch.

    Attributes:
        shell: what the command has in hand.
        folder: where it leaves all.
        plan: how it is to be done.
        call: what people call its items.
        errors: what went wrong.
        last: how far it was in the end.
        files: how many files there are.
    """

    shell: Shell
    folder: Folder
    plan: Plan
    call: Call
    errors: Errors = attrs.field(init=False)
    last: Progress = attrs.field(factory=Progress, init=False)
    files: int = attrs.field(default=0, init=False)
    _there: Folder = attrs.field(init=False)
    _kinds: Counter[type[Exception]] = attrs.field(factory=Counter, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin without errors."""
        self.errors = Errors(self.shell)
        self._there = self.folder.whole()

    async def go(self, a2e: A2E, requests: Any, retry: Sequence[str] = ()) -> None:
        """Run it to its end.

        Args:
            a2e: the client.
            requests: the requests, or None for those of the journal.
            retry: states whose items are started anew.
        """
        batch = a2e.batch(
            requests,
            journal=self._there.journal,
            results=self._there.results,
            download_to=self._there.files if self.plan.download else None,
            retry=retry,
            **self.plan.arguments(),
        )
        try:
            await self._follow(batch)
        finally:
            await batch.aclose()
            self.last = batch.progress

    async def _follow(self, batch: Batch) -> None:
        async with meter.shown(self.shell.out, lambda: batch.progress, self.plan.budget):
            async for outcome in batch:
                self._take(outcome)

    def _take(self, outcome: Outcome) -> None:
        self.files += len(outcome.files)
        about = self.call(outcome.index, outcome.key)
        if outcome.error is not None:
            self._kinds[type(outcome.error)] += 1
            self.errors.add(outcome.error, about)
        if not self.shell.out.drawn:
            there = (path.relative_to(self._there.root) for path in outcome.files)
            files = [str(self.folder.root / path) for path in there]
            self.shell.out.result(described(outcome, files), _line(outcome, files))
            self.shell.out.flush()

    def tell(self) -> None:
        """Tell what has become of it, and what can be done yet; set the exit code."""
        self.errors.tell()
        self.shell.code = self.errors.code
        progress = self.last
        told = ", ".join(
            [
                *meter.pieces(progress, self.plan.budget, has_ended=True),
                count(self.files, "file"),
                messages.seconds(progress.seconds),
            ]
        )
        text = f"{self.folder.root}: {told}"
        self.shell.out.say(text, style="bold", summary=self._summary())
        for line in self._advice():
            self.shell.out.say(line)

    def _summary(self) -> dict[str, Any]:
        return {
            "directory": str(self.folder.root),
            "files": self.files,
            "errors": self.errors.total,
            **meter.as_dict(self.last),
        }

    def _advice(self) -> Iterator[str]:
        """Say what can be done about what is not completed."""
        root, counts = self.folder.root, self.last.counts
        if counts.get("failed"):
            yield f"to start what has failed anew, and pay for it: a2e batch retry {root} --failed"
        if self._kinds[SubmitUncertain]:
            yield (
                "uncertain are starts whose answer was lost: they may have made tasks, and are "
                f"looked for again by the same command; a2e batch retry {root} --uncertain starts "
                "them anew, and may pay twice"
            )
        if self._kinds[BudgetExceeded]:
            left = count(self._kinds[BudgetExceeded], "row")
            yield f"{left} not started: the same command with a larger --budget goes on"
        if self._kinds[InsufficientCoins]:
            yield "the account has too few coins: the same command goes on when it has more"


def described(outcome: Outcome, files: Sequence[str]) -> dict[str, Any]:
    """Write an outcome for a program."""
    error = outcome.error
    return {
        "index": outcome.index,
        "key": outcome.key,
        "kind": outcome.request.product.kind,
        "ok": outcome.ok,
        "token": None if outcome.job is None else outcome.job.token,
        "coins": outcome.coins,
        "files": files,
        "error": None if error is None else messages.as_json(error, messages.words(error)),
    }


def _line(outcome: Outcome, files: Sequence[str]) -> str:
    word = "completed" if outcome.ok else type(outcome.error).__name__
    coins = "" if outcome.coins is None else meter.number(outcome.coins)
    return "\t".join(messages.clean(text) for text in (outcome.key, word, coins, joined(files)))


def run(bulk: Bulk, work: Callable[[A2E], Awaitable[None]]) -> None:
    """Run a batch, then write its page and tell of it.

    Args:
        bulk: the batch.
        work: does it.

    Raises:
        Interrupted: somebody stopped it.
    """
    shell = bulk.shell
    try:
        shell.run(work)
    except Interrupted:
        raise Interrupted(_stopped(bulk)) from None
    bulk.tell()
    _page(bulk)


def _stopped(bulk: Bulk) -> str:
    progress, root = bulk.last, bulk.folder.root
    words = f"interrupted: {meter.done(progress)} done"
    if bulk.shell.given.sandbox:
        return f"{words}; the tasks are gone with the sandbox"
    if progress.in_flight:
        goes = "goes" if progress.in_flight == 1 else "go"
        words += f"; {count(progress.in_flight, 'task')} {goes} on at the service"
    return f"{words}. Nothing is lost: run the same command again to go on with {root}"


def _page(bulk: Bulk) -> None:
    """Write the page; that it cannot be written changes nothing about the run."""
    try:
        page = runner.run(partial(batch_folder.write_page, bulk.folder))
    except (A2EError, OSError) as error:
        bulk.shell.error(error, "no page was written")
    else:
        bulk.shell.out.say(f"the page of the run: {page}")


def tell_bad_rows(shell: Shell, bad: BadRows) -> None:
    """Tell what is wrong with rows; the exit code is that of bad input."""
    for error in bad.errors:
        shell.error(error)
    if bad.more:
        text = f"{count(bad.more, 'more row')} with errors"
        shell.out.fail(text, {"type": "More", "message": text, "times": bad.more})
    shell.code = ExitCode.USAGE
