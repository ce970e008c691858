"""Voice clone: a voice of one's own (documented as "TTS and Voice Clone")."""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs

from a2e_async.http.operation import Operation
from a2e_async.tasks import checks, fields
from a2e_async.tasks.checks import Media
from a2e_async.tasks.product import WHOLE_LIST, Pages, Product
from a2e_async.tasks.record import Record
from a2e_async.tasks.request import NamedRequest, NotifyingRequest

Gender = Literal["female", "male"]
VoiceModel = Literal["a2e", "cartesia", "minimax", "elevenlabs"]

_PATH = "/api/v1/userVoice"


@attrs.frozen(kw_only=True)
class VoiceCloneRecord(Record):
    """A voice and its training. No file comes of it.

    Its ``id`` is the ``user_voice_id`` of ``a2e.text_to_speech``.

    Attributes:
        voice_urls: the samples it was trained with.
        train_mode: kind of the training.
        speaker_id: what a page of the service calls the ``user_voice_id``. Clients speak with the
            record's ``id``.
        gender: ``female`` or ``male``.
        model: the model it was trained with.
        language: locale of the voice, such as ``en-US``.
    """

    voice_urls: tuple[str, ...] = ()
    train_mode: str | None = None
    speaker_id: str | None = None
    gender: str | None = None
    model: str | None = None
    language: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class VoiceClone(NamedRequest[VoiceCloneRecord], NotifyingRequest[VoiceCloneRecord]):
    """Clone a voice from samples (``POST /api/v1/userVoice/training``).

    The ``id`` of the completed record is the ``user_voice_id`` of ``a2e.text_to_speech``. The
    service trains one voice of an account at a time and refuses a second one meanwhile; above the
    account's limit of voices it raises `PermissionDenied`. What fails is paid back.

    Attributes:
        voice_urls: audio samples, at least one. 10 to 60 seconds of one clear voice do well.
        gender: ``female`` (the service's default) or ``male``.
        denoise: True takes noise out of the samples.
        enhance_voice_similarity: True brings the voice closer to the samples.
        model: by default ``a2e``. The price depends on it.
        language: locale of the voice, such as ``en-US``. Left out, the service takes it from the
            request's headers (``A2E(language=…)``).

    Raises:
        TypeError: a field of the wrong type.
        ValueError: a field out of bounds.
    """

    product: ClassVar[Product[VoiceCloneRecord]] = Product(
        kind="voice_clone",
        title="TTS and Voice Clone",
        record=VoiceCloneRecord,
        start=f"{_PATH}/training",
        detail=Operation("GET", f"{_PATH}/{{_id}}"),
        pages=Pages(f"{_PATH}/trainingRecord", **WHOLE_LIST),
        delete=Operation("DELETE", f"{_PATH}/{{_id}}"),
        rename=Operation("PUT", f"{_PATH}/{{_id}}"),
        result_fields=(),
        media=None,
        # Usually a minute.
        deadline=30 * 60.0,
    )

    voice_urls: tuple[Media, ...] = attrs.field(
        converter=checks.media_tuple, validator=checks.ListOf(checks.MediaSource(), None, 1)
    )
    gender: Gender | None = fields.choice(Gender, default="female")
    denoise: bool | None = fields.flag()
    enhance_voice_similarity: bool | None = fields.flag()
    model: VoiceModel | None = fields.choice(VoiceModel, default="a2e")
    language: str | None = fields.text()
