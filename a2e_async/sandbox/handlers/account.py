"""Coins, prices and the history of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.replies import Refusal
from a2e_async.sandbox.service import asked

if TYPE_CHECKING:
    from a2e_async.sandbox.ledger import Entry
    from a2e_async.sandbox.world import Call, World

COINS_PER_DIAMOND = 100


def balance(world: World, call: Call) -> Any:
    """Show coins and diamonds."""
    del call
    return {"coins": world.service.coins, "diamonds": world.service.ledger.diamonds}


def quote(world: World, call: Call) -> Any:
    """Estimate a price without charging."""
    path = str(call.body["endpoint"]).removeprefix("POST ")
    family = path.removeprefix("/api/v1/").split("/")[0]
    spelling = {name.lower(): product for name, product in world.products.items()}
    product = spelling.get(family.lower())
    if product is None:
        raise Refusal("endpoint: no quote support")
    number = asked(product, call.body["requestBody"])
    return {"coins": product.traits.price * number, "generationRequestValidated": False}


def history(world: World, call: Call) -> Any:
    """Show a page of the changes of the balance, newest first."""
    world.service.coins  # noqa: B018  (books the refunds that are due)
    query = call.query
    rows = [_entry(world, entry) for entry in reversed(world.service.ledger.entries)]
    if "is_consumption" in query:
        rows = [row for row in rows if (row["amount"] < 0) is query["is_consumption"]]
    first, last = query.get("startDate", ""), query.get("endDate", "~")
    rows = [row for row in rows if first <= row["createdAt"] <= last]
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


def _entry(world: World, entry: Entry) -> dict[str, Any]:
    moment = world.service.clock.iso(entry.moment)
    return {"_id": entry.id, "amount": entry.amount, "reason": entry.reason, "createdAt": moment}
