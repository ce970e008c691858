"""replicate: `predictions.async_create`, then `prediction.async_wait`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.client import Client, Run, Target
from benchmarks.peers import CREATED, PROMPT, RESULT, JsonWire, load, word
from benchmarks.service import Request, Service, id_of

_MODEL = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"


def _record(service: Service, number: int, _: Request) -> dict[str, Any]:
    ended = service.ended(number)
    url = f"https://api.replicate.com/v1/predictions/{id_of(number)}"
    return {
        "id": id_of(number),
        "model": "owner/name",
        "version": _MODEL,
        "status": word(service, number, "starting", "processing", "succeeded"),
        "input": {"prompt": PROMPT},
        "output": [RESULT] if ended else None,
        "logs": "",
        "error": None,
        "metrics": {"predict_time": 5.2} if ended else {},
        "created_at": CREATED,
        "started_at": CREATED,
        "completed_at": CREATED if ended else None,
        "urls": {"get": url, "cancel": f"{url}/cancel"},
    }


@asynccontextmanager
async def _opened(target: Target) -> AsyncIterator[Run]:
    replicate = load("replicate")
    more = {} if target.network is None else {"transport": target.transport(load("httpx"))}
    client = replicate.Client(api_token="r8_benchmark", base_url=target.base_url, **more)

    async def run() -> str:
        prediction = await client.predictions.async_create(_MODEL, input={"prompt": PROMPT})
        await prediction.async_wait()
        task_id: str = prediction.id
        return task_id

    yield run


REPLICATE = Client(
    "replicate", "replicate", "predictions.async_create, async_wait", JsonWire(_record), _opened
)
