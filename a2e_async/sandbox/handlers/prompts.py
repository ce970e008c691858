"""Prompts rewritten, as one answer or as Server-Sent Events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.faults import Effect
from a2e_async.sandbox.replies import Refusal, Reply, dump

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from a2e_async.sandbox.world import Call, World

SHOTS = (1, 4)
LONGEST_PART = 24
FAILED = 500


def extend(world: World, call: Call) -> Any:
    """Answer a rewritten prompt; as events when `stream` is true."""
    text = _rewritten(call.body)
    result = {"prompt": text, "negative_prompt": call.body.get("negative_prompt", "")}
    fault = call.fault
    broken = fault.message if fault and fault.effect is Effect.STREAM_ERROR else None
    if call.body.get("stream"):
        sent = b"".join(_written(_events(text, result, broken)))
        return Reply(200, b"", "text/event-stream", parts=tuple(_cut(world, sent)))
    if broken is not None:
        raise Refusal(broken, status=200, code=FAILED)
    return result


def _rewritten(body: Any) -> str:
    prompt = str(body.get("prompt", ""))
    if body.get("template") == "cinematic":
        text = "\n".join(_cinematic(prompt, body))
    else:
        text = f"{prompt}, cinematic light, fine detail".lstrip(", ")
    return text[: int(body.get("max_length") or len(text))]


def _cinematic(prompt: str, body: Any) -> Iterator[str]:
    """Write a scene, its numbered shots and its sound."""
    yield f"Scene: {prompt}"
    shots = min(SHOTS[1], max(SHOTS[0], int(body.get("shot_count", 2))))
    yield from (f"Shot {number}: {prompt}, fine detail" for number in range(1, shots + 1))
    if body.get("with_audio", True):
        yield "Audio: wind"


def _events(text: str, result: Any, broken: str | None) -> Iterator[tuple[str, Any]]:
    words = re.findall(r"\s*\S+|\s+", text)
    if broken is not None:
        yield from (("delta", {"text": word}) for word in words[: len(words) // 2])
        yield "error", {"message": broken}
        return
    yield from (("delta", {"text": word}) for word in words)
    yield "result", result
    yield "done", {}


def _written(events: Iterable[tuple[str, Any]]) -> Iterator[bytes]:
    """Write events the way the format wants them, with a comment such as keeps a line open."""
    yield b": open\n\n"
    for kind, data in events:
        yield b"event: %s\ndata: %s\n\n" % (kind.encode(), dump(data))


def _cut(world: World, content: bytes) -> Iterator[bytes]:
    """Cut a stream anywhere: nothing promises that a part on the wire is a whole event."""
    start = 0
    while start < len(content):
        stop = start + world.dice.randint(1, LONGEST_PART)
        yield content[start:stop]
        start = stop
