"""Presigned uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.media import specs
from a2e_async.sandbox.replies import Refusal
from a2e_async.sandbox.world import OtherShape

if TYPE_CHECKING:
    from a2e_async.sandbox.world import Call, World

PRICE = 1
LIFETIME = 900
BUCKET = "3days-apac"


def presign(world: World, call: Call) -> Any:
    """Sign an upload; type and size are bound into the URL when they are told."""
    body = call.body
    key = _key(world, call)
    url = world.links.signed(f"/upload/{key}", _bound(call), float(body.get("expiresIn", LIFETIME)))
    return {"uploadUrl": url, "cdnUrl": world.links.public(f"/public/{key}"), "key": key}


def presign_legacy(world: World, call: Call) -> Any:
    """Sign an upload the old way."""
    signed = presign(world, call)
    expires = call.body.get("expiresIn", LIFETIME)
    bucket = call.body.get("bucket", BUCKET)
    return {**signed, "expiresIn": expires, "bucket": bucket}


def transfer(world: World, call: Call) -> Any:
    """Pretend to copy a file to the service's storage: what lies there is a file of its kind."""
    name = str(call.body["url"]).split("?")[0].rsplit("/", 1)[-1] or "file"
    key = f"adam2eve/sandbox/user/{world.service.user}/{world.service.new_id()}-{name}"
    path = f"/public/{key}"
    world.library[path] = (specs.stand_in(name, name),)
    url = world.links.public(path)
    return url if world.shapes(OtherShape.TEXT) else {"url": url}


def _key(world: World, call: Call) -> str:
    now = world.service.clock.now()
    if not world.service.ledger.charge(PRICE, call.operation.path, now):
        raise Refusal("Insufficient coins")
    prefix = call.body.get("urlPrefix", "adam2eve")
    return f"{prefix}/sandbox/user/{world.service.user}/{call.body['key'].lstrip('/')}"


def _bound(call: Call) -> dict[str, str]:
    size = call.body.get("contentLength", call.body.get("fileSize"))
    kind = call.body.get("contentType")
    bound = {"contentType": kind, "contentLength": None if size is None else str(int(size))}
    return {name: value for name, value in bound.items() if value is not None}
