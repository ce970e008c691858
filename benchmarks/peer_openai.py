"""openai: `vector_stores.files.create`, then `poll`, which its videos have alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from benchmarks.client import Client, Run, Target
from benchmarks.peers import JsonWire, load, word
from benchmarks.service import Request, Service, id_of

_STORE = "vs_benchmark"


def _record(service: Service, number: int, _: Request) -> dict[str, Any]:
    return {
        "id": id_of(number),
        "object": "vector_store.file",
        "created_at": 1769153212,
        "usage_bytes": 1234,
        "vector_store_id": _STORE,
        "status": word(service, number, "in_progress", "in_progress", "completed"),
        "last_error": None,
        "attributes": {},
        "chunking_strategy": {
            "type": "static",
            "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400},
        },
    }


@asynccontextmanager
async def _opened(target: Target) -> AsyncIterator[Run]:
    openai = load("openai")
    own = target.own_client(load("httpx2"))
    url = f"{target.base_url}/v1"
    async with openai.AsyncOpenAI(api_key="sk-b", base_url=url, http_client=own) as client:
        files = client.vector_stores.files
        # Its first request asks a thread about the platform, which virtual time does not wait for.
        with suppress(openai.NotFoundError):
            await files.retrieve("none", vector_store_id=_STORE)

        async def run() -> str:
            file = await files.create(_STORE, file_id="file-1")
            await files.poll(file.id, vector_store_id=_STORE)
            task_id: str = file.id
            return task_id

        yield run


OPENAI = Client("openai", "openai", "vector_stores.files.create, poll", JsonWire(_record), _opened)
