"""Reading tasks from the pages of their product's list, newest first."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from typing import Any, Generic, TypeVar

import anyio
import attrs

from a2e_async import clock, wire
from a2e_async.errors import A2EError, UnexpectedResponse, Unsupported
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.retry import Effect
from a2e_async.http.shapes import is_page, unwrap
from a2e_async.jobs.answers import PLAIN, Answers, Manner
from a2e_async.jobs.route import ManyRoute
from a2e_async.tasks.product import Pages, Product, objects_in, read_id
from a2e_async.tasks.record import Record

R = TypeVar("R", bound=Record)

# A list that drips in is given up.
_ONCE = Manner(effect=Effect.ONCE, read_timeout=20.0)
_NEWEST = 200
_NEWEST_PAGES = 10
_SMALLEST_PAGE = 10
_PAGES_AT_ONCE = 8
# So many pages may tell of none of the tasks before those that are left are read one by one.
_FRUITLESS_PAGES = 2


_TOTALS = ("count", "total", "totalCount", "total_count")


@attrs.frozen
class Listed(Generic[R]):
    """A page of tasks, of which nothing is left out.

    Attributes:
        records: the tasks.
        stated: how many there are on all pages, as the answer says; None if it does not.
    """

    records: list[R]
    stated: int | None


class Lists:
    """Reads list pages, and remembers which lists are of no use for looking at tasks."""

    def __init__(self, answers: Answers) -> None:
        """Read what these answers tell."""
        self._answers = answers
        self._routes: dict[str, ManyRoute] = {}

    async def page(
        self,
        product: Product[R],
        number: int,
        size: int,
        manner: Manner = PLAIN,
    ) -> list[R]:
        """Read one page of a product's tasks. Raises what `Session.call` raises."""
        pages = pages_of(product)
        if number > 1 and pages.number is None:
            return []
        return await self.records(product, pages.call(number, size), manner)

    async def records(
        self,
        product: Product[R],
        call: Call,
        manner: Manner = PLAIN,
    ) -> list[R]:
        """Read the list of tasks that answers a request. Raises what `Session.call` raises."""
        answer = await self._ask(call, manner)
        return [self._answers.record(product, raw) for raw in objects_in(answer.data)]

    async def whole(self, product: Product[R], number: int) -> Listed[R]:
        """Read one page of a product's tasks, as large as it can be, and nothing but a page.

        Raises:
            UnexpectedResponse: the answer holds no list, or one of anything but tasks.
            A2EError: what `Session.call` raises.
        """
        pages = pages_of(product)
        answer = await self._ask(pages.call(number, pages.largest), PLAIN)
        levels = [answer.body, *_levels(answer.data)]
        records = [self._answers.record(product, raw) for raw in objects_in(answer.data)]
        rows = levels[-1]
        if not isinstance(rows, list) or len(rows) != len({record.id for record in records}):
            words = "the answer is no list of nothing but tasks"
            raise UnexpectedResponse(words, status=200, trace_id=answer.trace_id, body=answer.body)
        wrappings = [level for level in levels if isinstance(level, Mapping)]
        stated = [wire.read_integer(it.get(key)) for it in wrappings for key in _TOTALS]
        return Listed(records, max((it for it in stated if it is not None), default=None))

    async def newest(self, product: Product[R]) -> list[R]:
        """Read a product's newest tasks. Raises what `Session.call` raises."""
        found: dict[str, R] = {}
        for number in range(1, _NEWEST_PAGES + 1):
            records = await self.page(product, number, pages_of(product).largest, _ONCE)
            before = len(found)
            # Services cap the page size, or ignore the number and give the same page again.
            found |= {record.id: record for record in records}
            if len(found) == before or len(found) >= _NEWEST:
                break
        return [*found.values()]

    def usable(self, product: Product[Any]) -> bool:
        """Tell whether the product's list is worth asking for several tasks."""
        return product.pages is not None and self._route(product).usable(clock.now())

    def pages_for(self, product: Product[Any], tasks: int) -> int:
        """Tell how many pages are likely to tell of so many tasks."""
        pages = pages_of(product)
        return 1 if pages.number is None else math.ceil(tasks / pages.largest)

    async def find(
        self, product: Product[R], task_ids: Sequence[str], manner: Manner
    ) -> dict[str, R | Exception]:
        """Look for tasks on the newest pages, as far as that costs less than one by one.

        Args:
            product: the tasks' product.
            task_ids: their ids.
            manner: how they are read.

        Returns:
            Their records by id; those that were not found are left out. An error where the service
            is in trouble.
        """
        route, walk = self._route(product), _Walk(pages_of(product), task_ids)
        begun = clock.now()
        try:
            while numbers := walk.next_pages():
                calls = [walk.pages.call(number, walk.size) for number in numbers]
                for data in await self._read_all(calls, manner):
                    found = self._answers.matching(product, walk.wanted, data, manner)
                    walk.take(found, {read_id(raw) for raw in objects_in(data)})
        except A2EError as error:
            if route.failed(error, begun, clock.now(), comes_back=True):
                errors: dict[str, R | Exception] = {key: copy(error) for key in task_ids}
                return errors | walk.found
            return walk.found
        if walk.found:
            route.was_of_use()
        else:
            route.was_of_no_use("its first pages have none of the tasks", begun, clock.now())
        return walk.found

    async def _read_all(self, calls: Sequence[Call], manner: Manner) -> list[Any]:
        if len(calls) == 1:
            return [(await self._ask(calls[0], manner)).data]
        answers: dict[int, Any] = {}
        errors: list[A2EError] = []

        async def read(place: int, call: Call) -> None:
            try:
                answers[place] = (await self._ask(call, manner)).data
            except A2EError as error:
                errors.append(error)

        async with anyio.create_task_group() as group:
            for place, call in enumerate(calls):
                group.start_soon(read, place, call)
        if errors:
            raise errors[0]
        return [answers[place] for place in sorted(answers)]

    async def _ask(self, call: Call, manner: Manner) -> Envelope:
        answer = await self._answers.ask(call, manner)
        if not is_page(answer.data) and answer.data is not None:
            words = "the answer is no list of tasks"
            raise UnexpectedResponse(words, status=200, trace_id=answer.trace_id, body=answer.body)
        return answer

    def _route(self, product: Product[Any]) -> ManyRoute:
        path = pages_of(product).path
        if path not in self._routes:
            self._routes[path] = ManyRoute(product.kind, path)
        return self._routes[path]


class _Walk:
    """Which pages to read next for some tasks. Pure."""

    def __init__(self, pages: Pages, task_ids: Collection[str]) -> None:
        self.pages = pages
        self.wanted = set(task_ids)
        self.size = min(pages.largest, max(_SMALLEST_PAGE, 2 * len(self.wanted)))
        self.found: dict[str, Any] = {}
        self.read = 0
        self._seen: set[str | None] = set()
        self._fruitless = 0
        self._over = False

    def next_pages(self) -> range:
        """Give the numbers of the pages to read together, none when it is enough."""
        left = len(self.wanted) - len(self.found)
        unpaged = self.pages.number is None and self.read > 0
        fruitless = self._fruitless >= _FRUITLESS_PAGES
        if unpaged or fruitless or self._over or left < (2 if self.read else 1):
            return range(0)
        together = min(_PAGES_AT_ONCE, math.ceil(left / self.size)) if self.read else 1
        return range(self.read + 1, self.read + 1 + together)

    def take(self, found: dict[str, Any], ids: set[str | None]) -> None:
        """Take in a page: what was found on it, and the ids of all that is there."""
        self._fruitless += not found
        # The end is a page with nothing new: services cap the page size, or ignore the number.
        self._over = self._over or ids <= self._seen
        self._seen |= ids
        self.found |= found
        self.read += 1


def _levels(data: Any) -> Iterator[Any]:
    """Go through the wrappings of a list, and give the list itself at last."""
    while isinstance(data, Mapping):
        yield data
        data = unwrap(data)
    yield data


def pages_of(product: Product[Any]) -> Pages:
    """Give the list operation of a product, or raise `Unsupported`."""
    if product.pages is None:
        raise Unsupported(f"{product.kind}: the service documents no list of these tasks")
    return product.pages
