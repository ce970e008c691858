"""Checks of request fields, as attrs validators that tell their bounds. Pure.

Each of them lets None pass where None is the field's default, and otherwise raises a `TypeError`
or `ValueError` that names the field, the value and what is allowed.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn, TypeAlias
from urllib.parse import urlsplit

import attrs

from a2e_async.config import is_local

Media: TypeAlias = str | Path | bytes
"""An ``https`` URL, or local media that is uploaded before the start."""


PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".avif", ".heic", ".tif", ".tiff")
_VIDEOS = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".wmv", ".flv", ".mpg", ".mpeg")
_SOUNDS = (".mp3", ".wav", ".ogg", ".opus", ".m4a", ".aac", ".flac", ".wma")
_MEDIA_SUFFIXES = frozenset(PICTURES + _VIDEOS + _SOUNDS)
_TOO_LARGE = 2**63
_DEEPEST = 16


def refuse(kind: type[Exception], field: str, allowed: str, value: object) -> NoReturn:
    """Raise an error that names the field, what is allowed, and the value."""
    raise kind(f"{field}: expected {allowed}, got {reprlib.repr(value)}")


@attrs.frozen(eq=False)
class Check:
    """A check of one field. Subclasses say what is allowed and how it is checked."""

    def __call__(self, instance: object, field: attrs.Attribute[Any], value: Any) -> None:
        """Check a value; attrs calls it."""
        del instance
        if value is None and field.default is None:
            return
        self.check(field.name, value)

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        raise NotImplementedError

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        raise NotImplementedError

    def wrong_type(self, field: str, value: object) -> NoReturn:
        """Refuse a value of another type."""
        refuse(TypeError, field, self.allowed, value)

    def wrong_value(self, field: str, value: object) -> NoReturn:
        """Refuse a value out of bounds."""
        refuse(ValueError, field, self.allowed, value)


@attrs.frozen(eq=False)
class Text(Check):
    """A text that is not blank.

    Attributes:
        most: the largest number of characters, or None for no limit.
        secret: whether the value must not be shown.
        blank: whether it may be blank all the same.
    """

    most: int | None = None
    secret: bool = False
    blank: bool = False

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        return ("a text" if self.blank else "a text that is not blank") + (
            f", {self.most} characters at most" if self.most else ""
        )

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, str):
            self.wrong_type(field, type(value).__name__ if self.secret else value)
        blank = not (self.blank or value.strip())
        if blank or (self.most is not None and len(value) > self.most):
            raise ValueError(
                f"{field}: expected {self.allowed}, got {len(value)} characters"
                + ("" if self.secret else f": {reprlib.repr(value)}")
            )
        try:
            value.encode()
        except UnicodeEncodeError as error:
            # Arguments of a shell that are no UTF-8 come so, and no JSON can hold them.
            raise ValueError(
                f"{field}: expected {self.allowed}, got a broken character at {error.start}"
            ) from None


@attrs.frozen(eq=False)
class Choice(Check):
    """One of some texts, or one of some whole numbers."""

    choices: tuple[str | int, ...]

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        return "one of " + ", ".join(map(repr, self.choices))

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if type(value) is not type(self.choices[0]):
            as_text = ", as text" if type(value) is int and value in self._numbers() else ""
            refuse(TypeError, field, self.allowed + as_text, value)
        if value not in self.choices:
            self.wrong_value(field, value)

    def _numbers(self) -> set[int]:
        return {int(it) for it in self.choices if isinstance(it, str) and it.isdecimal()}


@attrs.frozen(eq=False)
class Number(Check):
    """A finite number within bounds, which are allowed themselves; not a truth value."""

    least: float | None = None
    most: float | None = None
    noun: str = "a number"
    kinds: tuple[type[float], ...] = (int, float)

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        if self.least is not None and self.most is not None:
            return f"{self.noun} from {self.least} to {self.most}"
        if self.least is not None:
            return f"{self.noun} of at least {self.least}"
        return self.noun if self.most is None else f"{self.noun} of at most {self.most}"

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if isinstance(value, bool) or not isinstance(value, self.kinds):
            self.wrong_type(field, value)
        if not self._within(value):
            self.wrong_value(field, value)
        # No infinity can be sent, and no whole number beyond 64 bits; nan fails any comparison.
        if not abs(value) < _TOO_LARGE:
            refuse(ValueError, field, f"{self.allowed}, below 2**63", value)

    def _within(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )


@attrs.frozen(eq=False)
class Integer(Number):
    """A whole number within bounds, which are allowed themselves."""

    noun: str = "a whole number"
    kinds: tuple[type[float], ...] = (int,)


@attrs.frozen(eq=False)
class Flag(Check):
    """True or False."""

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        return "True or False"

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, bool):
            self.wrong_type(field, value)


@attrs.frozen(eq=False)
class JsonObject(Check):
    """A mapping that is sent as a JSON object."""

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        return "a mapping with text keys and values that JSON can hold"

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            self.wrong_type(field, value)
        try:
            json.dumps(dict(value), allow_nan=False, ensure_ascii=False).encode()
        except (TypeError, ValueError, RecursionError):
            self.wrong_value(field, value)


@attrs.frozen(eq=False)
class HttpsUrl(Check):
    """An ``https`` address; plain http only to this machine or a private network."""

    most: int | None = None

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        return "an https URL" + (f", {self.most} characters at most" if self.most else "")

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, str):
            self.wrong_type(field, value)
        if not is_url(value) or (self.most is not None and len(value) > self.most):
            self.wrong_value(field, value)


@attrs.frozen(eq=False)
class MediaSource(Check):
    """A URL, a path or bytes. Whether a path can be read is found out at the start.

    Attributes:
        suffixes: how names may end, in small letters, or nothing for any. A name that ends
            neither so nor as other media do passes: it says nothing about the file.
    """

    suffixes: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        words = "an https URL, a pathlib.Path of a local file, or bytes"
        return f"{words}, of type {', '.join(self.suffixes)}" if self.suffixes else words

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, (str, Path, bytes)):
            self.wrong_type(field, value)
        if (isinstance(value, str) and not is_url(value)) or value == b"":
            self.wrong_value(field, value)
        if self.suffixes and is_other_media(value, self.suffixes):
            self.wrong_value(field, value)


@attrs.frozen(eq=False)
class ListOf(Check):
    """A list of values that each pass another check."""

    item: Check
    most: int | None = None
    least: int = 0

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        return f"a list of {self._count}, each {self.item.allowed}"

    @property
    def _count(self) -> str:
        if self.least and self.most:
            return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"
        if self.most:
            return f"at most {self.most}"
        return f"at least {self.least}" if self.least else "any number"

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, tuple):
            self.wrong_type(field, value)
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            raise ValueError(f"{field}: expected {self.allowed}, got {len(value)}")
        for index, item in enumerate(value):
            self.item.check(f"{field}[{index}]", item)


@attrs.frozen(eq=False)
class ObjectOf(Check):
    """A mapping with known members, sent as a JSON object.

    Attributes:
        members: the check of each member.
        required: the members that may not be missing.
    """

    members: Mapping[str, Check]
    required: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        names = (f"{name} (needed)" if name in self.required else name for name in self.members)
        return f"a mapping with the keys {', '.join(names)}"

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, Mapping):
            self.wrong_type(field, value)
        odd = [key for key in value if key not in self.members]
        missing = [name for name in self.required if value.get(name) is None]
        if odd or missing:
            words = f"no such key; expected {self.allowed}" if odd else "it is needed, and missing"
            raise ValueError(f"{field}.{[*odd, *missing][0]}: {words}")
        for name, item in value.items():
            self.members[name].check(f"{field}.{name}", item)


def is_hashable(check: Check) -> bool:
    """Tell whether what passes a check can be hashed: mappings cannot."""
    if isinstance(check, ListOf):
        return is_hashable(check.item)
    return not isinstance(check, (JsonObject, ObjectOf))


def is_other_media(value: Media, suffixes: tuple[str, ...]) -> bool:
    """Tell whether media ends in its name as media does, but in none of these ways."""
    if isinstance(value, bytes):
        return False
    name = PurePosixPath(urlsplit(value).path) if isinstance(value, str) else value
    return name.suffix.lower() in _MEDIA_SUFFIXES.difference(suffixes)


def is_url(text: str) -> bool:
    """Tell whether a text is an ``https`` URL, or an ``http`` one to a private network."""
    try:
        text.encode()
        parts = urlsplit(text)
    except ValueError:
        return False
    if not parts.hostname or any(c.isspace() for c in text):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_local(parts.hostname))


def frozen(value: Any) -> Any:
    """Make lists immutable, within objects too; what is no list is left for the check to refuse."""
    return None if value is None else _frozen(value, _DEEPEST)


def _frozen(value: Any, levels: int) -> Any:
    # A list may hold itself.
    if levels == 0 or isinstance(value, (str, bytes, Path)) or not isinstance(value, Iterable):
        return value
    if isinstance(value, Mapping):
        return {key: _frozen(item, levels - 1) for key, item in value.items()}
    return tuple(_frozen(item, levels - 1) for item in value)


def copied(value: Any) -> Any:
    """Copy an object and what it holds: a change of the caller's own later changes no copy."""
    return _copied(value, _DEEPEST)


def _copied(value: Any, levels: int) -> Any:
    if levels and isinstance(value, Mapping):
        return {key: _copied(item, levels - 1) for key, item in value.items()}
    if levels and isinstance(value, list):
        return [_copied(item, levels - 1) for item in value]
    return value


def media_tuple(value: Iterable[Media]) -> tuple[Media, ...]:
    """Make a list of media immutable, as `frozen` does."""
    found: tuple[Media, ...] = frozen(value)
    return found
