"""The operation facts as routes: which operation a method and a path mean. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PREFIX = "/api/v1/"
CORRECTED_KINDS = {
    "DELETE /api/v1/video/{_id}": "delete",
    "GET /api/v1/userNanoBanana/{_id}": "detail",
}
"""Operations whose documented kind is `other` although they are task calls."""

_TYPES = {"string", "integer", "number", "boolean", "object", "array"}


@attrs.frozen(slots=False)
class Operation:
    """One operation of the facts.

    Attributes:
        method: HTTP method in capitals.
        path: Path template of the catalogue.
        facts: The operation object of the document; read-only.
    """

    method: str
    path: str
    facts: Mapping[str, Any]

    @cached_property
    def label(self) -> str:
        """Method and path template, the key of the tables of special cases."""
        return f"{self.method} {self.path}"

    @cached_property
    def kind(self) -> str:
        """What the operation does: start, detail, list, batch-detail, delete, other, stream."""
        documented: str = self.facts["x-kind"]
        return CORRECTED_KINDS.get(self.label, documented)

    @cached_property
    def family(self) -> str:
        """First path segment after the version, which names the product."""
        return self.path.removeprefix("/api/").removeprefix("v1/").split("/")[0]

    @cached_property
    def open(self) -> bool:
        """Whether the operation is served without a token."""
        return self.facts.get("security") == [] or not self.path.startswith(PREFIX)

    @cached_property
    def status(self) -> Mapping[str, Any]:
        """Documented status field and words, empty where there are none."""
        status: Mapping[str, Any] = self.facts.get("x-status", {})
        return status

    @cached_property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """Query parameters by name."""
        listed = self.facts.get("parameters", ())
        return {it["name"]: it for it in listed if it["in"] == "query"}

    @cached_property
    def body_schema(self) -> dict[str, Any] | None:
        """JSON schema of the body with the classic fields, closed; None if undocumented."""
        content = self.facts.get("requestBody", {}).get("content", {})
        schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        classic = self._classic_fields()
        if schema is None and not classic:
            return None
        schema = schema or {"type": "object"}
        fields: dict[str, Any] = classic | schema.get("properties", {})
        return {**schema, "properties": fields, "additionalProperties": False}

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What the body fields stand for when they are left out, where it is documented."""
        fields: dict[str, Any] = (self.body_schema or {}).get("properties", {})
        return {name: field["default"] for name, field in fields.items() if "default" in field}

    @cached_property
    def body_required(self) -> bool:
        """Whether a request without a body is refused."""
        return bool(self.facts.get("requestBody", {}).get("required"))

    @cached_property
    def fields(self) -> frozenset[str]:
        """Names of the body fields."""
        return frozenset((self.body_schema or {}).get("properties", ()))

    @cached_property
    def answer(self) -> Mapping[str, Any]:
        """Documented schema and example of the answer, empty where there are none."""
        content = self.facts["responses"].get("200", {}).get("content", {})
        answer: Mapping[str, Any] = content.get("application/json", {})
        return answer

    @cached_property
    def example(self) -> Any:
        """Example of the answer's `data`, None where there is none."""
        return self.answer.get("example", {}).get("data")

    @cached_property
    def bare(self) -> bool:
        """Whether the documented fields of the answer may stand outside the envelope."""
        fields: Mapping[str, Any] = self.answer.get("schema", {}).get("properties", {})
        return bool(fields) and "code" not in fields

    @cached_property
    def answer_fields(self) -> frozenset[str]:
        """Names of all documented fields of the answer, at any depth."""
        return frozenset(_property_names(self.answer.get("schema", {})))

    def _classic_fields(self) -> dict[str, Any]:
        """Turn the classic field notes into schemas, without the misspelt ones.

        The service reads both spellings; here only the catalogue's is taken, so that a client that
        sends the misspelt one is found out.
        """
        notes: Mapping[str, str] = self.facts.get("x-classic-body-fields", {})
        return {
            name: {"type": kind}
            if (kind := note.split(",")[0].split()[0].rstrip(":")) in _TYPES
            else {}
            for name, note in notes.items()
            if "misspelt" not in note
        }


@attrs.frozen
class Route:
    """An operation found for a request, with the values of its path parameters."""

    operation: Operation
    parameters: Mapping[str, str]


class Router:
    """Find the operation of a request in constant time, classic path spellings included."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        """Index the operations."""
        self._static: dict[tuple[str, str], Route] = {}
        self._dynamic: dict[tuple[str, ...], tuple[int, str, Operation]] = {}
        self._aliases: dict[str, str] = {}
        for operation in operations:
            self._add(operation)

    def find(self, method: str, path: str) -> Route | None:
        """Return the route of a method and a path, None for one that does not exist."""
        route = self._static.get((method, path))
        return route or self._find_dynamic(method, path)

    def _find_dynamic(self, method: str, path: str) -> Route | None:
        segments = path.split("/")
        segments = [self._aliases.get(segment, segment) for segment in segments]
        static = self._static.get((method, "/".join(segments)))
        if static is not None:
            return static
        for place in range(len(segments) - 1, 3, -1):
            found = self._dynamic.get((method, *segments[:place], "*", *segments[place + 1 :]))
            if found is not None and segments[place]:
                return Route(found[2], {found[1]: segments[place]})
        return None

    def _add(self, operation: Operation) -> None:
        segments = operation.path.split("/")
        place = next((n for n, it in enumerate(segments) if it.startswith("{")), None)
        if place is None:
            self._static[operation.method, operation.path] = Route(operation, {})
        else:
            name = segments[place].strip("{}")
            segments[place] = "*"
            self._dynamic[operation.method, *segments] = (place, name, operation)
        classic = operation.facts.get("x-classic-path", operation.path)
        pairs = zip(classic.split("/"), operation.path.split("/"), strict=True)
        self._aliases.update({old: new for old, new in pairs if old != new})


def read(document: Mapping[str, Any]) -> list[Operation]:
    """List all operations of an OpenAPI document."""
    return [
        Operation(method.upper(), path, facts)
        for path, item in document["paths"].items()
        for method, facts in item.items()
    ]


def _property_names(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, child in schema.get("properties", {}).items():
        yield name
        yield from _property_names(child)
    for child in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _property_names(child)
    if "items" in schema:
        yield from _property_names(schema["items"])
