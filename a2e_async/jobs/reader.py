"""Reading tasks by id: many in one request where the service can, one by one where it cannot."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

import anyio
import attrs

from a2e_async import clock, status
from a2e_async.errors import (
    A2EError,
    APIError,
    AuthenticationFailed,
    ConnectionFailed,
    NotFound,
    UnexpectedResponse,
    Unsupported,
)
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.operation import Operation
from a2e_async.http.paging import walk
from a2e_async.http.retry import Effect, Fate, fate, is_transient
from a2e_async.http.session import Session
from a2e_async.http.shapes import is_page
from a2e_async.status import JobStatus
from a2e_async.tasks.product import Pages, Product, objects_in, one_of, read_id
from a2e_async.tasks.record import Record

_log = logging.getLogger("a2e_async.jobs")

R = TypeVar("R", bound=Record)

BATCH_SIZE = 200
_SINGLE_READS = 32
_NEWEST = 200
_NEWEST_PAGES = 10
_STRIKES = 3
_NOT_IMPLEMENTED = 501
_REST_SECONDS = 300.0


@attrs.define
class BatchHealth:
    """Whether a product's many-at-once read is worth asking. Pure; `now` comes as an argument."""

    absent: bool = False
    strikes: int = 0
    rest_until: float = 0.0

    def usable(self, now: float) -> bool:
        """Tell whether to ask it now."""
        return not self.absent and now >= self.rest_until

    def strike(self, now: float) -> bool:
        """Note that it was of no use; tell whether that was once too often."""
        self.strikes += 1
        if self.strikes < _STRIKES:
            return False
        self.strikes, self.rest_until = 0, now + _REST_SECONDS
        return True


class Reader:
    """Reads records, and remembers which products cannot be read many at once."""

    def __init__(self, session: Session) -> None:
        """Read over this session."""
        self._session = session
        self._health: defaultdict[str, BatchHealth] = defaultdict(BatchHealth)
        # One slow product does not hold up the news of the others.
        self._places: defaultdict[str, anyio.Semaphore] = defaultdict(
            partial(anyio.Semaphore, _SINGLE_READS)
        )
        self._unknown_words: set[tuple[str, str]] = set()

    async def one(
        self,
        product: Product[R],
        task_id: str,
        *,
        effect: Effect = Effect.READ,
        read_timeout: float | None = None,
    ) -> R:
        """Read one task by its detail operation.

        Args:
            product: its product.
            task_id: its id.
            effect: `Effect.ONCE` to leave repeating to the caller.
            read_timeout: seconds without a byte of the answer, by default the client's.

        Returns:
            The record.

        Raises:
            NotFound: the service does not know it, also where it says so with an empty list.
            APIError: another failure, or an answer that cannot be read.
            ConnectionFailed: there was no answer.
        """
        if product.detail is None:
            found = await self._listed(product, [task_id], effect, read_timeout)
            return _record_in(found[task_id])
        try:
            return await self._detail(product, product.detail, task_id, effect, read_timeout)
        except NotFound:
            if product.other_detail is None:
                raise
        return await self._detail(product, product.other_detail, task_id, effect, read_timeout)

    async def other(self, product: Product[R], task_id: str) -> R:
        """Read one task by the product's other detail operation. Raises what `one` raises."""
        if product.other_detail is None:
            words = f"{product.kind}: the service documents one detail operation only"
            raise Unsupported(words)
        return await self._detail(product, product.other_detail, task_id, Effect.READ, None)

    async def _detail(
        self,
        product: Product[R],
        operation: Operation,
        task_id: str,
        effect: Effect,
        read_timeout: float | None,
    ) -> R:
        answer = await self._ask(operation.call(task_id), effect, read_timeout)
        raw = one_of(answer.data, task_id)
        if raw is None:
            raise _unusable(answer, task_id)
        return self.record(product, raw)

    async def _listed(
        self,
        product: Product[R],
        task_ids: Sequence[str],
        effect: Effect,
        read_timeout: float | None,
    ) -> dict[str, R | Exception]:
        """Read tasks of which nothing but the list tells, in one go through its pages."""
        wanted = set(task_ids)
        found: dict[str, R | Exception] = {}
        pages = pages_of(product)

        async def read(number: int) -> list[R]:
            # A look does not go through everything for a task that the list does not have yet.
            enough = effect is Effect.ONCE and number > _NEWEST_PAGES
            if enough or wanted <= found.keys():
                return []
            return await self.page(product, number, pages.largest, effect, read_timeout)

        try:
            async for record in walk(read, attrgetter("id")):
                if record.id in wanted:
                    found[record.id] = record
        except A2EError as error:
            return {task_id: copy(error) for task_id in task_ids} | found
        missing = {task_id: _not_listed(product, task_id) for task_id in wanted - found.keys()}
        return found | missing

    async def many(
        self,
        product: Product[R],
        task_ids: Sequence[str],
        *,
        effect: Effect = Effect.READ,
        read_timeout: float | None = None,
    ) -> dict[str, R | Exception]:
        """Read tasks with as few requests as the service allows.

        Args:
            product: the tasks' product.
            task_ids: their ids.
            effect: `Effect.ONCE` to leave repeating to the caller.
            read_timeout: seconds without a byte of an answer, by default the client's.

        Returns:
            For each id its record, or the error of reading it.
        """
        if product.reads_lists:
            return await self._listed(product, task_ids, effect, read_timeout)
        found: dict[str, R | Exception] = {}
        if len(task_ids) > 1:
            for chunk in _chunks(task_ids, BATCH_SIZE):
                found |= await self._batch(product, chunk, effect, read_timeout)
        left = [task_id for task_id in task_ids if task_id not in found]

        async def look(task_id: str) -> None:
            async with self._places[product.kind]:
                try:
                    found[task_id] = await self.one(
                        product, task_id, effect=effect, read_timeout=read_timeout
                    )
                except Exception as error:  # noqa: BLE001  (each task's own; none ends the others)
                    found[task_id] = error

        async with anyio.create_task_group() as group:
            for task_id in left:
                group.start_soon(look, task_id)
        return found

    def reads_many(self, product: Product[Any]) -> bool:
        """Tell whether the tasks of a product are read many in one request."""
        if product.batch is None:
            return product.reads_lists
        return self._health[product.kind].usable(clock.now())

    async def page(
        self,
        product: Product[R],
        number: int,
        size: int,
        effect: Effect,
        read_timeout: float | None = None,
    ) -> list[R]:
        """Read one page of a product's tasks, newest first. Raises what `Session.call` raises."""
        pages = pages_of(product)
        if number > 1 and pages.number is None:
            return []
        return await self.records(product, pages.call(number, size), effect, read_timeout)

    async def records(
        self,
        product: Product[R],
        call: Call,
        effect: Effect = Effect.READ,
        read_timeout: float | None = None,
    ) -> list[R]:
        """Read the list of tasks that answers a request. Raises what `Session.call` raises."""
        answer = await self._ask(call, effect, read_timeout)
        if not is_page(answer.data) and answer.data is not None:
            words = "the answer is no list of tasks"
            raise UnexpectedResponse(words, status=200, trace_id=answer.trace_id, body=answer.body)
        return [self.record(product, raw) for raw in objects_in(answer.data)]

    async def newest(self, product: Product[R]) -> list[R]:
        """Read a product's newest tasks. Raises what `Session.call` raises."""
        found: dict[str, R] = {}
        for number in range(1, _NEWEST_PAGES + 1):
            records = await self.page(product, number, pages_of(product).largest, Effect.ONCE)
            before = len(found)
            # Services cap the page size, or ignore the number and give the same page again.
            found |= {record.id: record for record in records}
            if len(found) == before or len(found) >= _NEWEST:
                break
        return [*found.values()]

    async def search(self, product: Product[R], task_ids: Collection[str]) -> dict[str, R]:
        """Find tasks among their product's newest ones; those that are not there are left out."""
        if product.pages is None:
            return {}
        newest = await self.newest(product)
        return {record.id: record for record in newest if record.id in task_ids}

    async def _ask(self, call: Call, effect: Effect, read_timeout: float | None) -> Envelope:
        # An answer that drips in, byte after byte, keeps to the timeout for each of them.
        limit = None if read_timeout is None else 2 * read_timeout
        with anyio.move_on_after(limit):
            return await self._session.call(call, effect=effect, read_timeout=read_timeout)
        words = f"{call.method} {call.path}: the answer was not whole after {limit:g} s"
        raise ConnectionFailed(words, sent=True)

    async def _batch(
        self,
        product: Product[R],
        task_ids: Sequence[str],
        effect: Effect,
        read_timeout: float | None,
    ) -> dict[str, R | A2EError]:
        if not self.reads_many(product):
            return {}
        call = Call("POST", product.batch or "", json={"ids": [*task_ids]})
        try:
            answer = await self._ask(call, effect, read_timeout)
        except A2EError as error:
            comes_back = effect is Effect.ONCE and not _is_odd(error)
            return self._batch_failed(product, task_ids, error, comes_back=comes_back)
        found = self._match(product, task_ids, answer.data)
        if found:
            self._health[product.kind].strikes = 0
        else:
            self._strike(product, "its answer holds none of the tasks")
        return found

    def _batch_failed(
        self, product: Product[R], task_ids: Sequence[str], error: A2EError, *, comes_back: bool
    ) -> dict[str, R | A2EError]:
        if isinstance(error, NotFound) and not isinstance(error.body, Mapping):
            _log.info("%s: no %s here, reading tasks one by one", product.kind, product.batch)
            self._health[product.kind].absent = True
            return {}
        if fate(error) is Fate.NOT_DONE or isinstance(error, AuthenticationFailed):
            # This says nothing of the route, and reading one by one would fare no better.
            # Each job that it concerns is noted in an error of its own.
            return {task_id: copy(error) for task_id in task_ids}
        # A service in trouble is not asked once more for each task, unless this never ends or
        # nobody asks again.
        if self._strike(product, str(error)) or not (comes_back and is_transient(error)):
            return {}
        return dict.fromkeys(task_ids, error)

    def _strike(self, product: Product[Any], reason: str) -> bool:
        out = self._health[product.kind].strike(clock.now())
        if out:
            _log.warning(
                "%s: %s was of no use %d times in a row, reading tasks one by one for %.0f s: %s",
                *(product.kind, product.batch, _STRIKES, _REST_SECONDS, reason),
            )
        return out

    def _match(
        self, product: Product[R], task_ids: Sequence[str], data: Any
    ) -> dict[str, R | A2EError]:
        asked = set(task_ids)
        found: dict[str, R | A2EError] = {}
        for raw in objects_in(data):
            task_id = read_id(raw)
            if task_id in asked and product.word(raw):
                record = self.record(product, raw)
                # Nobody has recorded this answer: an end without a result is asked for once more.
                if record.status is not JobStatus.COMPLETED or product.is_whole(record):
                    found[task_id] = record
        return found

    def record(self, product: Product[R], raw: dict[str, Any]) -> R:
        """Read a record, and log a status word that nobody has documented, once."""
        record = product.read(raw)
        word = record.current_status
        if word and status.lookup(word) is None and (product.kind, word) not in self._unknown_words:
            self._unknown_words.add((product.kind, word))
            _log.warning("%s: unknown status word %r, taken as still running", product.kind, word)
        return record


def pages_of(product: Product[Any]) -> Pages:
    """Give the list operation of a product, or raise `Unsupported`."""
    if product.pages is None:
        raise Unsupported(f"{product.kind}: the service documents no list of these tasks")
    return product.pages


def _record_in(outcome: R | Exception) -> R:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _not_listed(product: Product[Any], task_id: str) -> NotFound:
    words = f"no task {task_id} in the list of {product.kind}"
    return NotFound(words, status=200, body=None)


def _is_odd(error: A2EError) -> bool:
    """Tell whether an answer speaks against the route rather than of a service in trouble."""
    if isinstance(error, APIError):
        return isinstance(error, UnexpectedResponse) or error.status == _NOT_IMPLEMENTED
    return isinstance(error.__cause__, TimeoutError)


def _unusable(answer: Envelope, task_id: str) -> APIError:
    kind: type[APIError] = UnexpectedResponse
    words = f"the answer does not describe task {task_id}"
    if not answer.data or (is_page(answer.data) and not any(objects_in(answer.data))):
        kind, words = NotFound, f"no task {task_id}"
    return kind(words, status=200, trace_id=answer.trace_id, body=answer.body)


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
