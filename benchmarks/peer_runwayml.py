"""runwayml: `text_to_image.create`, then `wait_for_task_output`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from benchmarks.client import Client, Run, Target
from benchmarks.peers import CREATED, PROMPT, RESULT, JsonWire, load, word
from benchmarks.service import Request, Service, id_of


def _record(service: Service, number: int, request: Request) -> dict[str, Any]:
    if request.method == "POST":
        return {"id": id_of(number)}
    state = word(service, number, "PENDING", "RUNNING", "SUCCEEDED")
    more: dict[str, dict[str, Any]] = {
        "PENDING": {"estimatedCost": {"credits": 5}},
        "RUNNING": {"estimatedCost": {"credits": 5}, "progress": 0.5},
        "SUCCEEDED": {"cost": {"credits": 5}, "output": [RESULT]},
    }
    return {"id": id_of(number), "createdAt": CREATED, "status": state, **more[state]}


@asynccontextmanager
async def _opened(target: Target, **wait: Any) -> AsyncIterator[Run]:
    runwayml = load("runwayml")
    own = target.own_client(load("httpx"))
    async with runwayml.AsyncRunwayML(
        api_key="key_benchmark", base_url=target.base_url, http_client=own
    ) as client:
        # Its first request asks a thread about the platform, which virtual time does not wait for.
        with suppress(runwayml.NotFoundError):
            await client.tasks.retrieve("none")

        async def run() -> str:
            task = await client.text_to_image.create(
                model="gen4_image", prompt_text=PROMPT, ratio="1024:1024"
            )
            await task.wait_for_task_output(**wait)
            task_id: str = task.id
            return task_id

        yield run


def _client(settings: str, **wait: Any) -> Client:
    return Client("runwayml", "runwayml", settings, JsonWire(_record), partial(_opened, **wait))


RUNWAYML = _client("create, wait_for_task_output")
RUNWAYML_PATIENT = _client("its limit of 10 minutes set to timeout=None", timeout=None)
