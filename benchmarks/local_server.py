"""A local server in a process of its own, at next to no cost."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import attrs

from benchmarks.service import Request, Service, Wire, id_of

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

Answer: TypeAlias = Callable[[bytes, bytes], bytes]
"""Gives the whole response to the head and the body of a request."""

_REPORT = "/report-of-the-benchmark"
_BACKLOG = 4096


class _Connection(asyncio.Protocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._left += data
        while (end := self._left.find(b"\r\n\r\n")) >= 0:
            head = self._left[:end]
            _, _, length = head.lower().partition(b"content-length:")
            whole = end + 4 + int(length.split(b"\r\n")[0] or 0)
            if len(self._left) < whole:
                return
            body, self._left = self._left[end + 4 : whole], self._left[whole:]
            self._transport.write(self._answer(head, body))


def _response(status: int, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@attrs.frozen
class _Always:
    """Answers everything with the same data."""

    data: Any

    def answer(self) -> Answer:
        body = json.dumps({"code": 0, "data": self.data, "trace_id": "t"}).encode()
        response = _response(200, body)
        return lambda _head, _body: response


@attrs.frozen
class _Simulated:
    """Answers for simulated tasks, on the clock that all processes of a machine share."""

    wire: Wire
    durations: Sequence[float]

    def answer(self) -> Answer:
        service = Service(self.durations, asyncio.get_running_loop().time)

        def answer(head: bytes, body: bytes) -> bytes:
            method, address, _ = head.decode("latin-1").split(" ", 2)
            url = urlsplit(address)
            if url.path == _REPORT:
                return _response(200, _report(service))
            read = json.loads(body) if body.startswith((b"{", b"[")) else None
            query = dict(parse_qsl(url.query))
            return _response(
                *self.wire(service, Request(method, url.path, query, read, _origin(head)))
            )

        return answer


def _origin(head: bytes) -> str:
    _, _, rest = head.lower().partition(b"\r\nhost:")
    host, _, _ = rest.partition(b"\r\n")
    return f"http://{host.strip().decode()}"


def _report(service: Service) -> bytes:
    ends = {id_of(number): end for number, end in enumerate(service.ends)}
    return json.dumps({"looks": service.looks, "ends": ends}).encode()


async def _serve(pipe: Connection, server: _Always | _Simulated) -> None:
    answer = server.answer()
    loop = asyncio.get_running_loop()
    made = await loop.create_server(lambda: _Connection(answer), "127.0.0.1", 0, backlog=_BACKLOG)
    pipe.send(made.sockets[0].getsockname()[1])
    await made.serve_forever()


def _main(pipe: Connection, server: _Always | _Simulated) -> None:
    asyncio.run(_serve(pipe, server))


@contextmanager
def _running(server: _Always | _Simulated) -> Iterator[str]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_main, args=(there, server), daemon=True
    )
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def serving(data: Any) -> AbstractContextManager[str]:
    """Serve the envelope of some data; a context manager that gives the address."""
    return _running(_Always(data))


def simulating(wire: Wire, durations: Sequence[float]) -> AbstractContextManager[str]:
    """Serve simulated tasks of these durations; a context manager that gives the address."""
    return _running(_Simulated(wire, durations))


def report_of(base_url: str) -> tuple[int, dict[str, float]]:
    """Ask for the number of requests besides the starts, and for when each task ends."""
    with urllib.request.urlopen(base_url + _REPORT) as response:
        read = json.load(response)
    return read["looks"], read["ends"]
