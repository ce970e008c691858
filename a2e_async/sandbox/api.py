"""The API as a function from requests to replies: routing, token, validation, handlers. No I/O."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import attrs

from a2e_async.sandbox import operations, products, rules
from a2e_async.sandbox.handlers.table import handler_of
from a2e_async.sandbox.replies import Refusal, Reply, dump, failure, page, success
from a2e_async.sandbox.validation import Validator
from a2e_async.sandbox.world import BatchDetail, Call, OtherShape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from a2e_async.sandbox.faults import Fault
    from a2e_async.sandbox.handlers.table import Handler
    from a2e_async.sandbox.operations import Operation, Route
    from a2e_async.sandbox.world import World


@attrs.frozen
class Request:
    """A request as the handlers need it.

    Attributes:
        method: HTTP method in capitals.
        path: Path without query.
        query: Query parameters as text.
        body: The bytes as sent.
        content_type: Media type of the body without parameters.
        authorization: The header as sent, empty where there is none.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    content_type: str
    authorization: str = attrs.field(repr=False)


@attrs.frozen
class _Bound:
    """An operation with its handler and its compiled schemas."""

    handler: Handler
    validator: Validator


class Api:
    """All operations of the facts."""

    def __init__(self, world: World, document: Mapping[str, Any], token: str | None) -> None:
        """Read the facts.

        Args:
            world: The state.
            document: The OpenAPI document of the facts.
            token: The only token that is accepted; None accepts every token.
        """
        self._world = world
        self._token = token
        self._bound: dict[str, _Bound] = {}
        listed = operations.read(document)
        self._router = operations.Router(listed)
        world.products = products.read(listed)
        world.starts = {it.path.lower(): it for it in listed if it.kind == "start"}

    def route(self, method: str, path: str) -> Route | None:
        """Find the operation of a request; None answers with a page, as the service does."""
        route = self._router.find(method, path)
        if route is None or self._hidden(route.operation):
            return None
        return route

    def answer(self, route: Route | None, request: Request, fault: Fault | None = None) -> Reply:
        """Carry a request out.

        Args:
            route: What `route` found for it.
            request: The request.
            fault: What was drawn for it; only effects on tasks and records matter here.

        Returns:
            The answer; whatever is wrong with the request is in it.
        """
        if route is None:
            return page(404, "Not Found")
        try:
            return self._carried_out(route, request, fault)
        except Refusal as refusal:
            trace = self._world.trace_id()
            return failure(refusal.status, refusal.code, refusal.message, trace)

    def _carried_out(self, route: Route, request: Request, fault: Fault | None) -> Reply:
        operation = route.operation
        if not operation.open:
            self._authenticate(request.authorization)
        bound = self._bind(operation)
        query = bound.validator.query(request.query)
        body = bound.validator.body(request.body, request.content_type)
        rules.check(operation, body)
        data = bound.handler(self._world, Call(operation, route.parameters, query, body, fault))
        if isinstance(data, Reply):
            return data
        if operation.bare and self._world.shapes(OtherShape.BARE):
            return Reply(200, dump(data))
        return success(data, self._world.trace_id(), self._world.options.envelope)

    def _authenticate(self, header: str) -> None:
        scheme, _, token = header.partition(" ")
        token = token.strip()
        wanted = {token} if self._token is None else {self._token, *self._world.issued}
        same = any(hmac.compare_digest(token.encode(), it.encode()) for it in wanted)
        if scheme.lower() != "bearer" or not token or not same:
            raise Refusal("Token missing or invalid", status=401)

    def _bind(self, operation: Operation) -> _Bound:
        bound = self._bound.get(operation.label)
        if bound is None:
            handler = handler_of(operation, self._world.products)
            bound = self._bound[operation.label] = _Bound(handler, Validator(operation))
        return bound

    def _hidden(self, operation: Operation) -> bool:
        missing = self._world.options.batch_detail is BatchDetail.MISSING
        return missing and operation.kind == "batch-detail"
