"""Read by the type checkers, run by nobody: what the public face is typed as."""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

from aiohttp import web

from a2e_async import (
    A2E,
    Avatar,
    AvatarVideo,
    AvatarVideoRecord,
    ImageToVideoRecord,
    Job,
    JobFailed,
    JobStatus,
    Language,
    Record,
    Snapshot,
    TextToImage,
    TextToImageRecord,
    Voice,
    Webhook,
    WebhookReceiver,
    describe,
)
from a2e_async.families.extensions import ExtendedPrompt, PromptEvent
from a2e_async.families.image_to_video import ProcessingTime, QueueLevel
from a2e_async.files.storage import Presigned
from a2e_async.resources.avatars import CustomAvatar
from a2e_async.resources.backgrounds import Background
from a2e_async.resources.faces import Face
from a2e_async.resources.ledger import Balance, Exchange, Quote, Transaction
from a2e_async.resources.rooms import StreamingSession
from a2e_async.resources.streaming import StreamingAvatar
from a2e_async.resources.tokens import ApiToken, LoginToken
from a2e_async.resources.voices import Preview


async def text_to_image(a2e: A2E) -> None:
    assert_type(await a2e.text_to_image.start(prompt="x", width=1), Job[TextToImageRecord])
    assert_type(await a2e.text_to_image.start_all(prompt="x"), list[Job[TextToImageRecord]])
    assert_type(await a2e.text_to_image.run(prompt="x", req_key="high_aes"), TextToImageRecord)
    assert_type(await a2e.text_to_image.get("id"), TextToImageRecord)
    assert_type(await a2e.text_to_image.get_many(["id"]), dict[str, TextToImageRecord])
    assert_type(a2e.text_to_image.job("id"), Job[TextToImageRecord])
    assert_type([r async for r in a2e.text_to_image.list()], list[TextToImageRecord])
    assert_type(await a2e.submit(TextToImage(prompt="x")), Job[TextToImageRecord])
    assert_type(await a2e.run(TextToImage(prompt="x")), TextToImageRecord)
    await a2e.text_to_image.start(prompt="x", input_images=[Path("a.png"), b"..."])
    await a2e.text_to_image.start()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await a2e.text_to_image.start(
        prompt="x",
        colour="red",  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    )
    await a2e.text_to_image.start(
        prompt="x",
        width="1024",  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    )


async def avatar_video(a2e: A2E) -> None:
    job = await a2e.avatar_video.start(anchor_id="x", anchor_type=0, audio_src=Path("a.wav"))
    assert_type(job, Job[AvatarVideoRecord])
    assert_type(await job, AvatarVideoRecord)
    assert_type(await a2e.run(AvatarVideo(anchor_id="x", anchor_type=1)), AvatarVideoRecord)
    assert_type(await a2e.avatar_video_from_text("x", anchor_id="x"), Job[AvatarVideoRecord])
    await a2e.avatar_video.start(anchor_type=0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def job(job: Job[TextToImageRecord]) -> None:
    assert_type(await job, TextToImageRecord)
    assert_type(await job.wait(timeout=None), TextToImageRecord)
    assert_type(await job.refresh(), TextToImageRecord)
    assert_type([r async for r in job.updates()], list[TextToImageRecord])
    assert_type([s async for s in job.watch(every=3)], list[Snapshot[TextToImageRecord]])
    assert_type(job.snapshot.record, TextToImageRecord | None)
    assert_type(describe(job), str)
    assert_type(await job.download("out"), list[Path])
    assert_type(job.status, JobStatus)
    assert_type(job.record, TextToImageRecord | None)
    assert_type((job.id, job.kind, job.token), tuple[str, str, str])


async def around(a2e: A2E) -> None:
    assert_type(a2e.job("text_to_image:id"), Job[Any])
    assert_type(await a2e.text_to_speech("x", tts_id="x"), str)
    assert_type(await a2e.voices.list(), list[Voice])
    assert_type(await a2e.avatars.list(type="custom"), list[Avatar])
    assert_type(await a2e.languages(), list[Language])
    assert_type(await a2e.account.coins(), float | int)
    assert_type(await a2e.files.upload(b"..."), str)


async def groups(a2e: A2E) -> None:
    request = TextToImage(prompt="x")
    assert_type(await a2e.account.balance(), Balance)
    assert_type(await a2e.account.quote(request), Quote)
    assert_type(await a2e.account.quote("/api/v1/userText2Image/start", {}), Quote)
    await a2e.account.quote("/api/v1/x")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert_type([it async for it in a2e.account.history(page_size=5)], list[Transaction])
    assert_type(await a2e.account.exchange_diamonds(1), Exchange)
    assert_type(await a2e.account.auto_public_pool(enabled=True), bool)
    assert_type(await a2e.tokens.login({"account": "me"}), LoginToken)
    assert_type(await a2e.tokens.generate("mine"), ApiToken)
    assert_type(await a2e.voices.list_by_post(), list[Voice])
    assert_type(await a2e.voices.tts_list(), list[Voice])
    assert_type([it async for it in a2e.voices.previews()], list[Preview])
    assert_type(await a2e.avatars.all(web_type="a2e"), list[Avatar])
    assert_type(await a2e.avatars.list_custom(), list[CustomAvatar])
    assert_type(await a2e.avatars.add_custom({}), CustomAvatar)
    assert_type(await a2e.avatars.tags(), list[str])
    assert_type(await a2e.backgrounds.add(Path("a.png")), Background)
    assert_type(await a2e.backgrounds.all(), list[Background])
    assert_type(await a2e.faces.add(b"..."), Face)
    assert_type(await a2e.faces.list(), list[Face])
    assert_type(await a2e.detect_language("x"), str)
    assert_type(await a2e.watermark("https://x.y/z", "text", text="x"), str)
    assert_type(await a2e.files.transfer("https://x.y/z"), str)
    assert_type(await a2e.files.presign("x"), Presigned)


async def streaming(a2e: A2E) -> None:
    assert_type(await a2e.streaming.avatars(), list[StreamingAvatar])
    async with a2e.streaming.open("x", expire_seconds=5) as room:
        assert_type(room, StreamingSession)
        assert_type((room.app_id, room.channel, room.token, room.uid), tuple[str, str, str, int])
    await a2e.streaming.leave("x")


async def image_to_video(a2e: A2E, media: Path) -> None:
    family = a2e.image_to_video
    assert_type(await family.average_processing_time(), ProcessingTime)
    assert_type(await family.unlimited_queue_level(), QueueLevel)
    prompt = await family.extend_prompt(
        reference_id="x", image_url=media, prompt="x", negative_prompt="", template="cinematic"
    )
    assert_type(prompt, ExtendedPrompt)
    async for event in family.stream_flf2v_prompt(
        reference_id="x", image_url=media, end_image_url=media, prompt="x", negative_prompt=""
    ):
        assert_type(event, PromptEvent)
    assert_type(await family.run(image_url=media, prompt="x"), ImageToVideoRecord)
    assert_type(await a2e.veo_video.full_hd("x"), str)


def failed(error: JobFailed) -> None:
    assert_type(error.job, Job[Any])
    assert_type(error.record, Record | None)


async def webhooks(request: web.Request) -> None:
    a2e = A2E(webhook=Webhook(url="https://x.ai/"))
    receiver = WebhookReceiver(a2e, A2E.sandbox(webhook=Webhook(url="https://x.ai/", token="t")))
    assert_type(receiver.ring(None, b""), bool)
    assert_type(await receiver.handle(request), web.Response)
    assert_type(receiver.app(), web.Application)
