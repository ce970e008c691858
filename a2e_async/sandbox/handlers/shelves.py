"""Stored resources that are no tasks: faces, backgrounds, avatars, speech previews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.replies import Refusal

if TYPE_CHECKING:
    from a2e_async.sandbox.world import Call, World


def add(world: World, call: Call) -> Any:
    """Store a resource; the answer is the whole shelf, the new one first."""
    now = world.stamp()
    item_id = world.service.new_id()
    own = {"_id": item_id, "user_id": world.service.user, "createdAt": now, "updatedAt": now}
    _shelf(world, call)[item_id] = {**call.body, **own}
    return _newest_first(world, call)


def listing(world: World, call: Call) -> Any:
    """List a shelf, newest first."""
    return _newest_first(world, call)


def page(world: World, call: Call) -> Any:
    """List a shelf by pages."""
    rows = _newest_first(world, call)
    size = int(call.query.get("pageSize", 20))
    start = (int(call.query.get("current", 1)) - 1) * size
    return {"rows": rows[start : start + size], "count": len(rows)}


def remove(world: World, call: Call) -> Any:
    """Take one resource off its shelf."""
    if _shelf(world, call).pop(str(call.asked_id), None) is None:
        raise Refusal("No such record", status=404)
    return {}


def change(world: World, call: Call) -> Any:
    """Change the fields of one resource."""
    item = _shelf(world, call).get(str(call.asked_id))
    if item is None:
        raise Refusal("No such record", status=404)
    item.update(call.body, updatedAt=world.stamp())
    return item


def _shelf(world: World, call: Call) -> dict[str, dict[str, Any]]:
    return world.shelves.setdefault(call.operation.family, {})


def _newest_first(world: World, call: Call) -> list[dict[str, Any]]:
    return list(reversed(_shelf(world, call).values()))
