"""Families for whose tasks the service rewrites prompts."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import ParamSpec, TypeVar

from a2e_async.families.extensions import (
    EXTEND,
    EXTEND_FLF2V,
    ExtendedPrompt,
    Flf2vPromptExtension,
    PromptEvent,
    PromptExtension,
    Template,
    extend,
    stream,
)
from a2e_async.http.operation import carries_out
from a2e_async.jobs.family import Family
from a2e_async.tasks.checks import Media
from a2e_async.tasks.record import Record

P = ParamSpec("P")
R = TypeVar("R", bound=Record)


class PromptWritingFamily(Family[P, R]):
    """A family for which a language model of the service writes more into a prompt."""

    @carries_out(EXTEND)
    async def extend_prompt(  # noqa: PLR0913  (the operation's fields)
        self,
        *,
        reference_id: str,
        image_url: Media,
        prompt: str,
        negative_prompt: str,
        lang: str | None = None,
        max_length: int | None = None,
        template: Template | None = None,
        shot_count: int | None = None,
        with_audio: bool | None = None,
    ) -> ExtendedPrompt:
        """Have a prompt rewritten (``POST /api/v1/userImage2Video/prompt_extension``).

        A language model of the service does it, and the answer comes when it is done. It is never
        sent twice, since it may be charged.

        Args:
            reference_id: what it refers to. The service tells no more; its sample is a record's id.
            image_url: the picture: an ``https`` URL, or a path or bytes, which are uploaded first.
            prompt: what happens.
            negative_prompt: what to keep out, which may be empty.
            lang: language of what is written, by default ``en``.
            max_length: the most characters to write. It is a bound, no aim.
            template: ``default`` keeps one shot, ``cinematic`` gives several.
            shot_count: shots, with ``cinematic`` only; by default 2. The service takes 1 to 4 and
                clamps others.
            with_audio: by default True: adds a part about the sound, with ``cinematic`` only.

        Returns:
            The new prompt.

        Raises:
            TypeError: an argument of the wrong type.
            ValueError: one out of bounds, or one that the template does not take.
            APIError: the service refuses.
            UploadFailed: local media could not be stored.
            ConnectionFailed: the service was not reached.
            SubmitUncertain: the answer was lost; the prompt may have been written and charged.
        """
        request = PromptExtension(
            reference_id=reference_id,
            image_url=image_url,
            prompt=prompt,
            negative_prompt=negative_prompt,
            lang=lang,
            max_length=max_length,
            template=template,
            shot_count=shot_count,
            with_audio=with_audio,
        )
        return await extend(self._core, EXTEND, request)

    @carries_out(EXTEND)
    async def stream_prompt(  # noqa: PLR0913  (the operation's fields)
        self,
        *,
        reference_id: str,
        image_url: Media,
        prompt: str,
        negative_prompt: str,
        lang: str | None = None,
        max_length: int | None = None,
        template: Template | None = None,
        shot_count: int | None = None,
        with_audio: bool | None = None,
    ) -> AsyncGenerator[PromptEvent, None]:
        """Have a prompt rewritten, and follow it piece by piece; else as `extend_prompt`.

        Leave the loop early within ``async with contextlib.aclosing(…)``: then the connection is
        closed at once.

        Args:
            reference_id: as for `extend_prompt`.
            image_url: as for `extend_prompt`.
            prompt: as for `extend_prompt`.
            negative_prompt: as for `extend_prompt`.
            lang: as for `extend_prompt`.
            max_length: as for `extend_prompt`.
            template: as for `extend_prompt`.
            shot_count: as for `extend_prompt`.
            with_audio: as for `extend_prompt`.

        Yields:
            The events: ``delta`` with pieces of the text, ``result`` with the whole, ``done``.

        Raises:
            TypeError, ValueError, UploadFailed, ConnectionFailed: as for `extend_prompt`.
            APIError: the service refuses, or an event tells of an error.
            SubmitUncertain: the stream was lost before its result.
        """
        request = PromptExtension(
            reference_id=reference_id,
            image_url=image_url,
            prompt=prompt,
            negative_prompt=negative_prompt,
            lang=lang,
            max_length=max_length,
            template=template,
            shot_count=shot_count,
            with_audio=with_audio,
        )
        async with aclosing(stream(self._core, EXTEND, request)) as events:
            async for event in events:
                yield event

    @carries_out(EXTEND_FLF2V)
    async def extend_flf2v_prompt(  # noqa: PLR0913  (the operation's fields)
        self,
        *,
        reference_id: str,
        image_url: Media,
        end_image_url: Media,
        prompt: str,
        negative_prompt: str,
        lang: str | None = None,
        max_length: int | None = None,
    ) -> ExtendedPrompt:
        """Have a prompt rewritten for a video between two frames, as `extend_prompt` does.

        This is ``POST /api/v1/userImage2Video/flf2v_prompt_extension``. It is never sent twice.

        Args:
            reference_id: as for `extend_prompt`.
            image_url: the first frame, as for `extend_prompt`.
            end_image_url: the last frame, in any form that the first one may have.
            prompt: as for `extend_prompt`.
            negative_prompt: as for `extend_prompt`.
            lang: as for `extend_prompt`.
            max_length: as for `extend_prompt`.

        Returns:
            The new prompt.

        Raises:
            TypeError, ValueError, APIError, UploadFailed, ConnectionFailed, SubmitUncertain: as for
                `extend_prompt`.
        """
        request = Flf2vPromptExtension(
            reference_id=reference_id,
            image_url=image_url,
            end_image_url=end_image_url,
            prompt=prompt,
            negative_prompt=negative_prompt,
            lang=lang,
            max_length=max_length,
        )
        return await extend(self._core, EXTEND_FLF2V, request)

    @carries_out(EXTEND_FLF2V)
    async def stream_flf2v_prompt(  # noqa: PLR0913  (the operation's fields)
        self,
        *,
        reference_id: str,
        image_url: Media,
        end_image_url: Media,
        prompt: str,
        negative_prompt: str,
        lang: str | None = None,
        max_length: int | None = None,
    ) -> AsyncGenerator[PromptEvent, None]:
        """Have a prompt rewritten for a video between two frames, as `stream_prompt` does.

        Args:
            reference_id: as for `extend_flf2v_prompt`.
            image_url: as for `extend_flf2v_prompt`.
            end_image_url: as for `extend_flf2v_prompt`.
            prompt: as for `extend_flf2v_prompt`.
            negative_prompt: as for `extend_flf2v_prompt`.
            lang: as for `extend_flf2v_prompt`.
            max_length: as for `extend_flf2v_prompt`.

        Yields:
            The events, as of `stream_prompt`.

        Raises:
            TypeError, ValueError, APIError, UploadFailed, ConnectionFailed, SubmitUncertain: as for
                `stream_prompt`.
        """
        request = Flf2vPromptExtension(
            reference_id=reference_id,
            image_url=image_url,
            end_image_url=end_image_url,
            prompt=prompt,
            negative_prompt=negative_prompt,
            lang=lang,
            max_length=max_length,
        )
        async with aclosing(stream(self._core, EXTEND_FLF2V, request)) as events:
            async for event in events:
                yield event
