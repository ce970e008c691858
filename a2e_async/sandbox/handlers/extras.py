"""Operations of single products beside their tasks."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.handlers import tasks
from a2e_async.sandbox.media.specs import VideoSpec, stand_in, suffix, video_size
from a2e_async.sandbox.replies import Refusal, Reply, dump
from a2e_async.sandbox.world import OtherShape

if TYPE_CHECKING:
    from a2e_async.sandbox.world import Call, World

PREPARING = 60.0
"""Simulated seconds until the large version of a video is ready, from the first time it is asked
for."""
ACCEPTED = 202


def large_video(world: World, call: Call) -> Any:
    """Answer the 1080p version of a Veo video, 202 while it is being prepared."""
    task = tasks.known(world, call, "veoVideo")
    if task.body.get("aspectRatio") != "16:9":
        raise Refusal("aspectRatio: 1080p is there for 16:9 only")
    if task.status != task.product.words.success:
        raise Refusal("The video is not finished")
    now = world.service.clock.now()
    if now < world.prepared.setdefault(task.id, now + PREPARING):
        waiting = {"code": 0, "data": {"_id": task.id}, "trace_id": world.trace_id()}
        return Reply(ACCEPTED, dump(waiting))
    owner = f"{task.id}-1080p"
    size = video_size(1920, 1080)
    world.library[owner] = (VideoSpec(str(task.body["prompt"]), *size, owner),)
    url = world.links.media(owner, 0, "mp4")
    if world.shapes(OtherShape.TEXT):
        return url
    return {"_id": task.id, **dict.fromkeys(task.product.results, url)}


def mark(world: World, call: Call) -> Any:
    """Note what was done with a result; nothing shows it."""
    tasks.known(world, call)
    return {}


def average_time(world: World, call: Call) -> Any:
    """Tell how long the finished tasks took, or what is usual where there are none."""
    product = world.product(call.operation)
    now = world.service.clock.now()
    ended = [it.duration for it in world.service.listed(product) if it.fraction(now) >= 1]
    return {"avgProcessingTime": round(fmean(ended or [product.traits.timing.median]), 3)}


def queue_level(world: World, call: Call) -> Any:
    """Tell how long the queue is."""
    product = world.product(call.operation)
    return {"unlimitedQueueLevel": int(world.service.runs(product))}


def watermark(world: World, call: Call) -> Any:
    """Answer a marked copy at once."""
    owner = world.service.new_id()
    text = str(call.body.get("text") or "watermark")
    spec = world.library.setdefault(owner, (stand_in(str(call.body["media_url"]), text),))[0]
    return {"result_url": world.links.media(owner, 0, suffix(spec))}


def public_pool(world: World, call: Call) -> Any:
    """Store a setting that nothing here depends on."""
    del world
    return {"isAutoToPublicPool": call.body["isAutoToPublicPool"]}


def log_in(world: World, call: Call) -> Any:
    """Hand out a login token."""
    del call
    return {"token": _issue(world, "login")}


def api_token(world: World, call: Call) -> Any:
    """Hand out an API token."""
    del call
    return {"_id": world.service.new_id(), "token": _issue(world, "sk")}


def _issue(world: World, kind: str) -> str:
    token = f"{kind}_sandbox_{world.dice.getrandbits(128):032x}"
    world.issued.add(token)
    return token
