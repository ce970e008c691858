"""Wan 3.0: videos from a prompt and all sorts of media (in "Wan Image to Video")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, TypedDict, get_args

import attrs

from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import VIDEO_RESULTS, Product
from a2e_async.tasks.record import VideoRecord
from a2e_async.tasks.request import NamedRequest, NotifyingRequest
from a2e_async.tasks.wan_25 import Wan25

Model = Literal["wan3.0-video", "wan3.0-video-prime"]
Mode = Literal["text-to-video", "first-frame", "first-last-frames", "reference"]

_FRAMED = ("first-frame", "first-last-frames")


class Wan30Media(TypedDict, total=False):
    """One of the media in ``input``.

    Attributes:
        type: what it is, such as ``reference_image``; other values are not documented.
        url: the media, or a public web page.
        duration: presumably the length of a clip in seconds; it is not documented.
    """

    type: str
    url: Media
    duration: float


class Wan30Input(TypedDict, total=False):
    """What a Wan 3.0 video is made from.

    Attributes:
        prompt: what to show.
        media: frames or references. Frames exclude references, and files exclude links. Each
            reference video lasts 3 to 15 seconds, all of them 15 at the most, and together with
            the output 30.
    """

    prompt: str
    media: Sequence[Wan30Media]


class Wan30Parameters(TypedDict, total=False):
    """How a Wan 3.0 video is made.

    Attributes:
        resolution: such as ``1080P``, with a capital letter.
        ratio: width to height, such as ``adaptive``.
        duration: length in seconds.
        audio: whether it has sound.
        prompt_extend: whether the provider may rewrite the prompt, by default False.
        seed: a number.
        watermark: whether it has a watermark.
    """

    resolution: str
    ratio: str
    duration: float
    audio: bool
    prompt_extend: bool
    seed: float
    watermark: bool


_MEDIA = checks.ObjectOf(
    {"type": checks.Text(), "url": checks.MediaSource(), "duration": checks.Number()}
)
_INPUT = checks.ObjectOf({"prompt": checks.Text(), "media": checks.ListOf(_MEDIA)})
_PARAMETERS = checks.ObjectOf(
    {
        "resolution": checks.Text(),
        "ratio": checks.Text(),
        "duration": checks.Number(),
        "audio": checks.Flag(),
        "prompt_extend": checks.Flag(),
        "seed": checks.Number(),
        "watermark": checks.Flag(),
    }
)


# A converter decides what type checkers take for the field.
def _input(value: Wan30Input) -> Wan30Input:
    made: Wan30Input = checks.frozen(value)
    return made


def _parameters(value: Wan30Parameters) -> Wan30Parameters:
    made: Wan30Parameters = checks.frozen(value)
    return made


@attrs.frozen(kw_only=True)
class Wan30Record(VideoRecord):
    """A Wan 3.0 task.

    Attributes:
        model: the model it was started with.
        mode: the mode it was started in.
    """

    model: str | None = None
    mode: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Wan30(NamedRequest[Wan30Record], NotifyingRequest[Wan30Record]):
    """Make a video with Wan 3.0 (``POST /api/v1/userWan30/start``).

    The service documents no operation that reads, lists or deletes these tasks in particular. The
    section that they stand in has such operations for "Wan tasks" under ``/api/v1/userWan25``:
    these are used, and whether they know of Wan 3.0 tasks is nowhere said.

    Attributes:
        model: ``wan3.0-video`` (the service's default), or ``wan3.0-video-prime``, which is as
            good, faster, and costs more for each second. It is always sent.
        input: the prompt and the media, with the keys ``prompt`` and ``media``; each of the media
            has the keys ``type``, ``url`` and ``duration``. Media may be local.
        parameters: ``resolution``, ``ratio``, ``duration`` in seconds, ``audio``,
            ``prompt_extend``, ``seed`` and ``watermark``. Their values are not documented.
        mode: by default ``text-to-video``. ``reference`` takes pictures, videos, audios, files and
            public web pages.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds, an unknown key, or references beside frames.
    """

    product: ClassVar[Product[Wan30Record]] = Product(
        kind="wan_30",
        title="Wan Image to Video",
        record=Wan30Record,
        start="/api/v1/userWan30/start",
        detail=Wan25.product.detail,
        pages=Wan25.product.pages,
        batch=Wan25.product.batch,
        delete=Wan25.product.delete,
        result_fields=VIDEO_RESULTS,
        media="video",
        deadline=60 * 60.0,
    )

    # Required by the page although it has a default there.
    model: Model = attrs.field(default="wan3.0-video", validator=checks.Choice(get_args(Model)))
    input: Wan30Input = attrs.field(converter=_input, validator=_INPUT, hash=False)
    parameters: Wan30Parameters = attrs.field(
        converter=_parameters, validator=_PARAMETERS, hash=False
    )
    mode: Mode | None = fields.choice(Mode, default="text-to-video")

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        # Of the types of media no other one is documented.
        kinds = [media.get("type") for media in self.input.get("media", ())]
        if "reference_image" in kinds and rules.holds(self, mode=_FRAMED):
            checks.refuse(
                ValueError, "input.media", f"no references with mode={self.mode!r}", kinds
            )
