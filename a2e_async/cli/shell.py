"""What a command has in hand, and what becomes of it in the end."""

from __future__ import annotations

import logging
import os
import shlex
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import attrs

from a2e_async import A2E, A2EError, ConfigurationError, Job, Webhook, config, tasks
from a2e_async.cli import exits, log, messages, progress, run
from a2e_async.cli.exits import ExitCode
from a2e_async.cli.ledger import Begun, Ledger
from a2e_async.cli.output import Output, count, joined
from a2e_async.cli.run import Interrupted
from a2e_async.config import TOKEN_VARIABLES

T = TypeVar("T")

_log = logging.getLogger("a2e_async.cli")


@attrs.frozen(kw_only=True)
class Given:
    """The options that all commands share.

    Attributes:
        sandbox: whether to use an in-process sandbox.
        base_url: the service's address.
        as_json: whether results are JSON.
        verbose: whether the package's log goes to stderr.
    """

    sandbox: bool = False
    base_url: str | None = None
    as_json: bool = False
    verbose: bool = False

    def under(self, outer: Given) -> Given:
        """Add what was given before the command."""
        return Given(
            sandbox=self.sandbox or outer.sandbox,
            base_url=outer.base_url if self.base_url is None else self.base_url,
            as_json=self.as_json or outer.as_json,
            verbose=self.verbose or outer.verbose,
        )


class Shell:
    """What a command has in hand.

    Attributes:
        given: the options that all commands share.
        out: where it writes.
        board: where it shows what goes on.
        ledger: what it has under way at the service.
        code: the exit code, unless an error decides it.
    """

    def __init__(self, given: Given) -> None:
        """Look at what stdout and stderr are; nothing is written yet."""
        self.given = given
        self.out = Output(as_json=given.as_json)
        self.board = progress.board(self.out)
        self.ledger = Ledger()
        self.code = ExitCode.OK

    def run(self, work: Callable[[A2E], Awaitable[T]], *, webhook: Webhook | None = None) -> T:
        """Run a coroutine function with a client, and show what goes on meanwhile.

        Args:
            work: the function.
            webhook: the client's, if it has one.

        Returns:
            What it returns.

        Raises:
            ConfigurationError: no token, or a bad address.
            Interrupted: somebody stopped it.
        """
        client = self.client(webhook)

        async def main() -> T:
            async with client:
                return await work(client)

        with self.board:
            return run.run(main, at_stop=self.out.hush)

    def client(self, webhook: Webhook | None = None) -> A2E:
        """Make the client that the options ask for. Nothing is opened or sent yet."""
        if self.given.sandbox and self.given.base_url is not None:
            raise ValueError("--sandbox and --base-url: expected one of them, got both")
        if self.given.sandbox:
            return A2E.sandbox(webhook=webhook)
        if not any(os.environ.get(variable, "").strip() for variable in TOKEN_VARIABLES):
            raise ConfigurationError(
                f"no token: set {' or '.join(TOKEN_VARIABLES)}, or add --sandbox to try it "
                "without a token"
            )
        return A2E(base_url=self.given.base_url, webhook=webhook)

    @property
    def address(self) -> str:
        """The service's address, for people."""
        return config.read_base_url(self.given.base_url, os.environ)

    @property
    def service(self) -> str:
        """Where tasks are started, for people."""
        return "the sandbox" if self.given.sandbox else self.address

    @property
    def token_variable(self) -> str:
        """The name of the variable that the token comes from."""
        given = (name for name in TOKEN_VARIABLES if os.environ.get(name, "").strip())
        return next(given, TOKEN_VARIABLES[0])

    def error(self, error: Exception, about: str = "") -> None:
        """Write an error; the log tells where one comes from that nobody expects."""
        if not isinstance(error, A2EError):
            _log.debug("where it went wrong:", exc_info=error)
        self.out.error(error, about)

    def failed(self, errors: Sequence[tuple[str, Exception]], total: int) -> None:
        """Write the errors of some of several pieces of work, and set the exit code.

        Args:
            errors: what went wrong, each with what it is about if it does not say so itself. What
                is alike is told once.
            total: how many pieces of work there were.
        """
        alike: defaultdict[str, list[tuple[str, Exception]]] = defaultdict(list)
        for about, error in errors:
            alike[messages.gist(error)].append((about, error))
        for (about, error), *others in alike.values():
            self.error(error, f"{len(others) + 1} times" if others else about)
        self.code = exits.combined([error for _, error in errors], total)

    def ask(self, question: str, without_asking: str) -> None:
        """Go on only if somebody at the terminal says yes.

        Args:
            question: what to ask.
            without_asking: the option that makes the question needless.

        Raises:
            Interrupted: the answer is no.
            ValueError: nobody is there to answer.
        """
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise ValueError(f"{question} Nobody can answer here: add {without_asking} to go on")
        sys.stderr.write(f"{self.out.safe(question)} [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise Interrupted("not confirmed: nothing was done")

    def interrupted(self, error: BaseException) -> None:
        """Tell what goes on at the service, and how to come back to it."""
        word = str(error) or "interrupted"
        jobs, starts = [*self.ledger.jobs.values()], self.ledger.starts
        lines = [*self._resume(jobs), *self._look_for(starts)]
        if self.out.as_json:
            text = messages.clean(joined([word, *lines]))
            self.out.say(word, error=_as_json(text, [*self.ledger.jobs], starts))
            return
        self.out.say(word, style="bold")
        for line in lines:
            self.out.say(line)

    def _resume(self, jobs: Sequence[Job[Any]]) -> Iterator[str]:
        if jobs and self.given.sandbox:
            yield f"{count(len(jobs), 'unfinished task')}, gone with the sandbox:"
            yield from (f"  {job.token}" for job in jobs)
        elif jobs:
            goes = "goes" if len(jobs) == 1 else "go"
            yield f"{count(len(jobs), 'unfinished task')} {goes} on at the service. To fetch:"
            out = _directory_option(self.ledger.directory)
            yield from (f"  {messages.come_back(job, out)}{self._address()}" for job in jobs)

    def _look_for(self, starts: Sequence[Begun]) -> Iterator[str]:
        if starts and not self.given.sandbox:
            yield "Under way was a start that may have made a task, and charged it. To look:"
            facts = [(tasks.request_class(begun.kind).product, begun.name) for begun in starts]
            lines = [messages.not_answered(*fact, self._address()) for fact in facts]
            yield from (f"  {line}" for line in dict.fromkeys(lines))

    def _address(self) -> str:
        given = self.given.base_url
        return "" if given is None else f" --base-url {shlex.quote(given)}"


def _directory_option(directory: Path | None) -> str:
    return f" -o {shlex.quote(str(directory))}" if directory and directory != Path() else ""


def _as_json(text: str, tokens: Sequence[str], starts: Iterable[Begun]) -> dict[str, Any]:
    return {
        "type": "Interrupted",
        "message": text,
        "token": next(iter(tokens), None),
        "tokens": tokens,
        "names": [begun.name for begun in starts if begun.name],
    }


def perform(shell: Shell, function: Callable[[Shell], None]) -> ExitCode:
    """Run a command to its end, whatever that is.

    Args:
        shell: what it has in hand.
        function: the command.

    Returns:
        The exit code. No exception comes out.
    """
    with log.shown(shell.out, verbose=shell.given.verbose):
        try:
            function(shell)
            shell.out.flush()
        except BrokenPipeError:
            close_stdout()
            return ExitCode.BROKEN_PIPE
        except (Interrupted, KeyboardInterrupt) as error:
            shell.interrupted(error)
            return ExitCode.INTERRUPTED
        except Exception as error:  # noqa: BLE001  (it becomes a line and an exit code)
            shell.error(error)
            return exits.code_of(error)
        return shell.code


def close_stdout() -> None:
    """Let the interpreter's last flush of a broken stdout go nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
