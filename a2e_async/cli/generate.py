"""``a2e image`` and ``a2e video``: start tasks, wait for them, fetch the results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import attrs
import typer

from a2e_async import A2E, AvatarVideo, Job, TextToImage
from a2e_async.cli.follow import Delivery
from a2e_async.cli.options import choice, command, defaults, number
from a2e_async.cli.shell import Shell
from a2e_async.cli.start import Make, Out, Start, Timeout, Wait, start_and_fetch
from a2e_async.jobs.names import unique_name
from a2e_async.resources.speech import TextToSpeech
from a2e_async.tasks.checks import Media
from a2e_async.tasks.text_to_image import AspectRatio, ModelType, ReqKey

_IMAGE = defaults(TextToImage)
_VIDEO = defaults(AvatarVideo)
_SPEECH = defaults(TextToSpeech)


@command
def image(  # noqa: PLR0913  (each is an option)
    shell: Shell,
    prompt: Annotated[str, typer.Argument(metavar="PROMPT", help="What to show.")],
    *,
    width: Annotated[
        int, number(TextToImage, "width", "Width in pixels.", metavar="PIXELS")
    ] = _IMAGE.width,
    height: Annotated[
        int, number(TextToImage, "height", "Height in pixels.", metavar="PIXELS")
    ] = _IMAGE.height,
    req_key: Annotated[ReqKey, choice(ReqKey, "Style, general or manga")] = _IMAGE.req_key,
    model_type: Annotated[
        ModelType | None, choice(ModelType, "Model; left out, the service's default")
    ] = _IMAGE.model_type,
    aspect_ratio: Annotated[
        AspectRatio | None, choice(AspectRatio, "Shape, for seedream only", "W:H")
    ] = _IMAGE.aspect_ratio,
    input_image: Annotated[
        list[str] | None,
        typer.Option(
            "--input-image",
            "-i",
            metavar="FILE|URL",
            help="A reference picture. May be given more than once.",
        ),
    ] = None,
    skip_face_enhance: Annotated[
        bool, typer.Option("--skip-face-enhance", help="Do not enhance the likeness of faces.")
    ] = False,
    max_images: Annotated[
        int | None,
        number(
            TextToImage,
            "max_images",
            "How many pictures; each is a task.",
            "--max-images",
            "--count",
            "-n",
        ),
    ] = _IMAGE.max_images,
    name: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Name of the task; left out, a unique one is made."),
    ] = _IMAGE.name,
    out: Out = Path(),
    wait: Wait = True,
    timeout: Timeout = None,
) -> None:
    """Make pictures from a prompt (Text to Image). Each picture is a task that is charged."""
    request = TextToImage(
        prompt=prompt,
        name=name or unique_name(),
        width=width,
        height=height,
        req_key=req_key,
        model_type=model_type,
        aspect_ratio=aspect_ratio,
        input_images=tuple(media("input_image", text) for text in input_image or ()) or None,
        skip_face_enhance=skip_face_enhance or None,
        max_images=max_images,
    )
    kind = request.product.kind

    async def make(a2e: A2E) -> Sequence[Job[Any]]:
        return await a2e.family(kind).submit_all(request)

    start = Start(kind=kind, name=request.name, make=make)
    start_and_fetch(shell, start, Delivery(directory=out, timeout=timeout), wait=wait)


@command
def video(  # noqa: PLR0913  (each is an option)
    shell: Shell,
    *,
    avatar: Annotated[str, typer.Option(metavar="ID", help="The avatar: see a2e avatars.")],
    text: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="What the avatar says: a speech is made, then the video."
        ),
    ] = None,
    voice: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Voice of the text (a2e voices); left out, the first of the avatar's language.",
        ),
    ] = _SPEECH.tts_id,
    user_voice: Annotated[
        str | None, typer.Option(metavar="ID", help="Voice of the text: an own cloned one.")
    ] = _SPEECH.user_voice_id,
    speech_rate: Annotated[
        float, number(TextToSpeech, "speech_rate", "Speed of the speech.")
    ] = _SPEECH.speech_rate,
    audio: Annotated[
        str | None, typer.Option(metavar="FILE|URL", help="What the avatar speaks, as sound.")
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Title of the task; left out, a unique one is made."),
    ] = _VIDEO.title,
    anchor_type: Annotated[
        Literal["0", "1"] | None,
        typer.Option(
            metavar="0|1",
            help="0 for a system avatar, 1 for a custom one; left out, it is looked up.",
        ),
    ] = None,
    resolution: Annotated[
        int, number(AvatarVideo, "resolution", "Height of the frame in pixels.", metavar="PIXELS")
    ] = _VIDEO.resolution,
    captions: Annotated[bool, typer.Option("--captions", help="Write captions.")] = False,
    out: Out = Path(),
    wait: Wait = True,
    timeout: Timeout = None,
) -> None:
    """Let an avatar say a text or speak a sound (Generate Avatar Videos). It is charged."""
    fields: dict[str, Any] = {
        "anchor_id": avatar,
        "title": title or unique_name(),
        "resolution": resolution,
        "is_caption_enabled": captions or None,
    }
    if anchor_type is not None:
        fields["anchor_type"] = int(anchor_type)
    if (text is None) == (audio is None):
        raise ValueError(f"--text: expected this or --audio, got {'both' if text else 'neither'}")
    if text is not None:
        speech = {"tts_id": voice, "user_voice_id": user_voice, "speech_rate": speech_rate}
        make = _from_text(text, fields | speech)
    else:
        make = _from_audio(fields | {"audio_src": media("audio", audio or "")})
    start = Start(kind=AvatarVideo.product.kind, name=fields["title"], make=make)
    start_and_fetch(shell, start, Delivery(directory=out, timeout=timeout), wait=wait)


def _from_text(text: str, fields: dict[str, Any]) -> Make:
    async def make(a2e: A2E) -> Sequence[Job[Any]]:
        return [await a2e.avatar_video_from_text(text, **fields)]

    return make


def _from_audio(fields: dict[str, Any]) -> Make:
    # Checked before anything is asked of the service.
    request = AvatarVideo(**{"anchor_type": 0, **fields})

    async def make(a2e: A2E) -> Sequence[Job[Any]]:
        if "anchor_type" in fields:
            return [await a2e.submit(request)]
        anchor_type = await _anchor_type(a2e, request.anchor_id)
        return [await a2e.submit(attrs.evolve(request, anchor_type=anchor_type))]

    return make


async def _anchor_type(a2e: A2E, anchor_id: str) -> int:
    try:
        avatar = await a2e.avatars.find(anchor_id)
    except ValueError as error:
        raise ValueError(f"{error}; give --anchor-type to use it anyway") from None
    return avatar.anchor_type or 0


def media(field: str, text: str) -> Media:
    """Read a URL or the path of a file that is there."""
    if "://" in text:
        return text
    if not Path(text).is_file():
        raise ValueError(f"{field}: expected a URL or a file, and there is no file {text!r}")
    return Path(text)
