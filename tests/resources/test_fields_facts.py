"""The fields of calls that are no starts, held against the operation facts."""

from __future__ import annotations

from typing import Any

import pytest

from a2e_async.families.extensions import Flf2vPromptExtension, PromptExtension
from a2e_async.files.storage import NewObject, NewUpload
from a2e_async.resources.backgrounds import NewBackground
from a2e_async.resources.faces import NewFace
from a2e_async.resources.openings import NewRoom
from a2e_async.resources.speech import TextToSpeech
from a2e_async.resources.watermark import NewWatermark
from tests.support import contract

STREAM = {("stream", "not offered"): "the call decides it"}

# The class, its operation, and what differs on purpose.
CASES: list[tuple[type[Any], str, dict[tuple[str, str], str]]] = [
    (
        TextToSpeech,
        "POST /api/v1/video/send_tts",
        {
            ("msg", "maxLength"): "an API token's limit is lower",
            ("type", "not offered"): "a captcha is for web callers only",
            ("turnstile_token", "not offered"): "a captcha is for web callers only",
            ("captchaVerifyParam", "not offered"): "a captcha is for web callers only",
        },
    ),
    (NewObject, "POST /api/v1/r2/get_upload_presigned_url", {}),
    (NewUpload, "POST /api/v1/r2/upload-presigned-url", {}),
    (NewFace, "POST /api/v1/userFaceSwapImage/add", {}),
    (NewBackground, "POST /api/v1/custom_back/add", {}),
    (
        NewRoom,
        "POST /api/v1/streaming-avatar/agora-token",
        {("expire_seconds", "minimum"): "a room is open for some time"},
    ),
    (
        NewWatermark,
        "POST /api/v1/watermark/start",
        {("watermark_type", "enum"): "the facts have the two words in a description"},
    ),
    (
        PromptExtension,
        "POST /api/v1/userImage2Video/prompt_extension",
        {**STREAM, ("max_length", "minimum"): "a text has characters"},
    ),
    (
        Flf2vPromptExtension,
        "POST /api/v1/userImage2Video/flf2v_prompt_extension",
        {**STREAM, ("max_length", "minimum"): "a text has characters"},
    ),
]


@pytest.mark.parametrize(("cls", "label", "deliberate"), CASES, ids=lambda it: str(it)[:60])
def test_fields_differ_from_the_facts_on_purpose_only(
    cls: type[Any], label: str, deliberate: dict[tuple[str, str], str]
) -> None:
    schema = contract.schema_of(*label.split())
    assert {*contract.differences(cls, schema)} == {*deliberate}
