"""Examples of the fields of a request, made of what the fields take. Pure."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from a2e_async import Request, tasks
from a2e_async.tasks.checks import (
    Choice,
    Flag,
    HttpsUrl,
    ListOf,
    MediaSource,
    Number,
    ObjectOf,
    Text,
)

_MOST_ATTEMPTS = 8
_ID = "65ee00000000000000000001"
_PROMPT = "a red fox in snow"
_NUMBERS = (1, 5, 10)
# By a word in the field's name.
_TEXTS = {"negative": "blurry", "lang": "en-US", "resolution": "720p"}
_MEDIA = {
    **dict.fromkeys(("video", "source"), "https://example.com/a.mp4"),
    **dict.fromkeys(("audio", "voice", "music"), "https://example.com/a.mp3"),
}
_PICTURE = "https://example.com/a.png"


def line(kind: str) -> str:
    """Give a command that starts a task of a product in the sandbox, to be copied."""
    return " ".join(["a2e run", kind, *words(kind), "--sandbox"])


def words(kind: str) -> list[str]:
    """Give the fields of a plain start of a product, as a shell takes them."""
    cls = tasks.request_class(kind)
    return [
        f"{name}={shlex.quote(typed(item))}"
        for name, value in _fields(cls).items()
        for item in (value if isinstance(value, list) else [value])
    ]


def _fields(cls: type[Request[Any]]) -> dict[str, Any]:
    known = attrs.fields_dict(cls)
    values = {name: _values(name, field.validator) for name, field in known.items()}
    fields = {n: next(values[n]) for n, f in known.items() if f.default is attrs.NOTHING}
    for _ in range(_MOST_ATTEMPTS):
        try:
            cls(**fields)
        except ValueError as error:
            # Each message begins with the name of the field that is missing or does not fit.
            name = re.split(r"\W", str(error), maxsplit=1)[0]
            value = next(values.get(name, iter(())), None)
            if value is None:
                break
            fields[name] = value
        else:
            break
    return fields


def _values(name: str, check: Any) -> Iterator[Any]:
    if isinstance(check, Choice):
        yield from check.choices
    elif isinstance(check, Number):
        bounds = (check.least, check.most)
        yield from (value for value in (*bounds, *_NUMBERS) if value is not None)
    else:
        yield _value(name, check)


def _value(name: str, check: Any) -> Any:
    if isinstance(check, ListOf):
        return [_value(name, check.item)] * max(check.least, 1)
    if isinstance(check, ObjectOf):
        members = check.required or [*check.members][:1]
        return {member: _value(member, check.members[member]) for member in members}
    if isinstance(check, (Choice, Number)):
        return next(_values(name, check))
    if isinstance(check, (MediaSource, HttpsUrl)):
        return _by_name(name, _MEDIA, _PICTURE)
    if isinstance(check, Text):
        return _ID if name.endswith("id") else _by_name(name, _TEXTS, _PROMPT)[: check.most]
    return True if isinstance(check, Flag) else {}


def _by_name(name: str, found: Mapping[str, str], otherwise: str) -> str:
    return next((value for word, value in found.items() if word in name), otherwise)


def typed(value: Any) -> str:
    """Write a value as it is typed."""
    return value if isinstance(value, str) else json.dumps(value)
