"""Lists of the tasks under way."""

from __future__ import annotations

from typing import Any

import pytest

from a2e_async import A2E, JobStatus, UnexpectedResponse
from tests.support.scripted import Scripted, ok

PATHS = {"caption_removal": "/api/v1/userCaptionRemoval", "dubbing": "/api/v1/userDubbing"}
TASK = {"_id": "a", "current_status": "processing", "source_url": "https://example.com/a.mp4"}

each_kind = pytest.mark.parametrize("kind", PATHS)


@each_kind
@pytest.mark.parametrize("data", [[TASK], {"rows": [TASK], "count": 1}])
async def test_running(client: A2E, scripted: Scripted, kind: str, data: Any) -> None:
    scripted.on("GET", f"{PATHS[kind]}/allProcessing", ok(data))
    family: Any = client.family(kind)
    [record] = await family.running()
    assert (record.id, record.status, record.outputs) == ("a", JobStatus.PROCESSING, ())
    assert record.source_url == TASK["source_url"]


@each_kind
async def test_a_list_that_is_none(client: A2E, scripted: Scripted, kind: str) -> None:
    scripted.on("GET", f"{PATHS[kind]}/allProcessing", ok({"odd": 1}))
    family: Any = client.family(kind)
    with pytest.raises(UnexpectedResponse):
        await family.running()


async def test_a_dubbing_that_is_an_audio_or_a_video(client: A2E, scripted: Scripted) -> None:
    done = {**TASK, "current_status": "completed", "result_url": "https://example.com/d.mp3"}
    scripted.on("GET", f"{PATHS['dubbing']}/a", ok(done))
    assert (await client.dubbing.get("a")).outputs == ("https://example.com/d.mp3",)
    assert client.dubbing.product.media == "any"
