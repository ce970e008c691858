"""What the service answers about tasks, as records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias, TypeVar

import anyio
import attrs

from a2e_async import logs, status
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.retry import Effect
from a2e_async.http.session import Session
from a2e_async.jobs.watch import packed
from a2e_async.status import JobStatus
from a2e_async.tasks.product import Product, objects_in, read_id
from a2e_async.tasks.record import Record

_log = logs.get("a2e_async.jobs")

R = TypeVar("R", bound=Record)

_MOST_LOOKS = 50

Known: TypeAlias = Mapping[str, bytes | None]
"""The JSON that was last seen of tasks that were still running then, by id."""


class NothingNew(Exception):
    """A task is as it was when it was last seen."""


NOTHING_NEW = NothingNew()


@attrs.define
class Tally:
    """A number of requests."""

    requests: int = 0


@attrs.frozen(kw_only=True)
class Manner:
    """How tasks are read.

    Attributes:
        effect: `Effect.ONCE` to leave repeating to the caller, who asks again soon.
        read_timeout: seconds without a byte of an answer, by default the client's.
        known: what was last seen of the tasks.
        tally: counts the requests that are made.
    """

    effect: Effect = Effect.READ
    read_timeout: float | None = None
    known: Known = attrs.field(factory=dict)
    tally: Tally = attrs.field(factory=Tally)

    def is_new(self, task_id: str, raw: dict[str, Any]) -> bool:
        """Tell whether a task's JSON object is another one than was last seen."""
        last = self.known.get(task_id)
        return last is None or last != packed(raw)


PLAIN = Manner()


class Answers:
    """Asks for tasks and reads what comes."""

    def __init__(self, session: Session) -> None:
        """Ask over this session."""
        self._session = session
        self._most: int | None = None
        self._semaphore: anyio.Semaphore | None = None
        self._unknown_words: set[tuple[str, str]] = set()

    async def ask(self, call: Call, manner: Manner) -> Envelope:
        """Send a request. Raises what `Session.call` raises."""
        manner.tally.requests += 1
        if manner.effect is not Effect.ONCE:
            return await self._session.call(call, effect=manner.effect)
        async with self._place():
            timeout = manner.read_timeout
            # An answer that drips in, byte after byte, keeps to the timeout for each of them.
            whole = None if timeout is None else 2 * timeout
            return await self._session.call(
                call, effect=Effect.ONCE, read_timeout=timeout, whole_timeout=whole
            )

    def places(self) -> int:
        """Tell how many looks there may be: on half of the connections, so that starts find one."""
        if self._most is None:
            most = self._session.connections()
            self._most = _MOST_LOOKS if most is None else min(_MOST_LOOKS, max(1, most // 2))
        return self._most

    def _place(self) -> anyio.Semaphore:
        if self._semaphore is None:
            self._semaphore = anyio.Semaphore(self.places(), fast_acquire=True)
        return self._semaphore

    def record(self, product: Product[R], raw: dict[str, Any]) -> R:
        """Read a record, and log a status word that nobody has documented, once."""
        record = product.read(raw)
        word = record.current_status
        if word and status.lookup(word) is None and (product.kind, word) not in self._unknown_words:
            self._unknown_words.add((product.kind, word))
            words = "%s: unknown status word %r, taken as still running"
            token = product.token(record.id)
            _log.warning(words, product.kind, word, job=token, kind=product.kind, status=word)
        return record

    def matching(
        self, product: Product[R], asked: Collection[str], data: Any, manner: Manner
    ) -> dict[str, R | Exception]:
        """Find tasks in an answer of which nobody has recorded what it looks like.

        Args:
            product: the tasks' product.
            asked: their ids.
            data: the answer's data.
            manner: how they are read.

        Returns:
            Their records by id, or `NothingNew`. A task without a status word, or with one that is
            known from nowhere, or that has completed and shows no result, is left out: its detail
            is to tell.
        """
        found: dict[str, R | Exception] = {}
        for raw in objects_in(data):
            task_id = read_id(raw)
            if task_id is None or task_id not in asked:
                continue
            if not manner.is_new(task_id, raw):
                found[task_id] = NOTHING_NEW
            elif self._is_known(product, product.word(raw)):
                record = self.record(product, raw)
                if record.status is not JobStatus.COMPLETED or product.is_whole(record):
                    found[task_id] = record
        return found

    def _is_known(self, product: Product[Any], word: str | None) -> bool:
        """Tell whether a status word is documented, or was in a detail at least."""
        if not word:
            return False
        return status.lookup(word) is not None or (product.kind, word) in self._unknown_words
