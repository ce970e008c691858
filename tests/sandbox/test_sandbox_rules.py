"""Each condition of the facts with the bodies that break it."""

from __future__ import annotations

from typing import Any

import pytest

from a2e_async import facts
from a2e_async.sandbox import rules
from a2e_async.sandbox.conditions import Asked
from a2e_async.sandbox.operations import read
from a2e_async.sandbox.replies import Refusal
from a2e_async.sandbox.rules import RULES

from .bodies import least
from .conditions import BROKEN, KEPT, MISSING

pytestmark = pytest.mark.timeout(20)

OPERATIONS = {it.path: it for it in read(facts.load()) if it.method == "POST"}


@pytest.mark.parametrize(("path", "changes", "field"), BROKEN)
def test_a_broken_condition_is_refused_and_its_field_is_named(
    path: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as caught:
        rules.check(OPERATIONS[f"/api/v1/{path}"], _body(path, changes))
    named = caught.value.message.split(":")[0]
    assert field in named
    for value in changes.values():
        assert not isinstance(value, str) or f"'{value}'" not in caught.value.message


@pytest.mark.parametrize(("path", "changes"), KEPT)
def test_what_the_facts_allow_or_ignore_is_taken(path: str, changes: dict[str, Any]) -> None:
    rules.check(OPERATIONS[f"/api/v1/{path}"], _body(path, changes))


@pytest.mark.parametrize("path", RULES)
def test_every_rule_has_a_body_that_breaks_it(path: str) -> None:
    operation = OPERATIONS[path]
    bodies = [_body(path, changes) for where, changes, _ in BROKEN if path.endswith(f"/{where}")]
    unbroken = [
        number
        for number, rule in enumerate(RULES[path])
        if all(rule(Asked(body, operation.defaults)) is None for body in bodies)
    ]
    assert not unbroken


@pytest.mark.parametrize("path", RULES)
def test_a_default_may_as_well_be_sent(path: str) -> None:
    operation = OPERATIONS[path]
    for name, value in operation.defaults.items():
        rules.check(operation, {**_body(path, {}), name: value})


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        ({"resolution": "2K"}, True),
        ({"resolution": "2K", "aspect_ratio": "auto"}, True),
        ({"resolution": "2K", "aspect_ratio": "16:9"}, False),
        ({"aspect_ratio": "auto"}, False),
        ({"model": "gpt-image-1.5", "resolution": "2K"}, False),
    ],
)
def test_large_pictures_of_unknown_ratio_are_taken_and_fail(
    changes: dict[str, Any], *, fails: bool
) -> None:
    operation = OPERATIONS["/api/v1/userGptImage/start"]
    body = {"name": "n", "prompt": "x", "model": "gpt-image-2", **changes}
    rules.check(operation, body)
    assert bool(rules.doom(operation, body)) is fails


def _body(path: str, changes: dict[str, Any]) -> dict[str, Any]:
    operation = OPERATIONS[f"/api/v1/{path.removeprefix('/api/v1/')}"]
    body = {**(least(operation, None) or {}), **changes}
    return {name: value for name, value in body.items() if value is not MISSING}
