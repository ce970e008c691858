"""Streaming avatars: rooms that are paid up front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.handlers import catalogue
from a2e_async.sandbox.replies import Refusal
from a2e_async.sandbox.rooms import PRICE, Room

if TYPE_CHECKING:
    from a2e_async.sandbox.world import Call, World

BUSY = 1001
APP_ID = "5a6e64b0c0de4a2e"


def avatars(world: World, call: Call) -> Any:
    """List the avatars that can be streamed."""
    del call
    return [{"_id": it["_id"], "name": it["name"]} for it in catalogue.system_avatars(world)]


def enter(world: World, call: Call) -> Any:
    """Open a room and charge for the whole of its time."""
    now = world.service.clock.now()
    hosts = world.options.streaming_hosts
    if hosts is not None and sum(room.open(now) for room in world.rooms.values()) >= hosts:
        raise Refusal("All streaming hosts are busy", status=200, code=BUSY)
    seconds = int(call.body["expire_seconds"])
    world.service.charge(seconds * PRICE, call.operation.path)
    channel = world.service.new_id()
    uid = world.dice.randrange(100_000, 1_000_000)
    avatar = str(call.body["avatar_id"])
    room = Room(channel, avatar, uid, now, now + seconds, seconds * PRICE)
    world.rooms[channel] = room
    return {
        "appId": APP_ID,
        "channel": channel,
        "token": f"007{world.dice.getrandbits(128):032x}",
        "uid": uid,
        "expire_epoch_timestamp": int(world.service.clock.epoch + room.expires),
        "expire_date_UTC": world.service.clock.iso(room.expires),
    }


def set_context(world: World, call: Call) -> Any:
    """Tell the avatar what it answers questions from."""
    _room(world, call).context = str(call.body["text"])
    return {}


def ask(world: World, call: Call) -> Any:
    """Take a question; its answer goes through the room, not through here."""
    room = _room(world, call)
    if room.context is None:
        raise Refusal("channel: set-qa-context comes before ask")
    room.asked.append(str(call.body["text"]))
    return {}


def speak(world: World, call: Call) -> Any:
    """Let the avatar say something."""
    _room(world, call).spoken.append(str(call.body["text"]))
    return {}


def leave(world: World, call: Call) -> Any:
    """Close a room and give the unused coins back."""
    now = world.service.clock.now()
    world.service.ledger.refund(_room(world, call).leave(now), call.operation.path, now)
    return {}


def _room(world: World, call: Call) -> Room:
    room = world.rooms.get(str(call.body["channel"]))
    if room is None or not room.open(world.service.clock.now()):
        raise Refusal("channel: no such room", status=404)
    return room
