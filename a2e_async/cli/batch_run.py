"""Running a batch to its end, and telling of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import attrs

from a2e_async import A2E, A2EError, BudgetExceeded, InsufficientCoins, SubmitUncertain
from a2e_async.batch.batch import Batch
from a2e_async.batch.outcome import Outcome, Progress
from a2e_async.cli import batch_folder, messages, meter
from a2e_async.cli import run as runner
from a2e_async.cli.batch_errors import Errors, blame, is_not_started
from a2e_async.cli.batch_folder import Folder
from a2e_async.cli.batch_prepare import Ready, Wanted, prepare
from a2e_async.cli.entry import BadRows
from a2e_async.cli.exits import ExitCode
from a2e_async.cli.output import count, joined
from a2e_async.cli.run import Interrupted
from a2e_async.cli.shell import Shell

Call = Callable[[int, str], str]
"""Gives what people call an item in an error, by its index and its name."""

_AGAIN = "run the same command again"


@attrs.define(eq=False)
class Bulk:
    """A run of a batch.

    Attributes:
        shell: what the command has in hand.
        folder: where it leaves all.
        wanted: what is asked for.
        call: what people call its items.
        errors: what went wrong.
        files: how many files there are.
        last: how far it was in the end.
    """

    shell: Shell
    folder: Folder
    wanted: Wanted
    call: Call
    errors: Errors = attrs.field(init=False)
    files: int = attrs.field(default=0, init=False)
    last: Progress = attrs.field(factory=Progress, init=False)
    _ready: Ready = attrs.field(init=False)
    _there: Folder = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Begin without errors."""
        self.errors = Errors(self.shell)
        self._ready = Ready(plan=self.wanted.plan)
        self._there = self.folder.whole()

    async def go(self, a2e: A2E) -> None:
        """Run it to its end."""
        ready = self._ready = await prepare(self.folder, self.shell.service, self.wanted)
        self._announce(ready)
        batch = a2e.batch(
            self.wanted.manifest,
            journal=self._there.journal,
            results=self._there.results,
            download_to=self._there.files if ready.plan.downloads else None,
            retry=self.wanted.retry,
            **ready.plan.arguments(),
        )
        try:
            async with meter.shown(self.shell.out, lambda: self._look(batch), ready.plan.budget):
                async for outcome in batch:
                    self._take(outcome)
        finally:
            await batch.aclose()
            self._look(batch)

    def _look(self, batch: Batch) -> Progress:
        # Whoever is torn off has no loop any more that could tell the time.
        self.last = batch.progress
        return self.last

    def _announce(self, ready: Ready) -> None:
        if ready.told:
            self.shell.out.say(f"{', '.join(ready.told)}, as before")
        if self.wanted.retry and not ready.anew:
            words = " or ".join(_NOTHING[state] for state in self.wanted.retry)
            self.shell.out.say(f"{self.folder.root}: nothing {words}")

    def _take(self, outcome: Outcome) -> None:
        self.files += len(outcome.files)
        is_old = (outcome.index, outcome.key) in self._ready.over
        key = None if outcome.index in self._ready.keyless else outcome.key
        name = f"#{outcome.index}" if key is None else key
        if outcome.error is not None and is_old:
            self.errors.count(outcome.error)
        elif outcome.error is not None:
            self.errors.add(outcome.error, self.call(outcome.index, name))
        if outcome.error is not None and is_not_started(outcome):
            self.errors.unstarted[type(outcome.error)] += 1
        elif not (is_old or self.shell.out.drawn):
            there = (path.relative_to(self._there.root) for path in outcome.files)
            files = [str(self.folder.root / path) for path in there]
            self.shell.out.result(described(outcome, key, files), _line(outcome, name, files))
            self.shell.out.flush()

    def tell(self) -> None:
        """Tell what has become of it, and what can be done yet; set the exit code."""
        self.errors.tell()
        progress = self.last
        facts = meter.as_dict(progress)
        self.shell.code = self.errors.code
        if self.shell.code is ExitCode.OK and facts["ok"] != facts["total"]:
            self.shell.code = ExitCode.FAILED
        told = ", ".join(
            [
                *meter.pieces(progress, self._ready.plan.budget, has_ended=True),
                *_pieces(facts),
                count(self.files, "file"),
                messages.seconds(progress.seconds),
            ]
        )
        summary = {"directory": str(self.folder.root), "files": self.files, **facts}
        self.shell.out.say(f"{self.folder.root}: {told}", style="bold", summary=summary)
        for line in self._advice(facts):
            self.shell.out.say(line)

    def _advice(self, facts: dict[str, Any]) -> Iterator[str]:
        """Say what can be done about what is not completed."""
        root, errors = self.folder.root, self.errors
        yield from blame(errors.unstarted, self.shell)
        if facts["failed"]:
            yield f"to start what has failed anew, and pay for it: a2e batch retry {root} --failed"
        if facts["without_files"]:
            yield f"to fetch what is not here yet, {_AGAIN}"
        if errors.kinds[SubmitUncertain]:
            yield (
                "uncertain are starts whose answer was lost: they may have made tasks, and are "
                f"looked for again by the same command; a2e batch retry {root} --uncertain starts "
                "them anew, and may pay twice"
            )
        if facts["not_started"]:
            yield f"{count(facts['not_started'], 'row')} not started: {self._how_to_go_on()}"

    def _how_to_go_on(self) -> str:
        if self.errors.kinds[BudgetExceeded]:
            return "the same command with a larger --budget goes on"
        if self.errors.kinds[InsufficientCoins]:
            return "the account has too few coins; when it has more, the same command goes on"
        return "the same command goes on"


_NOTHING = {"failed": "failed", "uncertain": "is uncertain"}


def _pieces(facts: dict[str, Any]) -> Iterator[str]:
    if facts["without_files"]:
        yield f"{messages.number(facts['without_files'])} without files"
    if facts["not_started"]:
        yield f"{messages.number(facts['not_started'])} not started"


def described(outcome: Outcome, key: str | None, files: Sequence[str]) -> dict[str, Any]:
    """Write an outcome for a program."""
    error = outcome.error
    return {
        "index": outcome.index,
        "key": key,
        "kind": outcome.request.product.kind,
        "ok": outcome.ok,
        "token": None if outcome.job is None else outcome.job.token,
        "coins": outcome.coins,
        "files": files,
        "error": None if error is None else messages.as_json(error, messages.words(error)),
    }


def _line(outcome: Outcome, name: str, files: Sequence[str]) -> str:
    word = "completed" if outcome.ok else type(outcome.error).__name__
    coins = "" if outcome.coins is None else messages.number(outcome.coins)
    return "\t".join(messages.clean(text) for text in (name, word, coins, joined(files)))


def run(bulk: Bulk) -> None:
    """Run a batch, then write its page and tell of it.

    Args:
        bulk: the batch.

    Raises:
        Interrupted: somebody stopped it.
        A2EError: it cannot go on.
    """
    shell = bulk.shell
    try:
        shell.run(bulk.go)
    except (Interrupted, KeyboardInterrupt):
        raise Interrupted(_stopped(bulk)) from None
    except A2EError as error:
        if bulk.last.read:
            # What other notes say is for programs in Python.
            error.__notes__ = [f"what was noted is safe; {_AGAIN} to go on: {bulk.folder.root}"]
        raise
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
    return f"{words}. Nothing is lost: {_AGAIN} to go on with {root}"


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
