"""What one product of the service is: its routes, words, fields and limits. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypedDict, TypeVar

import attrs

from a2e_async import status, wire
from a2e_async.http.call import Call
from a2e_async.http.operation import Operation
from a2e_async.http.shapes import is_page, unwrap
from a2e_async.status import JobStatus
from a2e_async.tasks.record import Record

R = TypeVar("R", bound=Record)

# Where no page tells the field of the results, those that the service uses elsewhere. Records also
# show what a task was started with, under names such as `image_url` and `video_url`.
IMAGE_RESULTS = ("image_urls", "result_urls", "result_url", "result_image_url")
VIDEO_RESULTS = ("result_url", "result_urls", "result_video_url", "video_output")
ANY_RESULTS = tuple(dict.fromkeys(IMAGE_RESULTS + VIDEO_RESULTS))

_OWN_ID_KEYS = ("_id", "id")
_ID_KEYS = (*_OWN_ID_KEYS, "task_id", "video_id")
_FAILURE_CODES = ("failed_code", "error_code", "fail_code")
_FAILURE_MESSAGES = ("failed_message", "faild_message", "fail_reason", "error_message")
# Most answers are documented nowhere: the word may stand in another family's field.
_STATUS_FIELDS = ("current_status", "state", "status")


@attrs.frozen
class Pages:
    """An operation that lists a product's tasks, newest first.

    Attributes:
        path: the documented path of a GET.
        number: query parameter of the page's number, from 1; None where the list has no pages.
        size: query parameter of the number of tasks on a page; None where the list has no pages.
        largest: the largest page to ask for.
        more: query parameters that are sent with each page.
    """

    path: str
    number: str | None = "pageNum"
    size: str | None = "pageSize"
    largest: int = 100
    more: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def operation(self) -> Operation:
        """The operation."""
        return Operation("GET", self.path)

    def call(self, page: int, size: int) -> Call:
        """Make the request for one page."""
        given = {self.number: str(page), self.size: str(size)}
        params = {name: value for name, value in given.items() if name is not None} | {**self.more}
        return self.operation.call(params=params or None)


class _Unpaged(TypedDict):
    number: None
    size: None


WHOLE_LIST: _Unpaged = {"number": None, "size": None}
"""Arguments of `Pages` for a list that comes as a whole."""


@attrs.frozen(kw_only=True, repr=False)
class Product(Generic[R]):
    """The facts of one product, as its documented pages tell them.

    Attributes:
        kind: name of the family, which begins each token.
        title: the product's documented name.
        record: the record class.
        start: path of the POST that starts tasks.
        detail: operation that reads one task, or None where only the list tells of it.
        other_detail: another operation that reads one task, for when the first knows nothing.
        pages: operation that lists the tasks, or None.
        batch: path of the POST that reads many tasks by ``ids``, or None.
        delete: operation that deletes one task, or None.
        rename: operation that gives a task another name, or None.
        retry: operation that tries failed tasks again, or None.
        running: operation that lists the tasks under way, or None.
        average: operation that tells how long tasks take on average, or None.
        name_field: field of the request and the record that holds the task's name, or None.
        status_field: field of the record that holds the status word.
        result_fields: fields that hold result URLs; nothing else in a record is a result.
        ready_field: a field that is filled once the task has ended well, besides the status word.
        failure_fields: more fields with the text of a failure, besides the common ones.
        media: what the results are, ``image``, ``video`` or ``audio``, or ``any`` where the input
            decides; None for no files.
        deadline: seconds that a wait lasts at the most unless the caller says otherwise.
    """

    kind: str
    title: str
    record: type[R]
    start: str
    detail: Operation | None
    other_detail: Operation | None = None
    pages: Pages | None
    delete: Operation | None
    batch: str | None = None
    rename: Operation | None = None
    retry: Operation | None = None
    running: Operation | None = None
    average: Operation | None = None
    name_field: str | None = "name"
    status_field: str = "current_status"
    result_fields: tuple[str, ...]
    ready_field: str | None = None
    failure_fields: tuple[str, ...] = ()
    media: str | None
    deadline: float

    @property
    def operations(self) -> dict[str, Operation]:
        """The product's operations, by the verb of the family that carries each out."""
        found = {
            "start": Operation("POST", self.start),
            "get": self.detail,
            "get_other": self.other_detail,
            "get_many": self.batch and Operation("POST", self.batch),
            "list": self.pages and self.pages.operation,
            "delete": self.delete,
            "rename": self.rename,
            "retry": self.retry,
            "running": self.running,
        }
        return {verb: operation for verb, operation in found.items() if operation}

    @property
    def reads_lists(self) -> bool:
        """Whether nothing but the list tells of a task."""
        return self.detail is None

    def read(self, raw: dict[str, Any]) -> R:
        """Read a task's JSON object as the product's record. `raw` itself is kept in it."""
        word = self.word(raw)
        state = self._state(word, raw)
        percent = raw.get("process")
        found = wire.read_fields(raw, self.record, beyond=Record)
        if state is JobStatus.FAILED:
            messages = _FAILURE_MESSAGES + self.failure_fields
            found["failed_code"] = _first_text(raw, _FAILURE_CODES)
            found["failed_message"] = _first_text(raw, messages)
        return self.record(
            **found,
            id=read_id(raw) or "",
            status=state,
            current_status=word,
            name=_first_text(raw, (self.name_field or "name", "name")),
            outputs=self.outputs(raw),
            coins=wire.read_number(raw.get("coins")),
            progress=wire.read_integer(raw.get("progress") if percent is None else percent),
            created_at=wire.read_time(raw.get("createdAt")),
            updated_at=wire.read_time(raw.get("updatedAt")),
            raw=raw,
        )

    def word(self, raw: Mapping[str, Any]) -> str | None:
        """Find the status word of a task's JSON object; None if it has none."""
        word = wire.read_text(raw.get(self.status_field))
        if word is not None:
            return word
        found = (wire.read_text(raw.get(field)) for field in _STATUS_FIELDS)
        return next((word for word in found if status.lookup(word)), None)

    def _state(self, word: str | None, raw: Mapping[str, Any]) -> JobStatus:
        state = status.read(word)
        if state is JobStatus.COMPLETED and not raw.get(self.status_field):
            # A word such as success may be said of the request where no field is documented.
            shown = self.outputs(raw) or not self.result_fields
            state = state if shown else JobStatus.PROCESSING
        if self.ready_field and raw.get(self.ready_field) and not state.terminal:
            return JobStatus.COMPLETED
        return state

    def is_whole(self, record: Record) -> bool:
        """Tell whether a record that says completed also shows what came of it."""
        ready = self.ready_field is not None and bool(record.raw.get(self.ready_field))
        return bool(record.outputs) or ready or not self.result_fields

    def outputs(self, raw: Mapping[str, Any]) -> tuple[str, ...]:
        """Collect the result URLs of a task, in the order of the result fields."""
        texts = [text for field in self.result_fields for text in wire.read_texts(raw.get(field))]
        urls = [text for text in texts if text.startswith(("https://", "http://"))]
        return tuple(dict.fromkeys(urls)) if urls else ()

    def token(self, task_id: str) -> str:
        """Write the plain text from which any process can resume the task's job."""
        return f"{self.kind}:{task_id}"


def read_id(raw: Mapping[str, Any]) -> str | None:
    """Find the id of a task's JSON object; None if it has none."""
    return _first_text(raw, _ID_KEYS)


def objects_in(data: Any, *, levels: int = 8) -> Iterator[dict[str, Any]]:
    """Go through the tasks in an answer's data, whatever list or object they are wrapped in.

    Args:
        data: one task, a list of tasks, a bare id, or an object that holds the list or the task
            under one of the service's usual names.
        levels: how many wrappings to look into.

    Yields:
        The tasks' objects, in the order of the answer.
    """
    if levels == 0:
        return
    if isinstance(data, list):
        for item in data:
            yield from objects_in(item, levels=levels - 1)
    elif isinstance(data, str) and _looks_like_id(data):
        yield {"_id": data}
    elif isinstance(data, dict):
        if read_id(data):
            yield data
        else:
            yield from objects_in(unwrap(data), levels=levels - 1)


def one_of(data: Any, task_id: str) -> dict[str, Any] | None:
    """Find the one task that was asked for in an answer's data.

    Args:
        data: the data, an object or a list.
        task_id: the task's id. The only object counts as the task if it has no id of its own; one
            such as ``task_id`` may be a provider's.

    Returns:
        The task's object, or None if it is not there.
    """
    if isinstance(data, dict) and read_id(data) == task_id:
        return data
    found = list(objects_in(data))
    own = next((item for item in found if read_id(item) == task_id), None)
    if own is not None:
        return own
    if found:
        nameless = len(found) == 1 and not any(found[0].get(key) for key in _OWN_ID_KEYS)
        return {**found[0], "_id": task_id} if nameless else None
    only = data[0] if isinstance(data, list) and len(data) == 1 else data
    if isinstance(only, dict) and only and not is_page(only):
        return {**only, "_id": task_id}
    return None


def _looks_like_id(text: str) -> bool:
    return len(text) == 24 and all(c in "0123456789abcdef" for c in text)  # noqa: PLR2004


def _first_text(raw: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    for key in keys:
        text = wire.read_text(raw.get(key))
        if text:
            return text
    return None
