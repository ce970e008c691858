"""What went wrong with the items of a batch, told once for all that is alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import attrs

from a2e_async import (
    AuthenticationFailed,
    BudgetExceeded,
    ConfigurationError,
    ConnectionFailed,
    InsufficientCoins,
    RateLimited,
    ServerError,
)
from a2e_async.batch.outcome import Outcome
from a2e_async.cli import exits, messages
from a2e_async.cli.exits import ExitCode
from a2e_async.cli.output import count
from a2e_async.cli.shell import Shell
from a2e_async.durable.patience import is_refused_for_now, may_pass
from a2e_async.errors import A2EError, SubmitUncertain

_MOST_KINDS = 20
"""So many kinds of errors are told apart."""

# These say nothing about the item that they come with.
_OF_ALL = (AuthenticationFailed, ConfigurationError)
_OF_COINS = (BudgetExceeded, InsufficientCoins)


def is_not_started(outcome: Outcome) -> bool:
    """Tell whether nothing was started for an item, for a reason that may pass."""
    error = outcome.error
    if outcome.job is not None or error is None or isinstance(error, SubmitUncertain):
        return False
    if isinstance(error, (*_OF_ALL, *_OF_COINS)):
        return True
    return isinstance(error, A2EError) and (is_refused_for_now(error) or may_pass(error))


@attrs.define(eq=False)
class Errors:
    """What went wrong, told once for all that is alike.

    Attributes:
        shell: where it is told.
        code: the exit code that it comes to.
        kinds: how many there are of each class.
        unstarted: how many of these kept an item from being started at all.
    """

    shell: Shell
    code: ExitCode = ExitCode.OK
    kinds: Counter[type[Exception]] = attrs.field(factory=Counter)
    unstarted: Counter[type[Exception]] = attrs.field(factory=Counter)
    _alike: Counter[str] = attrs.field(factory=Counter)
    _untold: int = 0

    def add(self, error: Exception, about: str) -> None:
        """Count an error, and tell it if it is the first of its kind."""
        self.count(error)
        gist = messages.gist(error)
        if gist not in self._alike and len(self._alike) == _MOST_KINDS:
            self._untold += 1
            return
        self._alike[gist] += 1
        if self._alike[gist] == 1:
            self.shell.error(error, about)

    def count(self, error: Exception) -> None:
        """Count an error."""
        self.kinds[type(error)] += 1
        if isinstance(error, _OF_COINS):
            self.code = ExitCode.COINS
        elif self.code is not ExitCode.COINS:
            of_all = isinstance(error, _OF_ALL)
            self.code = exits.code_of(error) if of_all else ExitCode.FAILED

    def tell(self) -> None:
        """Tell how often there was what was told once only."""
        for gist, times in self._alike.items():
            if times > 1:
                number = messages.number(times)
                text = messages.clean(self.shell.out.safe(f"{number} times: {gist}"))
                self.shell.out.fail(text, {"type": "Repeated", "message": text, "times": times})
        if self._untold:
            text = f"{count(self._untold, 'more error')}, told in the results"
            self.shell.out.fail(text, {"type": "More", "message": text, "times": self._untold})


def blame(kinds: Counter[type[Exception]], shell: Shell) -> Iterator[str]:
    """Say what is to blame for errors that are none of the items' own, and what to do about it.

    Args:
        kinds: how many there are of each class.
        shell: what the command has in hand.
    """
    if kinds[AuthenticationFailed]:
        yield f"the service refuses the token: check {shell.token_variable}"
    if kinds[ConnectionFailed]:
        yield f"no connection to {shell.service}: check the network, and the address"
    if any(issubclass(kind, (RateLimited, ServerError)) for kind in kinds):
        yield f"{shell.service} has trouble, or is too busy: try again later"
