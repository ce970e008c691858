"""Read by the type checkers, run by nobody: what the public face is typed as."""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

from a2e_async import (
    A2E,
    Avatar,
    AvatarVideo,
    AvatarVideoRecord,
    Job,
    JobFailed,
    JobStatus,
    Language,
    Record,
    TextToImage,
    TextToImageRecord,
    Voice,
)


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


def failed(error: JobFailed) -> None:
    assert_type(error.job, Job[Any])
    assert_type(error.record, Record | None)
