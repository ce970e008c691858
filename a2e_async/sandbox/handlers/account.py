"""Coins, prices and the history of both."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.prices import asked, price_of
from a2e_async.sandbox.replies import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from a2e_async.sandbox.ledger import Entry
    from a2e_async.sandbox.world import Call, World

COINS_PER_DIAMOND = 100


def balance(world: World, call: Call) -> Any:
    """Show coins and diamonds."""
    del call
    return {"coins": world.service.coins, "diamonds": world.service.ledger.diamonds}


def quote(world: World, call: Call) -> Any:
    """Estimate a price without charging."""
    path = str(call.body["endpoint"]).removeprefix("POST ").strip()
    operation = world.starts.get(path.lower())
    if operation is None:
        raise Refusal("endpoint: no quote support")
    product, body = world.product(operation), call.body["requestBody"]
    coins = price_of(product, operation.path, body) * asked(product, body)
    return {"coins": coins, "generationRequestValidated": False}


def history(world: World, call: Call) -> Any:
    """Show a page of the changes of the balance, newest first."""
    world.service.coins  # noqa: B018  (books the refunds that are due)
    query = call.query
    rows = [_entry(world, entry) for entry in reversed(world.service.ledger.entries)]
    if "is_consumption" in query:
        rows = [row for row in rows if (row["amount"] < 0) is query["is_consumption"]]
    first, last = _moment(query, "startDate"), _moment(query, "endDate")
    rows = [row for row in rows if _within(row["createdAt"], first, last)]
    size = int(query.get("pageSize", 10))
    start = (int(query.get("pageNum", 1)) - 1) * size
    return {"rows": rows[start : start + size], "count": len(rows)}


def exchange(world: World, call: Call) -> Any:
    """Buy diamonds; there is no way back."""
    number = int(call.body["diamonds"])
    ledger = world.service.ledger
    now = world.service.clock.now()
    if number < 1 or not ledger.charge(number * COINS_PER_DIAMOND, "diamonds", now):
        raise Refusal("Insufficient coins")
    ledger.diamonds += number
    return balance(world, call)


def _moment(query: Mapping[str, Any], name: str) -> datetime | None:
    """Read a bound, without a zone as UTC."""
    if name not in query:
        return None
    try:
        moment = datetime.fromisoformat(query[name])
    except ValueError:
        raise Refusal(f"{name}: an ISO date-time is allowed") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _within(created: str, first: datetime | None, last: datetime | None) -> bool:
    moment = datetime.fromisoformat(created)
    return (first is None or first <= moment) and (last is None or moment <= last)


def _entry(world: World, entry: Entry) -> dict[str, Any]:
    moment = world.service.clock.iso(entry.moment)
    return {"_id": entry.id, "amount": entry.amount, "reason": entry.reason, "createdAt": moment}
