"""The front door: `A2E`. Wiring only."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import anyio

from a2e_async import config, families, parts, resources, tasks
from a2e_async._version import __version__
from a2e_async.http.retry import RetryPolicy
from a2e_async.http.session import Session
from a2e_async.jobs.core import Core
from a2e_async.jobs.family import Family
from a2e_async.jobs.job import Deadline, Job, Timeout
from a2e_async.jobs.schedule import Schedule
from a2e_async.parts import FamilyOf, Group
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import Request
from a2e_async.tasks.webhook import Webhook, check_webhook

if TYPE_CHECKING:
    import os
    from collections.abc import Collection

    import aiohttp

    from a2e_async.batch.batch import Batch
    from a2e_async.batch.prices import Estimate
    from a2e_async.batch.source import Requests
    from a2e_async.sandbox import Sandbox
    from a2e_async.tasks import AvatarVideoRecord

R = TypeVar("R", bound=Record)

# A sandbox that runs faster than this is polled as if it ran at this speed.
_FASTEST = 50.0


class A2E:
    """A client of the A2E media API.

    Use it as an asynchronous context manager, or call `aclose` at the end; opening and closing may
    happen in different tasks of one event loop. It runs on asyncio (aiohttp does), uvloop included.

    Each product is a `Family` under its documented name, and everything else is in groups.
    """

    text_to_image = FamilyOf(lambda core: families.TextToImages(core, tasks.TextToImage))
    avatar_video = FamilyOf(lambda core: Family(core, tasks.AvatarVideo))
    actor_swap = FamilyOf(lambda core: Family(core, tasks.ActorSwap))
    avatar_training = FamilyOf(lambda core: families.AvatarTrainings(core, tasks.AvatarTraining))
    caption_removal = FamilyOf(lambda core: families.CaptionRemovals(core, tasks.CaptionRemoval))
    dubbing = FamilyOf(lambda core: families.RunningFamily(core, tasks.Dubbing))
    face_swap = FamilyOf(lambda core: families.RunningFamily(core, tasks.FaceSwap))
    face_swap_preview = FamilyOf(lambda core: Family(core, tasks.FaceSwapPreview))
    flux_2 = FamilyOf(lambda core: Family(core, tasks.Flux2))
    gpt_image = FamilyOf(lambda core: Family(core, tasks.GptImage))
    grok_video = FamilyOf(lambda core: Family(core, tasks.GrokVideo))
    happyhorse_video = FamilyOf(lambda core: Family(core, tasks.HappyhorseVideo))
    head_swap = FamilyOf(lambda core: Family(core, tasks.HeadSwap))
    image_edit = FamilyOf(lambda core: Family(core, tasks.ImageEdit))
    image_to_video = FamilyOf(lambda core: families.ImageToVideos(core, tasks.ImageToVideo))
    kling_image = FamilyOf(lambda core: Family(core, tasks.KlingImage))
    kling_omni = FamilyOf(lambda core: families.RenamingFamily(core, tasks.KlingOmni))
    kling_video = FamilyOf(lambda core: families.RenamingFamily(core, tasks.KlingVideo))
    motion_transfer = FamilyOf(lambda core: Family(core, tasks.MotionTransfer))
    nano_banana = FamilyOf(lambda core: Family(core, tasks.NanoBanana))
    photobook = FamilyOf(lambda core: Family(core, tasks.Photobook))
    product_avatar = FamilyOf(lambda core: Family(core, tasks.ProductAvatar))
    qwen_image = FamilyOf(lambda core: Family(core, tasks.QwenImage))
    seedance_15_pro = FamilyOf(lambda core: Family(core, tasks.Seedance15Pro))
    seedance_2 = FamilyOf(lambda core: families.RenamingFamily(core, tasks.Seedance2))
    sora_2_pro_video = FamilyOf(lambda core: Family(core, tasks.Sora2ProVideo))
    talking_photo = FamilyOf(lambda core: Family(core, tasks.TalkingPhoto))
    talking_video = FamilyOf(lambda core: Family(core, tasks.TalkingVideo))
    think_sound = FamilyOf(lambda core: Family(core, tasks.ThinkSound))
    upscale = FamilyOf(lambda core: Family(core, tasks.Upscale))
    veo_video = FamilyOf(lambda core: families.VeoVideos(core, tasks.VeoVideo))
    virtual_try_on = FamilyOf(lambda core: Family(core, tasks.VirtualTryOn))
    voice_clone = FamilyOf(lambda core: families.VoiceClones(core, tasks.VoiceClone))
    wan_25 = FamilyOf(lambda core: Family(core, tasks.Wan25))
    wan_30 = FamilyOf(lambda core: Family(core, tasks.Wan30))
    wan_spicy = FamilyOf(lambda core: Family(core, tasks.WanSpicy))

    account = Group(lambda core: resources.Account(core.session))
    avatars = Group(lambda core: resources.Avatars(core.session))
    backgrounds = Group(lambda core: resources.Backgrounds(core.session, core.files))
    detect_language = Group(lambda core: resources.Speech(core.session).detect_language)
    files = Group(lambda core: core.files)
    faces = Group(lambda core: resources.Faces(core.session, core.files))
    languages = Group(lambda core: resources.Voices(core.session).languages)
    streaming = Group(lambda core: resources.Streaming(core.session, core.before_close))
    text_to_speech = Group(lambda core: resources.Speech(core.session).text_to_speech)
    tokens = Group(lambda core: resources.Tokens(core.session))
    voices = Group(lambda core: resources.Voices(core.session))
    watermark = Group(lambda core: resources.Watermark(core.session, core.files).watermark)

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
            Session(settings, session=session, middlewares=middlewares, policy=retry),
            schedule or Schedule(),
            webhook,
            in_flight=in_flight,
            starts_per_second=starts_per_second,
            in_flight_per_kind=in_flight_per_kind,
        )

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
            Session(settings, policy=retry, address=address),
            schedule or Schedule().faster(min(max(service.speed, 1.0), _FASTEST)),
            webhook,
            own,
            in_flight=in_flight,
            starts_per_second=starts_per_second,
            in_flight_per_kind=in_flight_per_kind,
        )
        return client

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """Name all products: each kind is also the name of the client's attribute."""
        return parts.names(cls, FamilyOf)

    @classmethod
    def check_kind(cls, kind: str, *, field: str = "kind") -> None:
        """Raise `ValueError`, with the names that there are, unless a name is a product's."""
        kinds = cls.kinds()
        if kind not in kinds:
            from a2e_async.tasks.manual import meant  # noqa: PLC0415  (for a mistake only)

            known = ", ".join(kinds)
            raise ValueError(f"{field}: expected one of {known}, got {kind!r}{meant(kind, kinds)}")

    def family(self, kind: str) -> Family[..., Any]:
        """Give the family of a product by its name.

        Args:
            kind: the product's name, such as ``text_to_image``.

        Raises:
            ValueError: there is no such product.
        """
        self.check_kind(kind)
        found: Family[..., Any] = getattr(self, kind)
        return found

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
        with anyio.CancelScope(shield=True):
            async with AsyncExitStack() as last_first:
                if self._sandbox is not None:
                    last_first.push_async_callback(self._sandbox.aclose)
                last_first.push_async_callback(self._core.aclose)

    async def submit(self, request: Request[R], *, group: Hashable = None) -> Job[R]:
        """Start the task of a request; the same as ``start`` of its family with its fields.

        Args:
            request: the request, such as ``TextToImage(prompt="a lake")``.
            group: whose start it is, such as a user's id: where starts wait for the client's
                limits, a free place goes to the group that has the fewest.

        Returns:
            The job, to await.

        Raises:
            TypeError: it is no request, or the group cannot be one.
            A2EError: what `Family.start` raises.
        """
        return await self._family_of(request).submit(request, group=group)

    async def run(self, request: Request[R], *, group: Hashable = None) -> R:
        """Start the task of a request and wait for it.

        Args:
            request: the request.
            group: whose start it is, as for `submit`.

        Returns:
            The record of the completed task.

        Raises:
            TypeError: it is no request.
            A2EError: what `Family.start` and `Job.wait` raise.
        """
        family = self._family_of(request)
        return await family.result_of(await family.submit(request, group=group))

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
            group=group,
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
