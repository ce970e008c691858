"""Prompts that a language model of the service writes more into."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Literal

import attrs

from a2e_async import wire
from a2e_async.errors import ConnectionFailed, UnexpectedResponse
from a2e_async.http.envelope import Envelope, read_error_event
from a2e_async.http.events import Event
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.operation import Operation
from a2e_async.http.retry import Effect
from a2e_async.http.shapes import unwrap
from a2e_async.jobs.core import Core
from a2e_async.tasks import checks, fields, rules
from a2e_async.tasks.checks import Media

EXTEND = Operation("POST", "/api/v1/userImage2Video/prompt_extension")
EXTEND_FLF2V = Operation("POST", "/api/v1/userImage2Video/flf2v_prompt_extension")

Template = Literal["default", "cinematic"]

_LOST = "the prompt may have been written and charged"
_PROMPT_KEYS = ("prompt", "extended_prompt", "extendedPrompt", "result", "text", "content")
_NEGATIVE_KEYS = ("negative_prompt", "extended_negative_prompt", "negativePrompt")
_DELTA_KEYS = ("text", "delta", "content", "prompt")
_DONE = "done"
_LAST = ("result", _DONE)


@attrs.frozen(kw_only=True)
class PromptFields:
    """What both extensions of a prompt take.

    Attributes:
        reference_id: what it refers to. The service tells no more; its sample is a record's id.
        image_url: the picture, or the first frame.
        prompt: what happens.
        negative_prompt: what to keep out, which may be empty.
        lang: language of what is written, by default ``en``.
        max_length: the most characters to write. It is a bound, no aim.
    """

    reference_id: str = attrs.field(validator=checks.Text())
    image_url: Media = attrs.field(validator=checks.MediaSource())
    prompt: str = attrs.field(validator=checks.Text())
    negative_prompt: str = attrs.field(validator=checks.Text(blank=True))
    lang: str | None = fields.text(default="en")
    max_length: int | None = fields.whole(1)


@attrs.frozen(kw_only=True)
class PromptExtension(PromptFields):
    """The fields of ``POST /api/v1/userImage2Video/prompt_extension``, checked.

    Attributes:
        template: ``default`` keeps one shot, ``cinematic`` gives several.
        shot_count: shots; by default 2. The service takes 1 to 4 and clamps others. With
            ``cinematic`` only.
        with_audio: by default True: adds a part about the sound. With ``cinematic`` only.
    """

    template: Template | None = fields.choice(Template, default="default")
    shot_count: int | None = fields.whole(default=2)
    with_audio: bool | None = fields.flag(default=True)

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.only(self, "shot_count", "with_audio", template="cinematic")


@attrs.frozen(kw_only=True)
class Flf2vPromptExtension(PromptFields):
    """The fields of ``POST /api/v1/userImage2Video/flf2v_prompt_extension``, checked.

    Attributes:
        end_image_url: the last frame.
    """

    end_image_url: Media = attrs.field(validator=checks.MediaSource())


@attrs.frozen(kw_only=True)
class ExtendedPrompt:
    """A prompt that was written. The service documents none of the answer's fields.

    Attributes:
        prompt: the new prompt, where it stands under a name that is known. With ``cinematic`` look
            at ``raw`` for the scene, the shots and the sound.
        negative_prompt: the new negative prompt, where it stands under a name that is known.
        raw: what the service answered.
    """

    prompt: str | None = None
    negative_prompt: str | None = None
    raw: Any = attrs.field(default=None, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class PromptEvent:
    """One event while a prompt is written.

    Attributes:
        type: ``delta`` for a piece of the text, ``result`` for the whole, ``done`` at the end;
            other words come as the service sends them.
        text: the piece of a ``delta``.
        result: the prompt of a ``result``.
        raw: the event's data, as JSON where it is such.
    """

    type: Literal["delta", "result", "done"] | str  # noqa: PYI051  (editors offer the known ones)
    text: str | None = None
    result: ExtendedPrompt | None = None
    raw: Any = attrs.field(default=None, repr=False, hash=False)


async def extend(core: Core, operation: Operation, request: PromptFields) -> ExtendedPrompt:
    """Have a prompt written, and answered as a whole. It is never sent twice.

    Args:
        core: what the parts of the client share.
        operation: one of the two operations.
        request: its fields. Local media is uploaded first.

    Returns:
        The prompt.

    Raises:
        SubmitUncertain: the answer was lost, or holds nothing.
        A2EError: what `Session.call` and `Files.resolve` raise.
    """
    request = await core.files.resolve(request)
    with uncertain_if_lost(_LOST, request):
        call = operation.call(json=wire.unstructure(request))
        return _prompt_in(await core.session.call(call, effect=Effect.START))


async def stream(
    core: Core, operation: Operation, request: PromptFields
) -> AsyncGenerator[PromptEvent, None]:
    """Have a prompt written, and answered piece by piece. It is never sent twice.

    Args:
        core: what the parts of the client share.
        operation: one of the two operations.
        request: its fields. Local media is uploaded first.

    Yields:
        The events. A plain answer is one ``result``.

    Raises:
        SubmitUncertain: the answer was lost, or broke off before its result.
        A2EError: what `Session.events` and `Files.resolve` raise.
    """
    request = await core.files.resolve(request)
    call = operation.call(json={**wire.unstructure(request), "stream": True})
    ended = False
    with uncertain_if_lost(_LOST, request):
        async with aclosing(core.session.events(call, effect=Effect.START)) as events:
            try:
                async for event in events:
                    told = _result(event) if isinstance(event, Envelope) else _event(event)
                    ended = ended or told.type in _LAST
                    yield told
                    if told.type == _DONE:
                        # What the connection does from here on is of no interest.
                        return
            except ConnectionFailed:
                if not ended:
                    raise
        if not ended:
            words = "the stream of the prompt ended before its result"
            raise UnexpectedResponse(words, status=200)


def _result(answer: Envelope) -> PromptEvent:
    return PromptEvent(type="result", result=_prompt_in(answer), raw=answer.data)


def _prompt_in(answer: Envelope) -> ExtendedPrompt:
    if not answer.data:
        words = "the answer holds no prompt"
        raise UnexpectedResponse(
            words, status=answer.status, trace_id=answer.trace_id, body=answer.body
        )
    return _prompt(answer.data)


def _prompt(raw: Any) -> ExtendedPrompt:
    told = raw
    while isinstance(told, dict) and isinstance(inner := unwrap(told), dict):
        told = inner
    return ExtendedPrompt(
        prompt=_text(told, *_PROMPT_KEYS),
        negative_prompt=_text(told, *_NEGATIVE_KEYS) if isinstance(told, dict) else None,
        raw=raw,
    )


def _event(event: Event) -> PromptEvent:
    raw = _json(event.data)
    kind = event.type
    if kind == "message" and isinstance(raw, dict):
        # Some servers name the event within its data.
        kind = wire.read_text(raw.get("type")) or wire.read_text(raw.get("event")) or kind
    if kind == "error":
        raise read_error_event(event.data)
    if kind == "result":
        return PromptEvent(type=kind, result=_prompt(raw), raw=raw)
    if kind == "delta":
        text = _text(raw, *_DELTA_KEYS) if isinstance(raw, (dict, str)) else event.data
        return PromptEvent(type=kind, text=text, raw=raw)
    return PromptEvent(type=kind, raw=raw)


def _json(data: str) -> Any:
    try:
        return wire.loads(data.encode())
    except (ValueError, RecursionError):
        return data


def _text(value: Any, *keys: str) -> str | None:
    found = [value.get(key) for key in keys] if isinstance(value, dict) else [value]
    return next((text for text in found if isinstance(text, str) and text), None)
