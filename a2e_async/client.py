"""The front door: `A2E`. Wiring only."""

from __future__ import annotations

import importlib
from collections.abc import Hashable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import anyio

from a2e_async import config
from a2e_async._version import __version__
from a2e_async.http.retry import RetryPolicy
from a2e_async.http.session import Session
from a2e_async.jobs.core import Core
from a2e_async.jobs.job import Deadline, Job, Timeout
from a2e_async.jobs.schedule import Schedule
from a2e_async.orders import Orders
from a2e_async.tasks.record import Record
from a2e_async.tasks.webhook import Webhook, check_webhook
from a2e_async.telemetry.finding import find

if TYPE_CHECKING:
    import os
    from collections.abc import Collection

    import aiohttp
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

    from a2e_async.batch.batch import Batch
    from a2e_async.batch.prices import Estimate
    from a2e_async.batch.source import Requests
    from a2e_async.jobs.queued import Keeper
    from a2e_async.portal import Portal
    from a2e_async.sandbox import Sandbox
    from a2e_async.tasks import AvatarVideoRecord

R = TypeVar("R", bound=Record)

# A sandbox that runs faster than this is polled as if it ran at this speed.
_FASTEST = 50.0


class A2E(Orders):
    """A client of the A2E media API.

    Use it as an asynchronous context manager, or call `aclose` at the end; opening and closing may
    happen in different tasks of one event loop. It runs on asyncio (aiohttp does), uvloop included.

    Each product is a `Family` under its documented name, and everything else is in groups.
    """

    def __init__(  # noqa: PLR0913  (each is a setting of its own, by keyword)
        self,
        token: str | None = None,
        *,
        base_url: str | None = None,
        session: aiohttp.ClientSession | None = None,
        middlewares: Sequence[aiohttp.ClientMiddlewareType] = (),
        language: str | None = None,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        retry: RetryPolicy | None = None,
        schedule: Schedule | None = None,
        webhook: Webhook | None = None,
        in_flight: int | None = None,
        starts_per_second: float | None = None,
        in_flight_per_kind: Mapping[str, int] | None = None,
        store: str | os.PathLike[str] | None = None,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        """Make a client. Nothing is opened or sent yet.

        Args:
            token: the API token (``sk_…``); left out, the environment's ``A2E_API_KEY``, then
                ``A2E_API_TOKEN``.
            base_url: the service's address; left out, the environment's ``A2E_BASE_URL``, then
                ``https://video.a2e.ai``.
            session: an aiohttp session to use; it is never closed here.
            middlewares: aiohttp client middlewares for the requests to the service.
            language: value of the ``x-lang`` header, such as ``en-US``.
            connect_timeout: seconds to reach the service.
            read_timeout: seconds without a byte of an answer before a request is given up.
            retry: limits of the retries of one request.
            schedule: how often waiting jobs are looked at.
            webhook: where the service calls when a task ends, sent with each start that can take
                it and has no ``webhook_url`` of its own. `WebhookReceiver` listens to the calls.
            in_flight: tasks that are under way at once at the most, from 1; a start waits for its
                place. Left out, any number.
            starts_per_second: starts that are sent in a second at the most, evenly apart, above 0,
                such as 0.5. Left out, any number.
            in_flight_per_kind: tasks of a product that are under way at once at the most, by the
                product's name, such as ``{"avatar_video": 2}``.
            store: file that keeps every start with the caller's own data, made if it is missing,
                in a folder that is there. After a restart, `unfinished` gives the jobs again. One
                process at a time can have it.
            tracer_provider: where OpenTelemetry spans go, if ``opentelemetry-api`` is installed;
                left out, the global one.
            meter_provider: where OpenTelemetry metrics go; left out, the global one.

        Raises:
            ConfigurationError: no token, or an address that is none.
            TypeError: a time or limit that is no number, or a webhook that is no `Webhook`.
            ValueError: a time or limit of 0 or below, an unknown product, or a language that is
                none.
        """
        settings = config.from_environment(
            token=token,
            base_url=base_url,
            language=language,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            user_agent=config.user_agent(__version__),
        )
        self._open(
            Session(
                settings,
                session=session,
                middlewares=middlewares,
                policy=retry,
                telemetry=find(tracer_provider, meter_provider),
            ),
            schedule or Schedule(),
            webhook,
            in_flight=in_flight,
            starts_per_second=starts_per_second,
            in_flight_per_kind=in_flight_per_kind,
        )
        self._keep_with(store)

    def _open(
        self,
        session: Session,
        schedule: Schedule,
        webhook: Webhook | None,
        sandbox: Sandbox | None = None,
        **limits: Any,
    ) -> None:
        check_webhook(webhook)
        self._sandbox = sandbox
        self._core = Core(session, schedule, webhook=webhook, **limits)
        for kind in limits["in_flight_per_kind"] or ():
            self.check_kind(kind, field="in_flight_per_kind")

    def _keep_with(self, store: str | os.PathLike[str] | None) -> None:
        path = None if store is None else config.read_path("store", store)

        def make() -> Keeper:
            from a2e_async.store.keeper import Keeper  # noqa: PLC0415  (loaded at first use)

            return Keeper(self._core, self.family, path)

        if path is not None:
            # What takes longest of it is better done now than in the middle of other work.
            importlib.import_module("a2e_async.store.keeper")
        self._core.keep_with(make, keeps=path is not None)

    @classmethod
    def sandbox(  # noqa: PLR0913  (each is a setting of its own, by keyword)
        cls,
        *,
        sandbox: Sandbox | None = None,
        schedule: Schedule | None = None,
        retry: RetryPolicy | None = None,
        webhook: Webhook | None = None,
        in_flight: int | None = None,
        starts_per_second: float | None = None,
        in_flight_per_kind: Mapping[str, int] | None = None,
        store: str | os.PathLike[str] | None = None,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        **options: Any,
    ) -> Self:
        """Make a client on a local service in this process: no token, no network, no coins.

        Args:
            sandbox: a sandbox that is running or will be, and is not closed by the client; left
                out, one is made, and closed with the client.
            schedule: how often waiting jobs are looked at; left out, as often as the sandbox's
                speed makes sensible.
            retry: limits of the retries of one request.
            webhook: where the sandbox calls when a task ends, such as ``http://localhost:8080/``.
            in_flight: limit as of the client itself.
            starts_per_second: limit as of the client itself.
            in_flight_per_kind: limit as of the client itself.
            store: as of the client itself.
            tracer_provider: as of the client itself.
            meter_provider: as of the client itself.
            options: arguments of `a2e_async.sandbox.Sandbox`.

        Returns:
            The client. The sandbox starts with the first request.

        Raises:
            ConfigurationError: the extra ``sandbox`` is not installed.
            TypeError: a sandbox together with options for one.
        """
        from a2e_async.sandbox import Sandbox  # noqa: PLC0415  (an extra, and slow to import)

        if sandbox is not None and options:
            raise TypeError(f"sandbox: expected this or options for a new one, got both: {options}")
        own = Sandbox(**options) if sandbox is None else None
        service = own or sandbox
        assert service is not None

        async def address() -> str:
            await service.start()
            return service.base_url

        settings = config.Settings(
            token=service.token or "sk_sandbox",
            base_url="sandbox",
            user_agent=config.user_agent(__version__),
        )
        client = cls.__new__(cls)
        client._open(  # noqa: SLF001  (its own class)
            Session(
                settings,
                policy=retry,
                address=address,
                telemetry=find(tracer_provider, meter_provider),
            ),
            schedule or Schedule().faster(min(max(service.speed, 1.0), _FASTEST)),
            webhook,
            own,
            in_flight=in_flight,
            starts_per_second=starts_per_second,
            in_flight_per_kind=in_flight_per_kind,
        )
        client._keep_with(store)  # noqa: SLF001
        return client

    def __repr__(self) -> str:
        """Show where it talks to."""
        return f"<A2E {self._core.session.settings.base_url}>"

    async def __aenter__(self) -> Self:
        """Give the client; the connection is made by the first request."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the client."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the client: waits end with `JobError`, sockets and files are given back.

        Tasks at the service go on, and their jobs can be resumed by another client. May be called
        more than once.
        """
        if self._is_view:
            return
        with anyio.CancelScope(shield=True):
            async with AsyncExitStack() as last_first:
                if self._sandbox is not None:
                    last_first.push_async_callback(self._sandbox.aclose)
                last_first.push_async_callback(self._core.aclose)

    async def drain(self, *, timeout: float | None = None) -> list[str]:
        """Start nothing any more, and wait for what is under way: the first half of a clean stop.

        From the call on, what wants to start raises `ConfigurationError`, be it new or waiting for
        its place: it was not sent. Starts that were sent are waited for however long their answers
        take, since these tell the ids of what was paid for. Everything else works until `aclose`.

        A drain that is cancelled ends no wait. One that is called during another gives the waits
        the shorter of the two times.

        Args:
            timeout: seconds that waits go on at the most, from 0. Those that are left then end
                with `JobError`, which has the job. None for as long as they last, each up to its
                own timeout.

        Returns:
            The tokens of the tasks that go on at the service, as far as this client started them or
            waited for them. `job` makes the jobs again, in another process too.

        Raises:
            TypeError: the timeout is no number.
            ValueError: it is negative or not finite.
            ConfigurationError: the client belongs to another event loop.
        """
        return await self._core.drain(config.read_seconds("timeout", timeout, zero=True))

    @cached_property
    def portal(self) -> Portal:
        """Calls from other threads than the one of the client's event loop."""
        from a2e_async.portal import Portal  # noqa: PLC0415  (loaded at first use)

        return Portal(self._core.session)

    def batch(  # noqa: PLR0913  (each is a setting of its own, by keyword)
        self,
        requests: Requests | None = None,
        *,
        in_flight: int | None = 16,
        starts_per_second: float | None = None,
        in_flight_per_kind: Mapping[str, int] | None = None,
        group: Hashable | None = None,
        journal: str | os.PathLike[str] | None = None,
        retry: str | Collection[str] = (),
        budget: float | None = None,
        estimate: Estimate = None,
        download_to: str | os.PathLike[str] | None = None,
        pattern: str = "{index:05d}-{key}",
        results: str | os.PathLike[str] | None = None,
        timeout: Timeout = Deadline.OF_FAMILY,
        patience: float = 3600.0,
        dry_run: bool = False,
    ) -> Batch:
        """Run many requests under limits. None is lost, and none is paid for twice.

        Nothing is read or sent before the outcomes are asked for.

        Args:
            requests: an iterable or asynchronous iterable of requests, or of pairs (key, request),
                of any products. It is read as places become free. Left out, the items of the
                journal.
            in_flight: tasks under way at once, from 1; None for as many as the client allows.
            starts_per_second: starts per second, above 0, evenly apart.
            in_flight_per_kind: tasks under way at once by product, such as ``{"avatar_video": 4}``.
            group: whose starts these are: a free place of the client's goes to the group that has
                the fewest. Left out, a group of its own.
            journal: file that keeps what became of each item, made if it is missing. The same
                requests with the same journal go on where they stood: what was started is waited
                for, and only what provably does not exist is started.
            retry: ``"failed"`` and ``"uncertain"``: items of the journal in these states are
                started anew, and paid for again. What is uncertain is looked for first.
            budget: coins that are spent at the most, those of earlier runs with the same journal
                included. No start is made that a quote, the last price of such a request or
                `estimate` says to go beyond it.
            estimate: coins of a start where nothing else tells, or a mapping by product.
            download_to: directory for the results, fetched as soon as there are any.
            pattern: names of the files without the suffix, with the fields ``{index}``, ``{key}``,
                ``{kind}`` and ``{id}``, of which ``{index}`` or ``{id}`` has to be there.
            results: file that gets a line of JSON for each item.
            timeout: seconds to wait for each task, None for no limit; left out, the deadline of
                its product.
            patience: seconds without a single start after which an item that the service has no
                place for, or that cannot reach it, is given up for this run.
            dry_run: True checks and prices the requests, and starts nothing. Each outcome's
                ``coins`` is the estimate, None where nothing tells the price.

        Returns:
            The batch: iterate over it, or await it. What it raises, `Batch` tells; what goes wrong
            with an item is in its outcome.

        Raises:
            TypeError: an argument of the wrong type.
            ValueError: an argument out of bounds.
        """
        from a2e_async.batch.batch import Batch  # noqa: PLC0415  (loaded at first use)
        from a2e_async.batch.settings import Settings  # noqa: PLC0415

        settings = Settings(
            group=self._whose(group),
            journal=journal,
            retry=retry,
            budget=budget,
            estimate=estimate,
            download_to=download_to,
            pattern=pattern,
            results=results,
            timeout=timeout,
            patience=patience,
            dry_run=dry_run,
        )
        limits = {
            "in_flight": in_flight,
            "starts_per_second": starts_per_second,
            "in_flight_per_kind": in_flight_per_kind,
        }
        batch = Batch(self._core, self.family, requests, settings, limits)
        for kind in in_flight_per_kind or ():
            self.check_kind(kind, field="in_flight_per_kind")
        return batch

    async def avatar_video_from_text(
        self,
        text: str,
        *,
        anchor_id: str,
        tts_id: str | None = None,
        user_voice_id: str | None = None,
        speech_rate: float | None = None,
        **video: Any,
    ) -> Job[AvatarVideoRecord]:
        """Let an avatar say a text: speech first, then the video of it.

        All fields are checked before the speech, which is charged on its own, is made.

        Args:
            text: what the avatar says, 1 to 1000 characters.
            anchor_id: the avatar's id.
            tts_id: a built-in voice; left out together with ``user_voice_id``, the first voice of
                the avatar's language.
            user_voice_id: an own cloned voice.
            speech_rate: speed, 0.5 to 2.
            video: more fields of `AvatarVideo`. ``anchor_type`` is looked up when left out.

        Returns:
            The video's job, to await.

        Raises:
            TypeError: a field is unknown or of the wrong type.
            ValueError: a field is out of bounds, or nobody knows the avatar.
            A2EError: what `text_to_speech` and `Family.start` raise. After the speech was made, a
                note of the error holds its URL.
        """
        from a2e_async import recipes  # noqa: PLC0415  (loaded at first use)

        return await recipes.avatar_video_from_text(
            self._core,
            self.avatar_video,
            text=text,
            anchor_id=anchor_id,
            speech={
                "tts_id": tts_id,
                "user_voice_id": user_voice_id,
                "speech_rate": speech_rate,
            },
            video=video,
        )
