"""What the facts and a small table say about each product: price, timing, words, result field."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import attrs

from a2e_async.sandbox.conditions import FILMS, PICTURES, extension
from a2e_async.sandbox.status import STANDARD, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from random import Random

    from a2e_async.sandbox.operations import Operation


class Media(StrEnum):
    """What a finished task of a product holds."""

    IMAGE = "png"
    VIDEO = "mp4"
    NONE = ""


@attrs.frozen
class Timing:
    """How long tasks take, in simulated seconds: lognormal around a median, within bounds."""

    median: float
    low: float
    high: float

    def draw(self, random: Random) -> float:
        """Draw one duration."""
        return min(self.high, max(self.low, random.lognormvariate(math.log(self.median), 0.5)))


IMAGES = Timing(18, 5, 60)
VIDEOS = Timing(180, 60, 600)
AVATARS = Timing(150, 60, 900)
VOICES = Timing(40, 15, 60)
TRAINING = Timing(900, 300, 1800)
LIP_SYNC = Timing(7200, 5400, 9000)
"""Further training of an avatar."""


@attrs.frozen
class Traits:
    """What no document says in a form that a program reads; the default is a short video.

    Attributes:
        price: Coins for one task.
        media: Kind of the result files.
        timing: How long a task takes.
        refund: A failed task gives its coins back.
        guarded: A task under way cannot be deleted.
        cancels: Deleting a task that waits gives its coins back.
        single: One task at a time.
        limit: Simulated seconds after which a task that still runs fails.
        follows: Body field whose file decides between a picture and a video.
        pictured: Body field and the value of it that makes pictures, whatever `follows` says.
        files: Number of result files.
        pages: Body field that asks for another number of them.
        keeps: How long results live, as a multiple of the usual time.
        count: Body field that asks for several tasks.
        status_field: Record field of the status word, where no operation documents it.
        words: Status words, where no operation documents them.
        result: Result fields, where no operation documents them.
        failure: Record field of the failure's text.
    """

    price: int = 20
    media: Media = Media.VIDEO
    timing: Timing = VIDEOS
    refund: bool = False
    guarded: bool = False
    cancels: bool = False
    single: bool = False
    limit: float = math.inf
    follows: str | None = None
    pictured: tuple[str, str] | None = None
    files: int = 1
    pages: str | None = None
    keeps: float = 1.0
    count: str | None = None
    status_field: str = "current_status"
    words: Words = STANDARD
    result: tuple[str, ...] = ()
    failure: str = "failed_message"

    def made_of(self, body: Mapping[str, Any]) -> Media:
        """Return the kind of the files that a task with this body gives."""
        if self.pictured and body.get(self.pictured[0]) == self.pictured[1]:
            return Media.IMAGE
        suffix = extension(str(body.get(self.follows, ""))) if self.follows else ""
        if suffix in PICTURES:
            return Media.IMAGE
        return Media.VIDEO if suffix in FILMS else self.media


def _picture(price: int = 20, **traits: Any) -> Traits:
    return Traits(price, Media.IMAGE, IMAGES, **traits)


TRAITS = {
    "headSwap": _picture(
        guarded=True,
        cancels=True,
        follows="target_image_url",
        words=Words(("initialized", "sent", "processing"), "completed", "failed"),
    ),
    "productAvatar": _picture(refund=True, limit=7200),
    "talkingPhoto": Traits(13),
    "talkingVideo": Traits(13),
    "userFaceSwapPreview": Traits(failure="faild_message", follows="video_url"),
    "userFaceSwapTask": Traits(
        failure="faild_message", follows="video_url", pictured=("model_version", "v2")
    ),
    "userFlux2": _picture(keeps=7 / 3),
    "userGptImage": _picture(),
    "userImage2Video": Traits(30, guarded=True, cancels=True, count="number_of_images"),
    "userImageEdit": _picture(),
    "userKlingImage": _picture(count="n"),
    "userNanoBanana": _picture(15),
    "userPhotobook": _picture(guarded=True, files=4, pages="total_count"),
    "userQwen2Image": _picture(),
    "userText2Image": _picture(10, count="max_images"),
    "userUpscale": Traits(follows="source_url"),
    "userVideoTwin": Traits(30, timing=TRAINING),
    "userVoice": Traits(20, Media.NONE, VOICES, refund=True, single=True),
    "veoVideo": Traits(
        status_field="state",
        words=Words(("waiting", "running"), "success", "fail"),
        result=("video_output",),
        failure="fail_reason",
    ),
    "video": Traits(30, timing=AVATARS, failure="msg"),
    "virtualTryOn": _picture(),
}

READ_ELSEWHERE = {"userWan30": "userWan25"}
"""Products that have a start only, and those whose operations read their tasks."""

RESULTS = (
    "image_urls",
    "result_url",
    "result",
    "result_image_url",
    "result_video_url",
    "preview_result_url",
)


@attrs.frozen
class Product:
    """One product as the sandbox serves it.

    Attributes:
        name: First segment of its paths.
        traits: Price, timing and peculiarities.
        status_field: Record field that holds the status word.
        words: Its status words.
        results: Record fields that hold the result URLs.
        other_results: The same by the other name, where the facts have two.
    """

    name: str
    traits: Traits
    status_field: str
    words: Words
    results: tuple[str, ...]
    other_results: tuple[str, ...]


def read(operations: Iterable[Operation]) -> dict[str, Product]:
    """Collect the products, one per first path segment that has a start.

    Args:
        operations: All operations of the facts.

    Returns:
        The products by name.
    """
    families: dict[str, list[Operation]] = {}
    for operation in operations:
        families.setdefault(operation.family, []).append(operation)
    made = {
        name: _product(name, family)
        for name, family in families.items()
        if any(operation.kind == "start" for operation in family)
    }
    return made | {name: made[reader] for name, reader in READ_ELSEWHERE.items() if name in made}


def _product(name: str, family: list[Operation]) -> Product:
    traits = TRAITS.get(name, Traits())
    status = max(
        (operation.status for operation in family), key=lambda it: len(it.get("values", ()))
    )
    words = Words.of(status["values"]) if status else traits.words
    field = status.get("field", traits.status_field)
    results = traits.result or _results(traits, family)
    return Product(name, traits, field, words, results[:1], results[-1:])


def _results(traits: Traits, family: list[Operation]) -> tuple[str, ...]:
    """Name the result fields, the first as the examples show it."""
    if traits.media is Media.NONE:
        return ()
    inputs = {field for operation in family for field in operation.fields}
    shown = {field for operation in family for field in _first(operation.example)} - inputs
    named = {field for operation in family for field in operation.answer_fields} - inputs
    usual = "image_urls" if traits.media is Media.IMAGE else "result_url"
    fallback = usual if usual not in inputs else "result_url"
    found = [field for fields in (shown, named) for field in RESULTS if field in fields]
    return tuple(dict.fromkeys(found)) or (fallback,)


def _first(example: Any) -> Mapping[str, Any]:
    """Find the record in an example of an answer: an object, a list or a page of them."""
    if isinstance(example, dict):
        return _first(example.get("rows") or example.get("data")) or example
    return _first(example[0]) if isinstance(example, list) and example else {}
