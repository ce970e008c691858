"""The rules between the fields of a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import attrs
import pytest

from a2e_async.tasks import fields, rules

Mode = Literal["a", "b"]


@attrs.frozen(kw_only=True)
class Thing:
    mode: Mode | None = fields.choice(Mode, default="a")
    text: str | None = fields.text()
    other: str | None = fields.text()
    flag: bool | None = fields.flag()
    seconds: str | None = fields.choice(Literal["3", "30"])
    items: Any = fields.media_list()


Rule = Callable[[Thing], None]


def thing(**given: Any) -> Thing:
    return Thing(**given)


def says(rule: Rule, request: Thing) -> str | None:
    try:
        rule(request)
    except ValueError as error:
        return str(error)
    return None


URLS = ["https://example.com/1", "https://example.com/2"]

CASES: list[tuple[Rule, Thing, str | None]] = [
    (lambda it: rules.need(it, "text"), thing(), "text: expected a value, got None"),
    (lambda it: rules.need(it, "text"), thing(text="x"), None),
    (
        lambda it: rules.need(it, "text", mode="a"),
        thing(),
        "text: expected a value with mode='a', got None",
    ),
    (lambda it: rules.need(it, "text", mode="b"), thing(), None),
    (lambda it: rules.need(it, "items", mode=("a", "b")), thing(items=[]), "items: expected a"),
    (
        lambda it: rules.need_one(it, "text", "other", hint="say so"),
        thing(),
        "text: expected this or other, got neither; say so",
    ),
    (lambda it: rules.need_one(it, "text", "other"), thing(other="x"), None),
    (lambda it: rules.need_one(it, "text", "other", mode="b"), thing(), None),
    (
        lambda it: rules.exclude(it, "text", "other"),
        thing(text="x", other="y"),
        "text: expected this or other, got both: 'x' and 'y'",
    ),
    (lambda it: rules.exclude(it, "text", "other"), thing(text="x"), None),
    (
        lambda it: rules.only(it, "text", mode="b"),
        thing(text="x"),
        "text: only mode='b' takes it, got 'x' with mode='a'",
    ),
    (
        lambda it: rules.only(it, "text", mode="b", flag=True),
        thing(text="x", mode="b"),
        "text: only mode='b' and flag=True takes it, got 'x' with mode='b' and flag=None",
    ),
    (lambda it: rules.only(it, "text", mode=("a", "b")), thing(text="x"), None),
    (lambda it: rules.only(it, "flag", mode="b"), thing(flag=False), None),
    (lambda it: rules.only(it, "mode", text="x"), thing(mode="a"), None),
    (lambda it: rules.only(it, "mode", text="x"), thing(mode="b"), "mode: only text='x' takes"),
    (lambda it: rules.only(it, "items", mode="b"), thing(items=[]), None),
    (
        lambda it: rules.within(it, "seconds", ("3",), mode="a"),
        thing(seconds="30"),
        "seconds: expected one of '3' with mode='a', got '30'",
    ),
    (lambda it: rules.within(it, "seconds", ("3",), mode="b"), thing(seconds="30"), None),
    (lambda it: rules.within(it, "seconds", ("3",)), thing(), None),
    (
        lambda it: rules.between(it, "seconds", 4, 40, mode="a"),
        thing(seconds="3"),
        "seconds: expected 4 to 40 with mode='a', got '3'",
    ),
    (lambda it: rules.between(it, "seconds", 4, 40), thing(seconds="30"), None),
    (
        lambda it: rules.count(it, "items", 0, 1, mode="a"),
        thing(items=URLS),
        "items: expected at most 1 entries with mode='a', got 2",
    ),
    (lambda it: rules.count(it, "items", 1, 3), thing(), "items: expected 1 to 3 entries, got 0"),
    (lambda it: rules.count(it, "items", 1, 3, mode="b"), thing(), None),
]


@pytest.mark.parametrize(("rule", "request_", "message"), CASES)
def test_a_rule_names_the_field_what_is_allowed_and_what_was_given(
    rule: Rule, request_: Thing, message: str | None
) -> None:
    said = says(rule, request_)
    assert (said is None) == (message is None)
    assert message is None or (said or "").startswith(message)


def test_a_default_of_the_service_is_in_effect() -> None:
    assert rules.in_effect(thing(), "mode") == "a"
    assert rules.in_effect(thing(mode="b"), "mode") == "b"
    assert rules.in_effect(thing(), "text") is None
