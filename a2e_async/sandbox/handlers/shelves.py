"""Stored resources that are no tasks: faces, backgrounds, avatars, speech previews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.replies import Refusal

if TYPE_CHECKING:
    from a2e_async.sandbox.world import Call, World


PREVIEWS_LIVE = 24 * 3600.0
"""Simulated seconds for which speech previews are listed."""


def add(world: World, call: Call) -> Any:
    """Store a resource and show it."""
    now = world.stamp()
    item_id = world.service.new_id()
    own = {"_id": item_id, "user_id": world.service.user, "createdAt": now, "updatedAt": now}
    item = _shelf(world, call)[item_id] = {**call.body, **own}
    return item


def add_to_all(world: World, call: Call) -> Any:
    """Store a resource; the answer is the whole shelf, the new one first."""
    add(world, call)
    return newest_first(world, call)


def listing(world: World, call: Call) -> Any:
    """List a shelf, newest first."""
    return newest_first(world, call)


def previews(world: World, call: Call) -> Any:
    """List the speech previews of the last day by pages."""
    limit = world.service.clock.iso(world.service.clock.now() - PREVIEWS_LIVE)
    rows = [row for row in newest_first(world, call) if row["createdAt"] >= limit]
    size = int(call.query.get("pageSize", 20))
    start = (int(call.query.get("current", 1)) - 1) * size
    return {"rows": rows[start : start + size], "count": len(rows)}


def tags(world: World, call: Call) -> Any:
    """List the distinct tags of a shelf."""
    named = (it.get("tags") or () for it in newest_first(world, call))
    return sorted({str(tag) for them in named if isinstance(them, list) for tag in them})


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
    item.update(call.body, _id=item["_id"], updatedAt=world.stamp())
    return item


def _shelf(world: World, call: Call) -> dict[str, dict[str, Any]]:
    return world.shelves.setdefault(call.operation.family, {})


def newest_first(world: World, call: Call) -> list[dict[str, Any]]:
    """Return what is on the shelf of a call."""
    return list(reversed(_shelf(world, call).values()))
