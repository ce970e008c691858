"""What a client starts, keeps and gives again: the verbs that take a request, or find a job."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from a2e_async.jobs.family import Family
from a2e_async.jobs.job import Job
from a2e_async.products import Products
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from a2e_async.jobs.queued import QueuedJob
    from a2e_async.sandbox import Sandbox

R = TypeVar("R", bound=Record)


class Orders(Products):
    """The verbs of a client that take a request of any product."""

    _is_view = False
    _sandbox: Sandbox | None = None

    def bound(self, *, tag: Any = None, group: Hashable = None) -> Self:
        """Make a light view of the client, all of whose starts belong to somebody.

        Its families take their usual fields: ``a2e.bound(group="user:42").text_to_image.start(…)``.
        It has nothing of its own to be closed: `aclose` of a view does nothing.

        Args:
            tag: a JSON value that the jobs have again after a restart; needs a store.
            group: whose starts they are, as for `submit`.

        Returns:
            The view. What it leaves out is that of the client or view that it is made of.

        Raises:
            TypeError, ValueError: with a store, a tag that is no JSON value, or a group that is no
                text.
            ConfigurationError: a tag, and no store.
        """
        if tag is not None or self._core.keeps:
            self._core.keeper.check(tag, group, None)
        view = object.__new__(type(self))
        view._core, view._sandbox, view._is_view = self._core, None, True
        view._binding = self._binding.over(tag=tag, group=group)
        return view

    async def submit(
        self,
        request: Request[R],
        *,
        tag: Any = None,
        group: Hashable = None,
        key: str | None = None,
    ) -> Job[R]:
        """Start the task of a request; the same as ``start`` of its family with its fields.

        Args:
            request: the request, such as ``TextToImage(prompt="a lake")``.
            tag: a JSON value of your own, such as ``{"chat": 42}``, which the job has again after a
                restart; needs a store.
            group: whose start it is, such as a user's id: where starts wait for the client's
                limits, a free place goes to the group that has the fewest. With a store, a text.
            key: your own name of the request, of 1 to 500 characters; needs a store. The same key
                gives the same job, whatever happened in between: what comes twice is paid once.

        Returns:
            The job, to await.

        Raises:
            TypeError: it is no request, the group cannot be one, or the tag is no JSON value.
            ValueError: the request makes several tasks, or the key has another request.
            ConfigurationError: a tag or key, and no store.
            JournalError: the store cannot be used.
            A2EError: what `Family.start` raises.
        """
        return await self._family_of(request).submit(request, tag=tag, group=group, key=key)

    async def run(
        self,
        request: Request[R],
        *,
        tag: Any = None,
        group: Hashable = None,
        key: str | None = None,
    ) -> R:
        """Start the task of a request and wait for it.

        With a store, the result counts as handed over when this returns or raises `JobFailed`.

        Args:
            request: the request.
            tag: as for `submit`.
            group: whose start it is, as for `submit`.
            key: as for `submit`.

        Returns:
            The record of the completed task.

        Raises:
            TypeError: it is no request.
            A2EError: what `submit` and `Job.wait` raise.
        """
        family = self._family_of(request)
        return await family.result_of(await family.submit(request, tag=tag, group=group, key=key))

    async def enqueue(
        self,
        request: Request[R],
        *,
        tag: Any = None,
        group: Hashable = None,
        key: str | None = None,
    ) -> QueuedJob[R]:
        """Take a request, and start its task as soon as the client's limits have a place for it.

        With a store, the request is kept for good when this returns, and started after a restart if
        it was not before.

        Args:
            request: the request.
            tag: as for `submit`.
            group: whose start it is, as for `submit`.
            key: as for `submit`.

        Returns:
            The job, to await. It tells its place in the line, and can be cancelled for nothing
            until it is started. What a start raises, awaiting it does.

        Raises:
            TypeError, ValueError, JournalError: as for `submit`.
            ConfigurationError: a tag or key, and no store; or the client is closed or drained.
        """
        return await self._family_of(request).queue(request, tag=tag, group=group, key=key)

    def unfinished(self, *, group: str | None = None) -> AsyncIterator[QueuedJob[Any]]:
        """Go through the jobs of the store that were not handed over, with their tags.

        Each goes on by itself from the moment at which it is given: what was not started yet is
        started when its turn comes; what was started is waited for; of a start that a crash has cut
        off, the task is looked for by its name, and it is started again only where there provably
        is none. What has ended comes with its record. `Job.acknowledge` ends this.

        Args:
            group: only the jobs of this group; left out, those of the view's, or all.

        Returns:
            An asynchronous iterator over jobs, in the order in which their requests were kept.

        Raises:
            ConfigurationError: there is no store.
            JournalError: it cannot be used: another process has it, or it is damaged.
        """
        return self._core.keeper.unfinished(self._whose(group))

    async def spent(self, *, group: str | None = None, since: datetime | None = None) -> float:
        """Add up the coins of the starts in the store, such as for a user's quota.

        Args:
            group: only those of this group; left out, those of the view's, or all.
            since: only starts from this moment on, a datetime with a time zone. What was handed
                over is kept for seven days.

        Returns:
            Coins, as the service told them. What waits in line costs nothing yet, and a start
            whose price the service did not tell counts as 0.

        Raises:
            TypeError, ValueError: the moment is none, or has no time zone.
            ConfigurationError: there is no store.
            JournalError: it cannot be used.
        """
        return await self._core.keeper.spent(self._whose(group), since)

    def _whose(self, group: Hashable) -> Any:
        return self._binding.group if group is None else group

    def _family_of(self, request: Request[R]) -> Family[Any, R]:
        if not isinstance(request, Request):
            raise TypeError(f"request: expected a request such as TextToImage(…), got {request!r}")
        return self.family(request.product.kind)

    def job(self, token: str) -> Job[Any]:
        """Make the job of a token again, in this process or any other. Nothing is sent.

        Args:
            token: ``job.token`` of the job, a text of the form ``kind:id``.

        Returns:
            The job, to await.

        Raises:
            TypeError: it is no text.
            ValueError: it is no token of a known family.
        """
        if not isinstance(token, str):
            raise TypeError(f"token: expected a text of the form 'kind:id', got {token!r}")
        kind, _, task_id = token.strip().partition(":")
        if not task_id:
            raise ValueError(f"token: expected 'kind:id', as job.token has it, got {token!r}")
        return self.family(kind).job(task_id)
