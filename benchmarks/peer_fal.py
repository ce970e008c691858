"""fal-client: `submit`, then `get` on the handle."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from benchmarks.client import Client, Run, Target
from benchmarks.peers import PROMPT, RESULT, JsonWire, load, word
from benchmarks.service import Request, Service, id_of

_APP = "fal-ai/fast-sdxl"


def _record(service: Service, number: int, request: Request) -> dict[str, Any]:
    url = f"{request.origin}/{_APP}/requests/{id_of(number)}"
    if request.path.endswith(id_of(number)):
        return {"images": [{"url": RESULT, "width": 1024, "height": 1024}], "seed": 1}
    state = word(service, number, "IN_QUEUE", "IN_PROGRESS", "COMPLETED")
    return {
        "status": state,
        "request_id": id_of(number),
        "response_url": url,
        "status_url": f"{url}/status",
        "cancel_url": f"{url}/cancel",
        "queue_position": 0,
        "logs": [],
        "metrics": {"inference_time": 5.2},
    }


@asynccontextmanager
async def _opened(target: Target) -> AsyncIterator[Run]:
    fal = load("fal_client.client")
    # Its address has https in it for good, and its own transport takes one to lead on to.
    led_on = partial(fal.AsyncBackupDomainTransport, transport=target.transport(load("httpx")))
    with patch.multiple(
        fal, QUEUE_URL_FORMAT=f"{target.base_url}/", AsyncBackupDomainTransport=led_on
    ):
        client = fal.AsyncClient(key="benchmark")

        async def run() -> str:
            handle = await client.submit(_APP, {"prompt": PROMPT})
            await handle.get()
            task_id: str = handle.request_id
            return task_id

        yield run


FAL = Client("fal-client", "fal-client", "submit, get", JsonWire(_record), _opened)
