"""Records and scripts of avatar training, as the service would answer them."""

from __future__ import annotations

from typing import Any

TWINS = "/api/v1/userVideoTwin"
START = f"{TWINS}/startTraining"
LIST = f"{TWINS}/records"
CONTINUE = f"{TWINS}/continueTraining"
RETRY = f"{TWINS}/retry"

ID = "65ff00000000000000000001"
OTHER = "65ff00000000000000000002"
VOICE = "65cc00000000000000000001"
PREVIEW = "https://assets.example/p.mp4"

# Any task's detail, and nothing else below the product's path.
DETAIL = f"{TWINS}/65*"


def twin(word: str = "processing", task_id: str = ID, **more: Any) -> dict[str, Any]:
    return {"_id": task_id, "name": "Ann", "current_status": word, "anchor_id": "", **more}


def trained(word: str = "completed", task_id: str = ID, **more: Any) -> dict[str, Any]:
    """A training whose avatar can be used."""
    return twin(word, task_id, **{"anchor_id": "av", "preview_result_url": PREVIEW, **more})
