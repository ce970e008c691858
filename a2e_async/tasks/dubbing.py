"""Dubbing: a video or audio in another language (documented as "AI Dubbing")."""

from __future__ import annotations

from typing import ClassVar

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import Pages, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NamedRequest, NotifyingRequest

_PATH = "/api/v1/userDubbing"


@attrs.frozen(kw_only=True)
class DubbingRecord(Record):
    """A dubbing task.

    Attributes:
        source_url: file it was started with.
        source_lang: language of that file.
        target_lang: language of the result.
        num_speakers: how many people it was told that speak.
        result_url: URL of the dubbed file, the same as the first of ``outputs``.
    """

    source_url: str | None = None
    source_lang: str | None = None
    target_lang: str | None = None
    num_speakers: int | None = None
    result_url: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Dubbing(NamedRequest[DubbingRecord], NotifyingRequest[DubbingRecord]):
    """Speak a video or audio in another language (``POST /api/v1/userDubbing/startDubbing``).

    The service's newer page leaves out all of these fields but the webhook's; the older one
    requires them.

    Attributes:
        source_url: the video or audio.
        source_lang: its language, such as ``en``. Clients also send ``auto``.
        target_lang: language to speak, such as ``de``.
        num_speakers: how many people speak in it.
        drop_background_audio: True keeps the voices only. It is always sent.

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[DubbingRecord]] = Product(
        kind="dubbing",
        title="AI Dubbing",
        record=DubbingRecord,
        start=f"{_PATH}/startDubbing",
        detail=Operation("GET", f"{_PATH}/{{_id}}"),
        pages=Pages(f"{_PATH}/allRecords"),
        delete=Operation("DELETE", f"{_PATH}/{{_id}}"),
        running=Operation("GET", f"{_PATH}/allProcessing"),
        result_fields=("result_url",),
        media="any",
        # The page sets no limit to the length of what is dubbed.
        deadline=2 * 60 * 60.0,
    )

    source_url: Media = attrs.field(validator=checks.MediaSource())
    source_lang: str = attrs.field(validator=checks.Text())
    target_lang: str = attrs.field(validator=checks.Text())
    num_speakers: int = attrs.field(validator=checks.Integer(0))
    drop_background_audio: bool = attrs.field(default=False, validator=checks.Flag())
