"""What is done with an avatar's training after it was started, and second attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.handlers import tasks
from a2e_async.sandbox.products import LIP_SYNC
from a2e_async.sandbox.records import result_urls
from a2e_async.sandbox.replies import Refusal
from a2e_async.sandbox.world import OtherShape

if TYPE_CHECKING:
    from a2e_async.sandbox.tasks import Task
    from a2e_async.sandbox.world import Call, World

CONTINUED = 100
"""Coins for further training; a diamond is taken in their place where there is one."""


def eye_contact(world: World, call: Call) -> Any:
    """Start a correction; the avatar it is for must exist where one is named."""
    if call.asked_id:
        tasks.known(world, call, "userVideoTwin")
    return tasks.start(world, call)


def continue_training(world: World, call: Call) -> Any:
    """Train an avatar further: it runs again, under its old id."""
    task = tasks.known(world, call, "userVideoTwin")
    price = 0 if world.service.ledger.spend_diamond() else CONTINUED
    world.service.restart(task, call.operation.path, price, LIP_SYNC, call.fault)
    return tasks.show(world, call, task)


def retry(world: World, call: Call) -> Any:
    """Try a failed task again under its id: the one named, else the newest one."""
    product = world.product(call.operation)
    task = tasks.known(world, call, product.name) if call.asked_id else _newest_failed(world, call)
    if task.status != product.words.failure:
        raise Refusal("Only a failed task can be retried")
    world.service.restart(
        task, call.operation.path, product.traits.price, product.traits.timing, call.fault
    )
    return tasks.show(world, call, task)


def add_voice_clone(world: World, call: Call) -> Any:
    """Clone the voice of an avatar's video: a voice training like any other."""
    twin = tasks.known(world, call, "userVideoTwin")
    source = twin.body.get("video_url") or twin.body.get("image_url") or ""
    body = {"name": twin.name, "voice_urls": [source], "gender": twin.body.get("gender", "female")}
    voice = world.products["userVoice"]
    (task,) = world.service.start(voice, call.operation.path, body, call.fault)
    return tasks.show(world, call, task)


def quick_add(world: World, call: Call) -> Any:
    """Make an avatar from a finished picture."""
    picture = tasks.known(world, call, "userText2Image")
    urls = result_urls(picture, world.service.clock.now(), world.links)
    if not urls:
        raise Refusal("_id: the picture is not finished")
    gender = {"gender": call.body["gender"]} if "gender" in call.body else {}
    body = {"name": picture.name, "image_url": urls[0], **gender}
    twin = world.products["userVideoTwin"]
    (task,) = world.service.start(twin, call.operation.path, body, call.fault)
    return task.id if world.shapes(OtherShape.TEXT) else {"_id": task.id}


def _newest_failed(world: World, call: Call) -> Task:
    product = world.product(call.operation)
    failed = (it for it in world.service.listed(product) if it.status == product.words.failure)
    task = next(failed, None)
    if task is None:
        raise Refusal("There is no failed task to retry", status=404)
    return task
