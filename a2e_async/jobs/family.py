"""The family: one product's verbs, the same for all products."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable, Iterable
from contextlib import AbstractContextManager, nullcontext
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeAlias, TypeVar, cast

import anyio

from a2e_async import clock, logs
from a2e_async.errors import A2EError, JobFailed, NotFound, SubmitUncertain
from a2e_async.http.call import Call
from a2e_async.http.envelope import Envelope
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.paging import check_page_size, walk
from a2e_async.http.retry import Effect
from a2e_async.http.session import Witness
from a2e_async.jobs import starts
from a2e_async.jobs.binding import Binding
from a2e_async.jobs.core import Core
from a2e_async.jobs.draining import Departure
from a2e_async.jobs.job import Job
from a2e_async.jobs.lists import pages_of
from a2e_async.jobs.place import Place
from a2e_async.jobs.verbs import explained
from a2e_async.tasks import manual
from a2e_async.tasks.product import Product, objects_in, read_id
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request
from a2e_async.telemetry.silent import Start

if TYPE_CHECKING:
    from a2e_async.jobs.queued import QueuedJob

_log = logs.get("a2e_async.jobs")

P = ParamSpec("P")
R = TypeVar("R", bound=Record)

# Below, `list` is the family's own verb.
Jobs: TypeAlias = list[Job[R]]
Records: TypeAlias = list[R]

PAGE_SIZE = 50
_NO_PLACE = nullcontext()


class Family(Generic[P, R]):
    """The verbs of one product. Reached from the client: ``a2e.text_to_image``."""

    _binding = Binding()

    def __new__(cls, core: Core, request: Callable[P, Request[R]]) -> Self:
        """Make one whose verbs tell the product's own fields."""
        del core
        return super().__new__(explained(cls, cast("type[Request[R]]", request)))

    def __init__(self, core: Core, request: Callable[P, Request[R]]) -> None:
        """Take the product's facts and fields from its request class."""
        self._core = core
        self._request = request
        self.product: Product[R] = self.request_class.product

    @property
    def request_class(self) -> type[Request[R]]:
        """The product's request class."""
        return cast("type[Request[R]]", self._request)

    def bind(self, binding: Binding) -> None:
        """Have all starts belong to somebody, as those of a view of the client do."""
        self._binding = binding

    def __repr__(self) -> str:
        """Show the product."""
        return f"<Family {self.product.kind}: {self.product.title}>"

    async def start(self, *args: P.args, **kwargs: P.kwargs) -> Job[R]:
        """Start a task. It is charged at once, and it is never started twice.

        Args:
            args: none; all fields are given by name.
            kwargs: the fields of the product's request class.

        Returns:
            The job, to await.

        Raises:
            TypeError: a field is missing, unknown or of the wrong type.
            ValueError: a field is out of bounds, or the request makes several tasks.
            APIError: the service refuses.
            UploadFailed: local media could not be stored.
            ConnectionFailed: the service was not reached; nothing was started.
            SubmitUncertain: the answer was lost, and no task was found under the request's name.
        """
        return await self.submit(self._made(*args, **kwargs))

    async def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> QueuedJob[R]:
        """Take a request, and start its task as soon as the client's limits have a place for it.

        Args:
            args: none; all fields are given by name.
            kwargs: the fields of the product's request class.

        Returns:
            The job, to await. It tells its place in the line, and can be cancelled for nothing
            until it is started. What a start raises, awaiting it does.

        Raises:
            TypeError: a field is missing, unknown or of the wrong type.
            ValueError: a field is out of bounds, or the request makes several tasks.
            ConfigurationError: the client is closed or drained.
            JournalError: the client's store cannot be used.
        """
        return await self.queue(self._made(*args, **kwargs))

    async def start_all(self, *args: P.args, **kwargs: P.kwargs) -> Jobs[R]:
        """Start the tasks of a request that makes several.

        Args:
            args: none; all fields are given by name.
            kwargs: the fields of the product's request class.

        Returns:
            A job for each task that the service made, in the order of its answer.

        Raises:
            TypeError, ValueError, APIError, UploadFailed, ConnectionFailed, SubmitUncertain: as
                for `start`.
        """
        request, whose = self._made(*args, **kwargs), self._binding
        if self._core.keeps:
            keeper = self._core.keeper
            return await keeper.submit_all(request, tag=whose.tag, group=whose.group, key=None)
        return await self.submit_all(request, group=whose.group)

    async def run(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Start a task and wait for it.

        Args:
            args: none; all fields are given by name.
            kwargs: the fields of the product's request class.

        Returns:
            The record of the completed task.

        Raises:
            A2EError: what `start` and `Job.wait` raise.
        """
        return await self.result_of(await self.start(*args, **kwargs))

    def _made(self, *args: P.args, **kwargs: P.kwargs) -> Request[R]:
        try:
            return self._request(*args, **kwargs)
        except TypeError:
            # Python's own words name neither the product nor what there is.
            words = manual.misnamed(self.request_class, args, kwargs)
            if words is None:
                raise
        raise TypeError(words)

    async def result_of(self, job: Job[R]) -> R:
        """Wait for a job that the caller has no hold of, as `run` does.

        A wait that is cancelled leaves the job's token in the log and as a note of the error. Where
        a store keeps the job, how it ended counts as handed over.
        """
        try:
            record = await job
        except JobFailed:
            await self._handed_over(job)
            raise
        except anyio.get_cancelled_exc_class() as error:
            error.add_note(f"The task goes on: resume it with a2e.job({job.token!r})")
            words = "%s: nobody waits for it any more; it goes on"
            _log.warning(words, job.token, job=job.token, kind=job.kind)
            raise
        await self._handed_over(job)
        return record

    async def _handed_over(self, job: Job[R]) -> None:
        if self._core.keeps:
            await job.acknowledge()

    async def submit(
        self,
        request: Request[R],
        *,
        tag: Any = None,
        group: Hashable = None,
        key: str | None = None,
    ) -> Job[R]:
        """Start the task of a request, as `start` does with its fields.

        Args:
            request: the request.
            tag: a JSON value that the job has again after a restart, where the client has a store.
            group: whose start it is, such as a user's id: a free place under the client's limits
                goes to the group that has the fewest.
            key: the caller's own name of the request, where the client has a store: the same one
                gives the same job.
        """
        check_single(request)
        whose = self._binding.over(tag=tag, group=group)
        if self._core.keeps or tag is not None or key is not None:
            keeper = self._core.keeper
            return await keeper.submit(request, tag=whose.tag, group=whose.group, key=key)
        job, *more = await self.submit_all(request, group=whose.group)
        if more:
            self.warn_of_more(job, more)
        return job

    async def queue(
        self,
        request: Request[R],
        *,
        tag: Any = None,
        group: Hashable = None,
        key: str | None = None,
    ) -> QueuedJob[R]:
        """Take a request, as `enqueue` does with its fields and `submit` tells of the others."""
        whose = self._binding.over(tag=tag, group=group)
        keeper = self._core.keeper
        return await keeper.enqueue(request, tag=whose.tag, group=whose.group, key=key)

    def warn_of_more(self, job: Job[R], more: Iterable[Job[R]]) -> None:
        """Log the tasks that a start made besides the one that was asked for, if it did."""
        others = ", ".join(other.token for other in more)
        if others:
            words = "%s: the service made more tasks than asked: %s"
            _log.warning(words, job.token, others, job=job.token, kind=job.kind)

    async def submit_all(
        self, request: Request[R], *, group: Hashable = None, place: Place | None = None
    ) -> Jobs[R]:
        """Start the tasks of a request, as `start_all` does with its fields.

        Args:
            request: the request.
            group: whose start it is, as for `submit`.
            place: a place that was waited for already, under the client's limits among others. It
                is held or released in any case.
        """
        with place or _NO_PLACE, self._core.departure() as departure:
            if place is None and (group is not None or self._core.limits.limited):
                place = await self._core.place_for(
                    self.product.kind, group=group, tasks=request.expected_tasks
                )
            with place or _NO_PLACE:
                gate = departure.through(place)
                records, has_bell = await starts.start(self._core, request, gate)
                return self._all_started(records, place, has_bell=has_bell)

    def _all_started(
        self, records: Records[R], place: Place | None, *, has_bell: bool = False
    ) -> Jobs[R]:
        jobs = [self._started(record, has_bell=has_bell) for record in records]
        if place is not None:
            watches = [self._core.poller.watch(self.product, record.id) for record in records]
            place.hold(self._core.poller, watches)
        return jobs

    async def start_by(self, call: Call, task_id: str | None = None) -> Job[R]:
        """Set a task going by another operation than the start; it is never sent twice.

        Args:
            call: the request.
            task_id: the task that it goes on with, if it makes no new one.

        Returns:
            The job of the task that the answer tells of, else of the given one. Jobs of before
            that have ended stay so; this one is looked at anew.

        Raises:
            SubmitUncertain: the answer was lost, or tells of no task where none was given.
            A2EError: what `Session.call` raises.
        """
        with self._core.departure() as departure:
            place = await self._core.place_for(self.product.kind)
            with place or _NO_PLACE:
                with self._core.telemetry.start(self.product.kind) as told:
                    job = await self._set_going(call, task_id, departure.through(place), told)
                if place is not None:
                    place.hold(self._core.poller, [self._core.poller.watch(self.product, job.id)])
                return job

    async def _set_going(
        self, call: Call, task_id: str | None, gate: Departure, told: Start
    ) -> Job[R]:
        sent = clock.now()
        with self._if_lost(call):
            answer = await self._send_once(call, task_id, gate, told.attempted)
            raws = [*objects_in(answer.data)]
            if not raws and task_id is None:
                raise starts.no_id(answer)
        # The answer may hold other tasks too.
        raw = next((raw for raw in raws if read_id(raw) == task_id), raws[0] if raws else None)
        if task_id is not None:
            self._core.poller.begin_anew(self.product, task_id)
        if raw is None:
            job, coins = self.job(cast("str", task_id)), None
        else:
            record = self._core.reader.record(self.product, raw)
            job, coins = self._started(record), record.coins
        price, seconds = {job.id: coins}, clock.now() - sent
        starts.tell(told, self.product, price, trace_id=answer.trace_id, seconds=seconds)
        return job

    async def send_once(self, call: Call, task_id: str | None = None) -> Envelope:
        """Send what may be charged and is no start; it is never sent twice.

        Args:
            call: the request.
            task_id: the task that it is about, whose job the errors hold.

        Returns:
            The answer.

        Raises:
            SubmitUncertain: it was lost.
            A2EError: what `Session.call` raises.
        """
        with self._core.departure() as departure:
            return await self._send_once(call, task_id, departure)

    async def _send_once(
        self, call: Call, task_id: str | None, gate: Departure, witness: Witness | None = None
    ) -> Envelope:
        try:
            with self._if_lost(call):
                return await self._core.session.call(
                    call, effect=Effect.START, gate=gate, witness=witness
                )
        except A2EError as error:
            if task_id is not None:
                if isinstance(error, SubmitUncertain):
                    self._core.poller.begin_anew(self.product, task_id)
                error.concern(self.job(task_id))
            raise
        except anyio.get_cancelled_exc_class():
            if not gate.may_have_started:
                raise
            if task_id is not None:
                self._core.poller.begin_anew(self.product, task_id)
            words = "%s: cancelled during %s %s, which may have been carried out and charged: %s"
            kind, about = self.product.kind, {"method": call.method, "path": call.path}
            _log.warning(words, kind, *about.values(), task_id or "a new task", kind=kind, **about)
            raise

    def _if_lost(self, call: Call) -> AbstractContextManager[None]:
        what = f"{call.method} {call.path} may have been carried out and charged"
        return uncertain_if_lost(what, call)

    def _started(self, record: R, *, has_bell: bool = False) -> Job[R]:
        watch = self._core.poller.watch(self.product, record.id)
        watch.has_bell = has_bell
        self._core.poller.started(watch, record)
        return Job(self._core, watch)

    def job(self, task_id: str) -> Job[R]:
        """Make the job of a task that was started elsewhere or before. Nothing is sent.

        Args:
            task_id: the task's id.

        Returns:
            The job, to await.

        Raises:
            TypeError: the id is no text.
            ValueError: it is blank, or a token.
        """
        self.check_id(task_id)
        return Job(self._core, self._core.poller.watch(self.product, task_id))

    def check_id(self, task_id: object) -> None:
        """Raise `TypeError` or `ValueError` unless this can be the id of a task."""
        if not isinstance(task_id, str):
            raise TypeError(f"task_id: expected a text, got {task_id!r}")
        # An id of dots would make another path of the requests.
        if not task_id.strip(" .") or task_id.startswith(f"{self.product.kind}:"):
            raise ValueError(
                f"task_id: expected the id of a task, got {task_id!r}; "
                "a token (kind:id) goes to a2e.job(token)"
            )

    async def get(self, task_id: str, *, other: bool = False) -> R:
        """Read one task by the product's documented detail operation.

        Where a product has two of them, the other one is asked when the first knows nothing of the
        task. Where it has none, the task is looked for in the product's list.

        Args:
            task_id: the task's id.
            other: True asks the product's other detail operation only.

        Returns:
            The record, whatever its status.

        Raises:
            NotFound: the service does not know it.
            Unsupported: the product has no other detail operation.
            APIError: another failure.
            ConnectionFailed: there was no answer.
        """
        self.check_id(task_id)
        reader = self._core.reader
        return await (reader.other if other else reader.one)(self.product, task_id)

    async def get_many(self, task_ids: Iterable[str]) -> dict[str, R]:
        """Read tasks, many in one request where the product has an operation for it.

        Args:
            task_ids: the tasks' ids.

        Returns:
            The records by id, in the order asked. Tasks that the service does not know are left
            out.

        Raises:
            APIError: a failure other than an unknown task.
            ConnectionFailed: there was no answer.
        """
        if isinstance(task_ids, str):
            raise TypeError(f"task_ids: expected a list of ids, got the text {task_ids!r}")
        asked = [*dict.fromkeys(task_ids)]
        for task_id in asked:
            self.check_id(task_id)
        found = await self._core.reader.many(self.product, asked)
        return {key: r for key in asked if (r := _known(found[key])) is not None}

    async def list(self, *, page_size: int = PAGE_SIZE) -> AsyncIterator[R]:
        """Go through all tasks of the product, newest first, by its documented list operation.

        The service leaves expired tasks out.

        Args:
            page_size: tasks in one request, 1 to 100.

        Yields:
            The records. A task that moves to the next page while pages are read comes once.

        Raises:
            ValueError: the page size is out of bounds.
            Unsupported: the service documents no list of the product's tasks.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        async for record in self._listed(self.product, page_size):
            yield record

    def _listed(self, product: Product[R], page_size: int) -> AsyncIterator[R]:
        check_page_size(page_size, pages_of(product).largest)

        async def read(number: int) -> Records[R]:
            return await self._core.reader.lists.page(product, number, page_size)

        return walk(read, attrgetter("id"))

    async def delete(self, task_id: str) -> None:
        """Delete a task, as `Job.delete` does.

        Args:
            task_id: the task's id.

        Raises:
            JobNotFound: the service does not know it.
            Unsupported: the service documents no deletion of the product's tasks.
            APIError: it refuses.
            ConnectionFailed: there was no answer.
        """
        await self.job(task_id).delete()


def check_single(request: Request[Any]) -> None:
    """Raise `ValueError` if a request makes several tasks."""
    if request.expected_tasks > 1:
        raise ValueError(
            f"{type(request).__name__}: this request makes {request.expected_tasks} tasks, and "
            f"start gives one job; use a2e.{request.product.kind}.start_all(…)"
        )


def _known(outcome: R | Exception) -> R | None:
    if isinstance(outcome, NotFound):
        return None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
