"""Reading tasks by id: many in one request where the service can, one by one where it cannot."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from copy import copy
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

import anyio

from a2e_async import clock
from a2e_async.errors import A2EError, APIError, NotFound, UnexpectedResponse, Unsupported
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.operation import Operation
from a2e_async.http.paging import walk
from a2e_async.http.retry import Effect
from a2e_async.http.session import Session
from a2e_async.http.shapes import is_page
from a2e_async.jobs.answers import PLAIN, Answers, Known, Manner, NothingNew
from a2e_async.jobs.lists import Lists, pages_of
from a2e_async.jobs.route import ManyRoute
from a2e_async.tasks.average import seconds_in
from a2e_async.tasks.product import Product, objects_in, one_of
from a2e_async.tasks.record import Record

R = TypeVar("R", bound=Record)

BATCH_SIZE = 200
_LIST_SIZE = 5000
_MEAN = Manner(effect=Effect.ONCE, read_timeout=20.0)
_SINGLE_READS = _LOOKS_AT_ONCE = 16
# Each would go through the same pages.
_LISTS_AT_ONCE = 2
_OLDEST_PAGE = 10


class Reader:
    """Reads records, and remembers which products cannot be read many at once."""

    def __init__(self, session: Session) -> None:
        """Read over this session."""
        self._answers = Answers(session)
        self.lists = Lists(self._answers)
        self.record = self._answers.record
        self._batches: dict[str, ManyRoute] = {}
        # One slow product does not hold up the news of the others.
        self._places: defaultdict[str, anyio.Semaphore] = defaultdict(
            partial(anyio.Semaphore, _SINGLE_READS)
        )

    async def one(self, product: Product[R], task_id: str, manner: Manner = PLAIN) -> R:
        """Read one task by its detail operation.

        Args:
            product: its product.
            task_id: its id.
            manner: how it is read.

        Returns:
            The record.

        Raises:
            NotFound: the service does not know it, also where it says so with an empty list.
            APIError: another failure, or an answer that cannot be read.
            ConnectionFailed: there was no answer.
        """
        if product.detail is None:
            return _record_in((await self._listed(product, [task_id], manner))[task_id])
        try:
            return await self._detail(product, task_id, product.detail, manner)
        except NotFound:
            if product.other_detail is None:
                raise
        return await self._detail(product, task_id, product.other_detail, manner)

    async def other(self, product: Product[R], task_id: str) -> R:
        """Read one task by the product's other detail operation. Raises what `one` raises."""
        if product.other_detail is None:
            words = f"{product.kind}: the service documents one detail operation only"
            raise Unsupported(words)
        return await self._detail(product, task_id, product.other_detail, PLAIN)

    async def _detail(
        self, product: Product[R], task_id: str, operation: Operation, manner: Manner
    ) -> R:
        answer = await self._answers.ask(operation.call(task_id), manner)
        raw = one_of(answer.data, task_id)
        if raw is None:
            raise _unusable(answer, task_id)
        if not manner.is_new(task_id, raw):
            raise NothingNew
        return self.record(product, raw)

    async def many(self, product: Product[R], task_ids: Sequence[str]) -> dict[str, R | Exception]:
        """Read tasks with as few requests as the service allows.

        Args:
            product: the tasks' product.
            task_ids: their ids.

        Returns:
            For each id its record, or the error of reading it.
        """
        if product.reads_lists:
            return await self._listed(product, task_ids, PLAIN)
        found: dict[str, R | Exception] = {}
        for chunk in _chunks(task_ids, BATCH_SIZE) if len(task_ids) > 1 else ():
            found |= await self._batch(product, chunk, PLAIN)
        return await self._the_rest(product, task_ids, found, PLAIN)

    async def together(
        self, product: Product[R], known: Known, *, read_timeout: float
    ) -> tuple[dict[str, R | Exception], int]:
        """Read tasks by requests that tell of many, for somebody who asks again soon.

        Nothing is repeated here. Where the product has no read of many tasks, or it is of no use,
        the tasks are looked for on the newest pages of its list.

        Args:
            product: the tasks' product.
            known: their ids, with what was last seen of each.
            read_timeout: seconds without a byte of an answer.

        Returns:
            For each id its record, `NothingNew`, or the error of reading it; those that are left
            out are to be read alone. And how many requests that took.
        """
        manner = Manner(effect=Effect.ONCE, read_timeout=read_timeout, known=known)
        if product.reads_lists:
            return await self._listed(product, [*known], manner), manner.tally.requests
        found = await self._batch(product, [*known], manner)
        left = [task_id for task_id in known if task_id not in found]
        if len(left) > 1 and self.lists.usable(product):
            found |= await self.lists.find(product, left, manner)
        return found, manner.tally.requests

    async def alone(
        self, product: Product[R], task_id: str, last: bytes | None, *, read_timeout: float
    ) -> R | Exception:
        """Read a task by its detail, for somebody who asks again soon.

        Args:
            product: the task's product.
            task_id: its id.
            last: what was last seen of it.
            read_timeout: seconds without a byte of an answer.

        Returns:
            Its record, `NothingNew`, or the error of reading it.
        """
        manner = Manner(effect=Effect.ONCE, read_timeout=read_timeout, known={task_id: last})
        try:
            return await self.one(product, task_id, manner)
        except Exception as error:  # noqa: BLE001  (whoever waits has to hear of it)
            return error

    def look_size(self, product: Product[Any]) -> int:
        """Tell how many tasks of a product go into one look."""
        if self._reads_batches(product):
            return BATCH_SIZE
        return _LIST_SIZE if product.reads_lists or self.lists.usable(product) else 1

    def way(self, product: Product[Any]) -> str:
        """Tell how a look at several tasks of a product begins: by ``batch`` or by ``list``."""
        return "batch" if self._reads_batches(product) else "list"

    def looks_at_once(self, product: Product[Any]) -> int:
        """Tell how many looks at tasks of a product may be under way at once."""
        return _LISTS_AT_ONCE if self.look_size(product) == _LIST_SIZE else _LOOKS_AT_ONCE

    def places(self) -> int:
        """Tell how many looks of all products may be under way at once."""
        return self._answers.places()

    def requests_for(self, product: Product[Any], tasks: int) -> int:
        """Tell how many requests looks at so many tasks of a product are likely to take."""
        if tasks > 1:
            if self._reads_batches(product):
                return math.ceil(tasks / BATCH_SIZE)
            if product.reads_lists or self.lists.usable(product):
                return self.lists.pages_for(product, tasks)
        return tasks

    async def search(self, product: Product[R], task_ids: Collection[str]) -> dict[str, R]:
        """Find tasks among their product's newest ones; those that are not there are left out."""
        if product.pages is None:
            return {}
        newest = await self.lists.newest(product)
        return {record.id: record for record in newest if record.id in task_ids}

    async def mean_duration(self, product: Product[Any]) -> float | None:
        """Ask how long a product's tasks take on average, in seconds; None if nothing tells."""
        if product.average is None:
            return None
        try:
            answer = await self._answers.ask(product.average.call(), _MEAN)
        except A2EError:
            return None
        seconds = seconds_in(answer.data)
        # The unit is documented nowhere: what no task can take is no number of seconds.
        fits = seconds is not None and 1.0 <= seconds <= product.deadline
        return float(seconds) if fits and seconds is not None else None

    def _reads_batches(self, product: Product[Any]) -> bool:
        return product.batch is not None and self._batch_route(product).usable(clock.now())

    def _batch_route(self, product: Product[Any]) -> ManyRoute:
        if product.kind not in self._batches:
            self._batches[product.kind] = ManyRoute(product.kind, product.batch or "")
        return self._batches[product.kind]

    async def _batch(
        self, product: Product[R], task_ids: Sequence[str], manner: Manner
    ) -> dict[str, R | Exception]:
        if not self._reads_batches(product):
            return {}
        route, begun = self._batch_route(product), clock.now()
        call = Call("POST", route.path, json={"ids": [*task_ids]})
        try:
            answer = await self._answers.ask(call, manner)
        except A2EError as error:
            # Each job that it concerns is noted in an error of its own.
            comes_back = manner.effect is Effect.ONCE
            for_all = route.failed(error, begun, clock.now(), comes_back=comes_back)
            return {task_id: copy(error) for task_id in task_ids} if for_all else {}
        found = self._answers.matching(product, set(task_ids), answer.data, manner)
        if found:
            route.was_of_use()
        else:
            route.was_of_no_use("its answer holds none of the tasks", begun, clock.now())
        return found

    async def _the_rest(
        self,
        product: Product[R],
        task_ids: Sequence[str],
        found: dict[str, R | Exception],
        manner: Manner,
    ) -> dict[str, R | Exception]:
        """Read one by one what was not found yet."""
        left = [task_id for task_id in task_ids if task_id not in found]

        async def read(task_id: str) -> None:
            async with self._places[product.kind]:
                try:
                    found[task_id] = await self.one(product, task_id, manner)
                except Exception as error:  # noqa: BLE001  (each task's own; none ends the others)
                    found[task_id] = error

        if len(left) == 1:
            await read(left[0])
        elif left:
            async with anyio.create_task_group() as group:
                for task_id in left:
                    group.start_soon(read, task_id)
        return found

    async def _listed(
        self, product: Product[R], task_ids: Sequence[str], manner: Manner
    ) -> dict[str, R | Exception]:
        """Read tasks of which nothing but the list tells, in one go through its pages."""
        wanted = set(task_ids)
        found: dict[str, R | Exception] = {}
        size = pages_of(product).largest

        async def read(number: int) -> list[R]:
            # A look does not go through everything for a task that the list does not have yet.
            enough = manner.effect is Effect.ONCE and number > _OLDEST_PAGE
            if enough or wanted <= found.keys():
                return []
            return await self.lists.page(product, number, size, manner)

        try:
            async for record in walk(read, attrgetter("id")):
                if record.id in wanted:
                    found[record.id] = record
        except A2EError as error:
            return {task_id: copy(error) for task_id in task_ids} | found
        missing = {task_id: _not_listed(product, task_id) for task_id in wanted - found.keys()}
        return found | missing


def _record_in(outcome: R | Exception) -> R:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _not_listed(product: Product[Any], task_id: str) -> NotFound:
    words = f"no task {task_id} in the list of {product.kind}"
    return NotFound(words, status=200, body=None)


def _unusable(answer: Envelope, task_id: str) -> APIError:
    kind: type[APIError] = UnexpectedResponse
    words = f"the answer does not describe task {task_id}"
    if not answer.data or (is_page(answer.data) and not any(objects_in(answer.data))):
        kind, words = NotFound, f"no task {task_id}"
    return kind(words, status=200, trace_id=answer.trace_id, body=answer.body)


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
