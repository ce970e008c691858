"""The wire format of the A2E API for a text-to-image task and an avatar video."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import attrs

from benchmarks.service import Request, Service, id_of

_DAY = datetime(2026, 1, 23, tzinfo=UTC).timestamp()
_RESULT = "https://assets.example.com/adam2eve/stable/results/%b.%b?" + "X-Amz-Signature=0f" * 20

_IMAGE: dict[str, Any] = {
    "name": "a2e-%b",
    "image_urls": "%b",
    "current_status": "%b",
    "failed_code": "",
    "failed_message": "",
    "_id": "%b",
    "prompt": "a red fox in snow, early morning light, 85 mm, shallow depth of field",
    "req_key": "high_aes_general_v21_L",
    "width": 1024,
    "height": 1024,
    "model_type": "a2e",
    "user_id": "66dd00000000000000000001",
    "coins": 10,
    "createdAt": "%b",
    "updatedAt": "%b",
    "__v": 0,
}
_VIDEO: dict[str, Any] = {
    "title": "a2e-%b",
    "result": "%b",
    "status": "%b",
    "msg": "",
    "_id": "%b",
    "anchor_id": "65ee00000000000000000001",
    "anchor_type": "0",
    "audioSrc": "https://assets.example.com/adam2eve/stable/audio/hello.mp3",
    "resolution": 1080,
    "process": 0,
    "user_id": "66dd00000000000000000001",
    "coins": 30,
    "createdAt": "%b",
    "updatedAt": "%b",
    "__v": 0,
}


@attrs.frozen
class Shape:
    """How the records of a product look.

    Attributes:
        template: a record, with places for name, result, word, id and two times.
        empty: what stands in place of a result.
        result: the result, with places for the id and the file's suffix.
        suffix: the file's suffix.
        words: the words of a task under way, each with the seconds of age up to which it is shown.
        last: the word of a task under way after that.
        ended: the word of a task that has ended well.
    """

    template: bytes
    empty: bytes
    result: bytes
    suffix: bytes
    words: tuple[tuple[float, bytes], ...]
    last: bytes
    ended: bytes

    def record(self, service: Service, number: int) -> bytes:
        """Write the record of a task as of now."""
        task_id = id_of(number).encode()
        begun = service.begun(number)
        if service.ended(number):
            word, result = self.ended, self.result % (task_id, self.suffix)
            changed = service.ends[number]
        else:
            word, result, changed = self._word(service.age(number)), self.empty, begun
        times = _written(begun), _written(changed)
        return self.template % (task_id, result, word, task_id, *times)

    def _word(self, age: float) -> bytes:
        # By age, not by share of the duration: a word must not tell how long a task will take.
        return next((word for until, word in self.words if age < until), self.last)


def _written(moment: float) -> bytes:
    return datetime.fromtimestamp(_DAY + moment, UTC).isoformat(timespec="milliseconds").encode()


def _template(record: dict[str, Any]) -> bytes:
    # The result is no text in the template: it may be a list.
    return json.dumps(record).encode().replace(b'urls": "%b"', b'urls": %b')


IMAGE = Shape(
    template=_template(_IMAGE),
    empty=b"[]",
    result=f'["{_RESULT}"]'.encode(),
    suffix=b"png",
    words=((0.3, b"initialized"), (0.6, b"sent"), (1.0, b"pending")),
    last=b"processing",
    ended=b"completed",
)
VIDEO = Shape(
    template=_template(_VIDEO),
    empty=b"",
    result=_RESULT.encode(),
    suffix=b"mp4",
    words=((0.3, b"init"), (0.6, b"start"), (1.0, b"pending")),
    last=b"process",
    ended=b"success",
)

_NOT_FOUND = 404, b'{"code": 404, "message": "not found", "trace_id": "t"}'


def answer(service: Service, request: Request) -> tuple[int, bytes]:
    """Answer as the service does."""
    product, _, rest = request.path.removeprefix("/api/v1/").partition("/")
    if request.path.endswith(("/start", "/generate")):
        return _started(service, IMAGE if product == "userText2Image" else VIDEO)
    service.looks += 1
    if product == "video":
        return _about_videos(service, rest, request)
    if rest == "batchDetail":
        return _listed(service, IMAGE, _known(service, request.body["ids"]))
    if rest == "allRecords":
        rows = _page(service, IMAGE, request.query["pageNum"], request.query["pageSize"])
        return _ok(b'{"rows": %b, "count": %d}' % (rows, len(service.ends)))
    number = service.number(rest)
    return _NOT_FOUND if number is None else _ok(IMAGE.record(service, number))


def _started(service: Service, shape: Shape) -> tuple[int, bytes]:
    record = shape.record(service, service.start())
    return _ok(b"[%b]" % record if shape is IMAGE else record)


def _about_videos(service: Service, rest: str, request: Request) -> tuple[int, bytes]:
    if rest == "awsList":
        rows = _page(service, VIDEO, request.query["current"], request.query["pageSize"])
        return _ok(b'{"data": %b, "total": %d}' % (rows, len(service.ends)))
    return _listed(service, VIDEO, _known(service, [request.body["_id"]]))


def _known(service: Service, task_ids: Iterable[str]) -> Iterable[int]:
    numbers = map(service.number, task_ids)
    return (number for number in numbers if number is not None)


def _page(service: Service, shape: Shape, number: str, size: str) -> bytes:
    newest = len(service.ends) - 1 - (int(number) - 1) * int(size)
    return _rows(service, shape, range(newest, max(-1, newest - int(size)), -1))


def _rows(service: Service, shape: Shape, numbers: Iterable[int]) -> bytes:
    return b"[%b]" % b",".join(shape.record(service, number) for number in numbers)


def _listed(service: Service, shape: Shape, numbers: Iterable[int]) -> tuple[int, bytes]:
    return _ok(_rows(service, shape, numbers))


def _ok(data: bytes) -> tuple[int, bytes]:
    return 200, b'{"code": 0, "data": %b, "trace_id": "a3f5c0de00000000"}' % data
