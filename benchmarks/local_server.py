"""A server in a process of its own that gives one answer to everything, at next to no cost."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

TASK: dict[str, Any] = {
    "name": "a fox",
    "image_urls": [],
    "current_status": "initialized",
    "failed_code": "",
    "failed_message": "",
    "_id": "67ee00000000000000000001",
    "prompt": "a red fox in snow",
    "req_key": "high_aes_general_v21_L",
    "width": 1024,
    "height": 1024,
    "user_id": "66dd00000000000000000001",
    "coins": 10,
    "createdAt": "2026-01-23T07:26:52.420Z",
    "updatedAt": "2026-01-23T07:26:52.420Z",
}


class _Always(asyncio.Protocol):
    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._left += data
        while (end := self._left.find(b"\r\n\r\n")) >= 0:
            head = self._left[:end].lower()
            _, _, length = head.partition(b"content-length:")
            whole = end + 4 + int(length.split(b"\r\n")[0] or 0)
            if len(self._left) < whole:
                return
            self._left = self._left[whole:]
            self._transport.write(self._answer)


async def _serve(pipe: Connection, body: bytes) -> None:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Always(head.encode() + body), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _main(pipe: Connection, body: bytes) -> None:
    asyncio.run(_serve(pipe, body))


@contextmanager
def serving(data: Any) -> Iterator[str]:
    """Serve the envelope of some data; gives the address."""
    body = json.dumps({"code": 0, "data": data, "trace_id": "t"}).encode()
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_main, args=(there, body), daemon=True
    )
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()
