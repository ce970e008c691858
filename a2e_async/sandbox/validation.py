"""Requests held against the facts. Pure."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker

from a2e_async.sandbox.replies import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jsonschema.exceptions import ValidationError

    from a2e_async.sandbox.operations import Operation

_FORMATS = FormatChecker(())
_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}


@_FORMATS.checks("uri", raises=ValueError)
def _is_address(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


class _Parameter:
    """A query parameter with its compiled schema."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.required: bool = facts.get("required", False)
        self.schema: Mapping[str, Any] = facts["schema"]
        self.validator = Draft202012Validator(facts["schema"])


class Validator:
    """Checks the requests of one operation; its schemas are compiled once."""

    def __init__(self, operation: Operation) -> None:
        """Compile the schemas of an operation."""
        self._required = operation.body_required
        self._body = None
        if operation.body_schema is not None:
            self._body = Draft202012Validator(operation.body_schema, format_checker=_FORMATS)
        self._fields = (operation.body_schema or {}).get("properties", {})
        self._parameters = {name: _Parameter(facts) for name, facts in operation.parameters.items()}

    def body(self, raw: bytes, content_type: str) -> dict[str, Any]:
        """Read and check a body.

        Args:
            raw: The bytes as sent.
            content_type: Media type as sent.

        Returns:
            The body; an empty object when there is none.

        Raises:
            Refusal: It is not JSON, no object, or breaks the schema; the message names the field,
                what it holds and what is allowed, never the value.
        """
        if not raw:
            return self._checked({}) if self._required else {}
        if content_type != "application/json":
            raise Refusal(f"Content-Type is {content_type}, allowed: application/json")
        try:
            value = json.loads(raw, parse_constant=_no_constant, parse_float=_finite)
        except (ValueError, RecursionError):
            raise Refusal("The body is not valid JSON") from None
        if not isinstance(value, dict):
            raise Refusal(f"The body is {kind_of(value)}, allowed: object")
        return self._checked(value)

    def query(self, sent: Mapping[str, str]) -> dict[str, Any]:
        """Read and check the query parameters.

        Returns:
            The parameters in the types of the schema.

        Raises:
            Refusal: One is unknown, missing or breaks its schema.
        """
        unknown = sorted(sent.keys() - self._parameters.keys())
        if unknown:
            raise Refusal(_unknown(unknown, self._parameters, "query parameter"))
        values = {}
        for name, parameter in self._parameters.items():
            if name in sent:
                values[name] = _converted(sent[name], parameter.schema)
                _raise(next(parameter.validator.iter_errors(values[name]), None), name)
            elif parameter.required:
                raise Refusal(f"{name}: required query parameter is missing")
        return values

    def _checked(self, value: dict[str, Any]) -> dict[str, Any]:
        if self._body is not None:
            unknown = sorted(value.keys() - self._fields.keys())
            if unknown:
                raise Refusal(_unknown(unknown, self._fields, "field"))
            _raise(next(self._body.iter_errors(value), None))
        return value


def _no_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python reads and JSON does not know."""
    raise ValueError(name)


def _finite(text: str) -> float:
    """Refuse numbers that are too large to be told from infinity."""
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number


def kind_of(value: object) -> str:
    """Name the JSON type of a value."""
    if value is None:
        return "null"
    return _KINDS.get(type(value), "object")


def _unknown(names: list[str], known: Mapping[str, Any], what: str) -> str:
    allowed = ", ".join(known) or "none"
    return f"{', '.join(names)}: no such {what}; allowed: {allowed}"


def _raise(error: ValidationError | None, field: str | None = None) -> None:
    if error is not None:
        raise Refusal(_explain(error, field))


def _explain(error: ValidationError, field: str | None) -> str:
    place = ".".join([*([field] if field else []), *(str(part) for part in error.absolute_path)])
    rule: str = str(error.validator)
    limit: Any = error.validator_value
    if rule == "required":
        missing = [name for name in limit if name not in cast("dict[str, Any]", error.instance)]
        return f"{'.'.join(filter(None, [place, missing[0]]))}: required field is missing"
    allowed = ", ".join(map(str, limit)) if isinstance(limit, list) else limit
    return f"{place}: {kind_of(error.instance)} breaks {rule}; allowed: {allowed}"


def _converted(text: str, schema: Mapping[str, Any]) -> Any:
    """Turn a query text into the type of the schema; unfit text stays text and is refused then."""
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if schema.get("type") in ("integer", "number"):
        return int(text) if text.removeprefix("-").isdecimal() else text
    return text
