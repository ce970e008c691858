"""Verbs that some products have besides the common ones; the product's facts name the operation."""

from __future__ import annotations

from typing import ParamSpec, TypeAlias, TypeVar

from a2e_async.errors import Unsupported
from a2e_async.http.operation import Operation
from a2e_async.http.retry import Effect
from a2e_async.jobs.family import Family
from a2e_async.jobs.job import Job
from a2e_async.tasks import checks
from a2e_async.tasks.product import Product
from a2e_async.tasks.record import Record

P = ParamSpec("P")
R = TypeVar("R", bound=Record)

# `list` is a verb of the family's own.
Records: TypeAlias = list[R]


class RenamingFamily(Family[P, R]):
    """A family whose tasks can be given another name."""

    async def rename(self, task_id: str, name: str) -> None:
        """Give a task another name; nothing else of it changes.

        Args:
            task_id: the task's id.
            name: its new name.

        Raises:
            TypeError: an argument that is no text.
            ValueError: a blank one.
            NotFound: the service does not know the task.
            APIError: it refuses.
            ConnectionFailed: there was no answer.
        """
        self.check_id(task_id)
        checks.Text().check("name", name)
        operation = _documented(self.product, self.product.rename)
        # The same name twice is the same name.
        call = operation.call(task_id, json={"name": name})
        await self._core.session.call(call, effect=Effect.READ)


class RetryingFamily(Family[P, R]):
    """A family whose failed tasks can be tried again."""

    async def retry(self, task_id: str) -> Job[R]:
        """Ask for another attempt at a failed task. It may be charged; it is never sent twice.

        The service documents no way to name the task, nor what becomes of it: the id is sent as
        ``_id``, and the answer decides about the job.

        Args:
            task_id: the task's id.

        Returns:
            The job of the task that the answer tells of, else of the same task.

        Raises:
            TypeError: the id is no text.
            ValueError: it is blank.
            SubmitUncertain: the answer was lost.
            APIError: the service refuses, as it does where the task cannot be tried again.
            ConnectionFailed: the service was not reached.
        """
        self.check_id(task_id)
        operation = _documented(self.product, self.product.retry)
        return await self.start_by(operation.call(json={"_id": task_id}), task_id)


class RunningFamily(Family[P, R]):
    """A family whose tasks under way can be listed in one request."""

    async def running(self) -> Records[R]:
        """List the tasks under way.

        Returns:
            Their records.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        operation = _documented(self.product, self.product.running)
        return await self._core.reader.lists.records(self.product, operation.call())


def _documented(product: Product[R], operation: Operation | None) -> Operation:
    if operation is None:
        raise Unsupported(f"{product.kind}: the service documents no such operation")
    return operation
