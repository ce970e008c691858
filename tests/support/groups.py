"""One call for every operation that is no common verb of a product."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from a2e_async import A2E

Run = Callable[[A2E], Awaitable[Any]]

CALLS: dict[str, Run] = {}

_TWINS = "/api/v1/userVideoTwin"
_ID = "66ee00000000000000000001"

CALLS |= {
    f"POST {_TWINS}/continueTraining": lambda a2e: a2e.avatar_training.continue_training(_ID),
    f"POST {_TWINS}/continueTranining": lambda a2e: a2e.avatar_training.continue_training(
        _ID, classic=True
    ),
    f"POST {_TWINS}/eyeContact": lambda a2e: a2e.avatar_training.eye_contact(_ID),
    f"POST {_TWINS}/addVoiceClone": lambda a2e: a2e.avatar_training.clone_voice(_ID),
    f"POST {_TWINS}/training": lambda a2e: a2e.avatar_training.training(),
    f"POST {_TWINS}/upload": lambda a2e: a2e.avatar_training.upload(),
    f"GET {_TWINS}/uploadStatus": lambda a2e: a2e.avatar_training.upload_status(),
    f"GET {_TWINS}/trainingRecords": lambda a2e: a2e.avatar_training.training_records(),
    f"GET {_TWINS}/userRecords": lambda a2e: a2e.avatar_training.user_records(),
    "GET /api/v1/userVoice/completedRecord": lambda a2e: a2e.voice_clone.completed(),
    "POST /api/v1/userText2Image/quickAddAvatar": lambda a2e: a2e.text_to_image.quick_add_avatar(
        _ID, gender="female"
    ),
}
