"""Backgrounds: the service's and the caller's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.handlers import shelves
from a2e_async.sandbox.media.specs import ImageSpec

if TYPE_CHECKING:
    from a2e_async.sandbox.world import Call, World

BACK_ID = "66aa0000000000000000{:04x}"
NAMES = ("Office", "Studio", "Beach", "Forest")


def every(world: World, call: Call) -> Any:
    """List all backgrounds, the caller's own first."""
    own = [{**it, "type": "custom"} for it in shelves.newest_first(world, call)]
    return own + _system(world)


def one(world: World, call: Call) -> Any:
    """Draw one of the service's backgrounds."""
    del call
    return world.dice.choice(_system(world))


def _system(world: World) -> list[dict[str, Any]]:
    shown = []
    for number, name in enumerate(NAMES, 1):
        back = BACK_ID.format(number)
        world.library.setdefault(back, (ImageSpec(name, 960, 540, back),))
        shown.append({"_id": back, "img_url": world.links.media(back, 0, "png"), "type": "default"})
    return shown
