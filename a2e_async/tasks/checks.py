"""Checks of request fields, as attrs validators that tell their bounds. Pure.

Each of them lets None pass where None is the field's default, and otherwise raises a `TypeError`
or `ValueError` that names the field, the value and what is allowed.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, TypeAlias, cast
from urllib.parse import urlsplit

import attrs

from a2e_async.config import is_local

Media: TypeAlias = str | Path | bytes
"""An ``https`` URL, or local media that is uploaded before the start."""


_TOO_LARGE = 2**63


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
    """

    most: int | None = None
    secret: bool = False

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        return "a text that is not blank" + (
            f", {self.most} characters at most" if self.most else ""
        )

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, str):
            self.wrong_type(field, type(value).__name__ if self.secret else value)
        if not value.strip() or (self.most is not None and len(value) > self.most):
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
    """One of some texts."""

    choices: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        return "one of " + ", ".join(map(repr, self.choices))

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, str):
            self.wrong_type(field, value)
        if value not in self.choices:
            self.wrong_value(field, value)


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
            json.dumps(dict(value), allow_nan=False)
        except (TypeError, ValueError):
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
    """A URL, a path or bytes. Whether a path can be read is found out at the start."""

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        return "an https URL, a pathlib.Path of a local file, or bytes"

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, (str, Path, bytes)):
            self.wrong_type(field, value)
        if (isinstance(value, str) and not is_url(value)) or value == b"":
            self.wrong_value(field, value)


@attrs.frozen(eq=False)
class ListOf(Check):
    """A list of values that each pass another check."""

    item: Check
    most: int | None = None

    @property
    def allowed(self) -> str:
        """What the field takes, in words."""
        count = f"at most {self.most}" if self.most else "any number"
        return f"a list of {count}, each {self.item.allowed}"

    def check(self, field: str, value: Any) -> None:
        """Raise unless the value is allowed."""
        if not isinstance(value, tuple):
            self.wrong_type(field, value)
        if self.most is not None and len(value) > self.most:
            refuse(ValueError, field, self.allowed, f"{len(value)} of them")
        for index, item in enumerate(value):
            self.item.check(f"{field}[{index}]", item)


def is_url(text: str) -> bool:
    """Tell whether a text is an ``https`` URL, or an ``http`` one to a private network."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if not parts.hostname or any(c.isspace() for c in text):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_local(parts.hostname))


def media_tuple(value: Iterable[Media] | None) -> tuple[Media, ...] | None:
    """Make a list immutable; a single text or bytes is left for the check to refuse."""
    if value is None or isinstance(value, (str, bytes, Path)) or not isinstance(value, Iterable):
        return value  # type: ignore[return-value]
    return tuple(value)


def media_fields(cls: type[Any]) -> tuple[str, ...]:
    """Name the fields of a request class that take media."""
    return _media_fields(cast("Hashable", cls))


@cache
def _media_fields(cls: Any) -> tuple[str, ...]:
    return tuple(a.name for a in attrs.fields(cls) if _takes_media(a.validator))


def is_local_media(value: object) -> bool:
    """Tell whether the value of a media field, or one of its list, has to be uploaded."""
    if isinstance(value, tuple):
        return any(map(is_local_media, value))
    return isinstance(value, (Path, bytes))


def _takes_media(validator: Any) -> bool:
    return isinstance(validator, MediaSource) or (
        isinstance(validator, ListOf) and isinstance(validator.item, MediaSource)
    )
