"""The words in which conditions between fields are written. Pure.

A rule looks at a body and returns its refusal, or None; a case tells when rules hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import attrs

from a2e_async.sandbox.replies import Refusal

LOCAL = ("http://127.0.0.1", "http://[::1]", "http://localhost")
"""Plain addresses that count as safe: the sandbox's own asset host and receivers beside it."""

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"})
FILMS = frozenset({".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v"})
SOUNDS = frozenset({".mp3", ".wav", ".ogg", ".m4a", ".aac", ".flac"})


@attrs.frozen
class Asked:
    """A body with the documented defaults of what it leaves out."""

    sent: Mapping[str, Any]
    defaults: Mapping[str, Any] = attrs.field(factory=dict)

    def given(self, field: str) -> bool:
        """Tell whether a field holds something: it is not missing, empty, false or 0."""
        return bool(self.sent.get(field))

    def value(self, field: str) -> Any:
        """Return what a field holds or stands for when it is left out."""
        return self.sent.get(field, self.defaults.get(field))

    def texts(self, field: str) -> list[str]:
        """Return the texts of a field, be it one or a list."""
        found = self.sent.get(field) or []
        return [str(it) for it in (found if isinstance(found, list) else [found])]


Rule = Callable[[Asked], Refusal | None]


@attrs.frozen
class Case:
    """A circumstance in which rules hold; `text` tells it to the caller."""

    text: str
    holds: Callable[[Asked], bool]

    def __and__(self, other: Case) -> Case:
        """Demand both."""
        return Case(
            f"{self.text} and {other.text}", lambda asked: self.holds(asked) and other.holds(asked)
        )


def has(field: str) -> Case:
    """Tell that a field holds something."""
    return Case(field, lambda asked: asked.given(field))


def lacks(field: str) -> Case:
    """Tell that a field holds nothing."""
    return Case(f"{field} left out", lambda asked: not asked.given(field))


def is_(field: str, *values: object) -> Case:
    """Tell that a field has one of some values, by default or by being sent."""
    return Case(f"{field} {_either(values)}", lambda asked: asked.value(field) in values)


def isnt(field: str, *values: object) -> Case:
    """Tell that a field has none of some values, by default or by being sent."""
    text = f"{field} other than {_either(values)}"
    return Case(text, lambda asked: asked.value(field) not in values)


def when(case: Case, *rules: Rule) -> tuple[Rule, ...]:
    """Let rules hold in a case only."""
    return tuple(_within(case, rule) for rule in rules)


def needs(*fields: str) -> Rule:
    """Demand fields that are neither missing, empty nor 0."""
    return lambda asked: _missing([it for it in fields if not asked.given(it)])


def sends(*fields: str) -> Rule:
    """Demand fields, whatever they hold."""
    return lambda asked: _missing([it for it in fields if asked.sent.get(it) is None])


def any_of(*fields: str) -> Rule:
    """Demand at least one of the fields."""

    def rule(asked: Asked) -> Refusal | None:
        if any(asked.given(field) for field in fields):
            return None
        return Refusal(f"{' or '.join(fields)}: one of them is required")

    return rule


def never(*fields: str) -> Rule:
    """Forbid fields."""

    def rule(asked: Asked) -> Refusal | None:
        found = [field for field in fields if asked.given(field)]
        return Refusal(f"{', '.join(found)}: not allowed") if found else None

    return rule


def only(field: str, case: Case) -> Rule:
    """Allow a field in a case only."""

    def rule(asked: Asked) -> Refusal | None:
        if not asked.given(field) or case.holds(asked):
            return None
        return Refusal(f"{field}: allowed with {case.text} only")

    return rule


def not_both(first: str, second: str, code: int) -> Rule:
    """Forbid two fields together; the service says so under HTTP 200."""

    def rule(asked: Asked) -> Refusal | None:
        if not (asked.given(first) and asked.given(second)):
            return None
        return Refusal(f"{first}, {second}: only one is allowed", status=200, code=code)

    return rule


def among(field: str, *values: object) -> Rule:
    """Bound a field to some values."""

    def rule(asked: Asked) -> Refusal | None:
        value = asked.value(field)
        if value is None or value in values:
            return None
        return Refusal(f"{field}: allowed are {', '.join(map(str, values))}")

    return rule


def between(field: str, low: float, high: float) -> Rule:
    """Bound a number, which may be written as text."""

    def rule(asked: Asked) -> Refusal | None:
        value = asked.value(field)
        if value is None or low <= number(value, field) <= high:
            return None
        return Refusal(f"{field}: {low:g} to {high:g} is allowed")

    return rule


def at_least(field: str, limit: float) -> Rule:
    """Bound a number from below."""

    def rule(asked: Asked) -> Refusal | None:
        value = asked.value(field)
        if value is None or number(value, field) >= limit:
            return None
        return Refusal(f"{field}: at least {limit:g} is allowed")

    return rule


def at_most(field: str, limit: float) -> Rule:
    """Bound a number from above."""

    def rule(asked: Asked) -> Refusal | None:
        value = asked.value(field)
        if value is None or number(value, field) <= limit:
            return None
        return Refusal(f"{field}: at most {limit:g} is allowed")

    return rule


def entries(field: str, least: int, most: int) -> Rule:
    """Bound the number of entries of a list; 0 of them may as well be left out."""

    def rule(asked: Asked) -> Refusal | None:
        found = len(asked.sent.get(field) or ())
        if found < least:
            return Refusal(f"{field}: {found} entries; at least {least}")
        return Refusal(f"{field}: {found} entries; at most {most}") if found > most else None

    return rule


def longest(field: str, limit: int) -> Rule:
    """Bound the number of Unicode characters of a text."""

    def rule(asked: Asked) -> Refusal | None:
        length = len(asked.sent.get(field) or "")
        if length <= limit:
            return None
        return Refusal(f"{field}: {length} characters; at most {limit}")

    return rule


def https(field: str) -> Rule:
    """Demand addresses that begin with https."""
    return _each(field, lambda url: url.startswith(("https://", *LOCAL)), "https only")


def not_scheme(field: str, scheme: str) -> Rule:
    """Refuse addresses of a scheme."""
    return _each(field, lambda url: not url.startswith(f"{scheme}:"), f"{scheme}: is refused")


def without_spaces(field: str) -> Rule:
    """Refuse addresses that hold spaces."""
    return _each(field, lambda url: " " not in url, "no spaces are allowed")


def ends(field: str, *extensions: str) -> Rule:
    """Demand addresses whose path has one of some extensions."""
    return _each(field, lambda url: extension(url) in extensions, f"allowed are {_all(extensions)}")


def of_kind(field: str, *extensions: str) -> Rule:
    """Refuse addresses that show another kind of file; most addresses need show none."""
    known = (PICTURES | FILMS | SOUNDS) - {*extensions}
    text = f"allowed are {_all(extensions)}"
    return _each(field, lambda url: extension(url) not in known, text)


def extension(url: str) -> str:
    """Return the extension of an address's path in small letters, its dot included."""
    try:
        return PurePosixPath(urlsplit(url).path).suffix.lower()
    except ValueError:  # an address that is none
        return ""


def number(value: Any, field: str) -> float:
    """Read a number that may be written as text.

    Raises:
        Refusal: It is none.
    """
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Refusal(f"{field}: not a number") from None


def _within(case: Case, rule: Rule) -> Rule:
    def conditional(asked: Asked) -> Refusal | None:
        refusal = rule(asked) if case.holds(asked) else None
        if refusal is None:
            return None
        text = f"{refusal.message} with {case.text}"
        return Refusal(text, status=refusal.status, code=refusal.code)

    return conditional


def _each(field: str, good: Callable[[str], bool], text: str) -> Rule:
    def rule(asked: Asked) -> Refusal | None:
        bad = any(not good(url) for url in asked.texts(field))
        return Refusal(f"{field}: {text}") if bad else None

    return rule


def _missing(fields: list[str]) -> Refusal | None:
    return Refusal(f"{', '.join(fields)}: required") if fields else None


def _either(values: tuple[object, ...]) -> str:
    return " or ".join(map(str, values))


def _all(values: tuple[object, ...]) -> str:
    return ", ".join(map(str, values))
