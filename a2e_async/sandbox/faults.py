"""Things that go wrong, on purpose and repeatably.

A fault is drawn when a request arrives, at most one per request: first from the scripted queue,
then by rate. Where it applies is named by

- a kind: start, detail, list, batch-detail, delete, other, stream, download, upload;
- a path glob (it holds a slash), matched with the request's path: `"/api/v1/userText2?mage/*"`;
- `"*"`: every request;
- `"webhook"`: the calls that the sandbox itself makes when tasks end, which nothing else names.

    faults = Faults(rate={"start": {Fault.lost_answer(): 0.1}, "detail": {Fault.status(502): 0.2}})
    faults.next("start", Fault.lost_answer())                   # the next start, once
    faults.next("detail", Fault.none(), Fault.status(500))      # not the next look, the one after
    faults.next("*", Fault.rate_limited(retry_after=0.5), times=3)
    faults.next("webhook", Fault.lost_request(), Fault.repeated(3), Fault.slow(2))

No fault breaks the books: coins are charged exactly when the task exists.
"""

from __future__ import annotations

from collections import Counter, deque
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import attrs

from a2e_async.sandbox.dice import dice

if TYPE_CHECKING:
    from random import Random

WEBHOOK = "webhook"
"""The calls that the sandbox makes itself."""

KINDS = (
    "start",
    "detail",
    "list",
    "batch-detail",
    "delete",
    "other",
    "stream",
    "download",
    "upload",
    WEBHOOK,
)


class Effect(StrEnum):
    """What a fault does to a request."""

    NONE = "none"
    LOST_REQUEST = "lost request"
    LOST_ANSWER = "lost answer"
    STATUS = "status"
    HTML = "html"
    EMPTY = "empty"
    REFUSED = "refused"
    SLOW = "slow"
    CUT = "cut"
    EARLY_404 = "early 404"
    FAILED_TASK = "failed task"
    UNKNOWN_STATUS = "unknown status"
    STREAM_ERROR = "stream error"
    REPEATED = "repeated"
    WRONG_TOKEN = "wrong token"  # noqa: S105  (what happens)
    UNKNOWN_ID = "unknown id"


START_ONLY = frozenset({Effect.EARLY_404, Effect.FAILED_TASK})
"""Effects on the task that a start makes; other requests are not touched by them."""

WEBHOOK_ONLY = frozenset({Effect.REPEATED, Effect.WRONG_TOKEN, Effect.UNKNOWN_ID})
"""Effects on the calls of webhooks, which know no others but those below."""

ON_WEBHOOKS = WEBHOOK_ONLY | {Effect.NONE, Effect.LOST_REQUEST, Effect.SLOW}
"""All effects on the calls of webhooks."""


@attrs.frozen
class Fault:
    """One thing that goes wrong; make it with the class methods.

    Attributes:
        effect: What happens.
        http_status: Status of an answer made by the fault.
        seconds: Delay in real seconds (slow) or hiding time in simulated seconds (early 404).
        retry_after: Seconds named in Retry-After; an int stays an int on the wire.
        http_date: Send Retry-After as an HTTP date.
        carried_out: Whether the service does what was asked before it answers wrongly.
        code: Envelope code of a refusal, `failed_code` of a failed task.
        message: Text of a refusal or a failure, or an unknown status word.
        fraction: Share of the body that is sent before a cut, 0 to 1.
        times: How often a webhook is called.
    """

    effect: Effect
    http_status: int = 200
    seconds: float = 0.0
    retry_after: float | None = None
    http_date: bool = False
    carried_out: bool = False
    code: int = 0
    message: str = ""
    fraction: float = 0.5
    times: int = 1

    @classmethod
    def none(cls) -> Fault:
        """Let one request through: a place holder in a script."""
        return cls(Effect.NONE, carried_out=True)

    @classmethod
    def lost_request(cls) -> Fault:
        """Drop the connection before the request is carried out; a webhook is not called."""
        return cls(Effect.LOST_REQUEST)

    @classmethod
    def lost_answer(cls) -> Fault:
        """Carry the request out, then drop the connection without an answer."""
        return cls(Effect.LOST_ANSWER, carried_out=True)

    @classmethod
    def status(
        cls,
        status: int,
        *,
        retry_after: float | None = None,
        http_date: bool = False,
        carried_out: bool = False,
    ) -> Fault:
        """Answer with an HTTP error, for instance 429, 500, 502 or 503.

        Args:
            status: The HTTP status.
            retry_after: Seconds for a Retry-After header; None leaves it out.
            http_date: Send Retry-After as a date instead of a number.
            carried_out: Do what was asked all the same.
        """
        return cls(
            Effect.STATUS,
            http_status=status,
            retry_after=retry_after,
            http_date=http_date,
            carried_out=carried_out,
        )

    @classmethod
    def rate_limited(cls, retry_after: float | None = 1, *, http_date: bool = False) -> Fault:
        """Answer 429, with Retry-After in seconds unless None."""
        return cls.status(429, retry_after=retry_after, http_date=http_date)

    @classmethod
    def html(cls, *, carried_out: bool = False) -> Fault:
        """Answer an HTML page under HTTP 200."""
        return cls(Effect.HTML, carried_out=carried_out)

    @classmethod
    def empty(cls, *, carried_out: bool = False) -> Fault:
        """Answer nothing under HTTP 200."""
        return cls(Effect.EMPTY, carried_out=carried_out)

    @classmethod
    def refused(cls, code: int, message: str = "refused", *, status: int = 200) -> Fault:
        """Answer an envelope whose code is not 0, for instance 1001, 1003 or 1004."""
        return cls(Effect.REFUSED, http_status=status, code=code, message=message)

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """Carry out and answer rightly, or call a webhook, but only after so many real seconds."""
        return cls(Effect.SLOW, seconds=seconds, carried_out=True)

    @classmethod
    def cut(cls, fraction: float = 0.5) -> Fault:
        """Close the connection after this share of the body (0 to 1) was sent."""
        return cls(Effect.CUT, fraction=fraction, carried_out=True)

    @classmethod
    def early_404(cls, seconds: float) -> Fault:
        """Hide the started task from details for so many simulated seconds."""
        return cls(Effect.EARLY_404, seconds=seconds, carried_out=True)

    @classmethod
    def failed_task(cls, message: str = "generation failed", code: int = 500) -> Fault:
        """Let the started task end in failure."""
        return cls(Effect.FAILED_TASK, message=message, code=code, carried_out=True)

    @classmethod
    def unknown_status(cls, word: str = "reticulating") -> Fault:
        """Answer a status word that no page documents while the task is running."""
        return cls(Effect.UNKNOWN_STATUS, message=word, carried_out=True)

    @classmethod
    def stream_error(cls, message: str = "generation failed") -> Fault:
        """Break a stream of events off with an `error` event; without a stream, refuse."""
        return cls(Effect.STREAM_ERROR, message=message, carried_out=True)

    @classmethod
    def repeated(cls, times: int = 2) -> Fault:
        """Call a webhook so many times."""
        return cls(Effect.REPEATED, carried_out=True, times=times)

    @classmethod
    def wrong_token(cls) -> Fault:
        """Call a webhook as a stranger would: with another token."""
        return cls(Effect.WRONG_TOKEN)

    @classmethod
    def unknown_id(cls) -> Fault:
        """Call a webhook with the right token for a task that there is not."""
        return cls(Effect.UNKNOWN_ID)


@attrs.define(eq=False)
class Faults:
    """The faults of one sandbox: a script of one-shots and a table of rates.

    Attributes:
        rate: Probability (0 to 1) of each fault, by kind, path glob or `"*"`.
        applied: How often each effect was drawn so far.
    """

    rate: dict[str, dict[Fault, float]] = attrs.field(factory=dict)
    applied: Counter[Effect] = attrs.field(factory=Counter, init=False)
    _script: dict[str, deque[Fault]] = attrs.field(factory=dict, init=False)
    _random: Random = attrs.field(factory=lambda: dice("faults"), init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the table of rates."""
        for where, table in self.rate.items():
            for fault, probability in table.items():
                _check_rate(where, fault, probability)

    def next(self, where: str, *faults: Fault, times: int = 1) -> None:
        """Script what happens to the next requests, one fault per request.

        Args:
            where: A kind, a path glob or `"*"`.
            *faults: In order; `Fault.none()` lets a request through.
            times: How often the whole sequence is queued.

        Raises:
            ValueError: `where` is no kind and no glob, or the fault does not fit it.
        """
        for fault in faults:
            _check(where, fault)
        self._script.setdefault(where, deque()).extend(faults * times)

    def set_rate(self, where: str, fault: Fault, probability: float) -> None:
        """Let a share of the requests from now on meet the fault; 0 takes it away."""
        _check_rate(where, fault, probability)
        self.rate.setdefault(where, {})[fault] = probability

    def clear(self) -> None:
        """Forget the script and the rates."""
        self._script.clear()
        self.rate.clear()

    @property
    def waiting(self) -> int:
        """How many scripted faults no request has met yet."""
        return sum(len(queue) for queue in self._script.values())

    def reseed(self, source: Random) -> None:
        """Draw the rates from this source; the sandbox hands in its own."""
        self._random = source

    def pick(self, kind: str, path: str) -> Fault | None:
        """Draw the fault of one request.

        Args:
            kind: The operation's kind, `download` or `upload`.
            path: The request's path without its query.

        Returns:
            The fault, or None for a request that goes well.
        """
        if not self._script and not self.rate:
            return None
        fault = self._scripted(kind, path) or self._drawn(kind, path)
        if fault is None or fault.effect is Effect.NONE:
            return None
        self.applied[fault.effect] += 1
        return fault

    def _scripted(self, kind: str, path: str) -> Fault | None:
        for where, queue in self._script.items():
            if queue and matches(where, kind, path):
                return queue.popleft()
        return None

    def _drawn(self, kind: str, path: str) -> Fault | None:
        for where, table in self.rate.items():
            if matches(where, kind, path):
                for fault, probability in table.items():
                    if self._random.random() < probability:
                        return fault
        return None


def matches(where: str, kind: str, path: str) -> bool:
    """Tell whether a place (kind, glob or `"*"`) means this request."""
    if WEBHOOK in (where, kind):
        return where == kind
    return where in ("*", kind) or ("/" in where and fnmatchcase(path, where))


def _check_rate(where: str, fault: Fault, probability: float) -> None:
    _check(where, fault)
    if not 0 <= probability <= 1:
        raise ValueError(f"rate of {fault.effect} at {where!r}: 0 to 1 is allowed")


def _check(where: str, fault: Fault) -> None:
    if where != "*" and "/" not in where and where not in KINDS:
        raise ValueError(f"where={where!r}: allowed are *, a path glob, {', '.join(KINDS)}")
    if fault.effect in START_ONLY and where in KINDS and where != "start":
        raise ValueError(f"{fault.effect} concerns starts, not {where!r}")
    if fault.effect is Effect.STREAM_ERROR and where in KINDS and where != "stream":
        raise ValueError(f"{fault.effect} concerns streams, not {where!r}")
    if fault.effect not in ON_WEBHOOKS if where == WEBHOOK else fault.effect in WEBHOOK_ONLY:
        allowed = ", ".join(sorted(ON_WEBHOOKS))
        raise ValueError(f"{fault.effect} at {where!r}: allowed at {WEBHOOK!r} are {allowed}")
