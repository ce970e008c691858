"""Watermarks on pictures and videos (documented under "Miscellaneous")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import attrs

from a2e_async import wire
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.retry import Effect
from a2e_async.http.session import Session
from a2e_async.resources import listing
from a2e_async.resources.resource import Resource
from a2e_async.tasks import checks, rules
from a2e_async.tasks.checks import Media

if TYPE_CHECKING:
    from a2e_async.files.upload import Files

_START = Operation("POST", "/api/v1/watermark/start")
_URL_KEYS = ("result_url", "url", "result")

WatermarkType = Literal["text", "image"]


@attrs.frozen(kw_only=True)
class NewWatermark:
    """The fields of ``POST /api/v1/watermark/start``, checked. See `Watermark.watermark`."""

    media_url: Media = attrs.field(validator=checks.MediaSource())
    watermark_type: WatermarkType = attrs.field(validator=checks.Choice(get_args(WatermarkType)))
    text: str | None = attrs.field(default=None, validator=checks.Text())
    watermark_image_url: Media | None = attrs.field(default=None, validator=checks.MediaSource())

    def __attrs_post_init__(self) -> None:
        """Check what one field says about another."""
        rules.need(self, "text", watermark_type="text")
        rules.need(self, "watermark_image_url", watermark_type="image")


class Watermark(Resource):
    """Watermarks. Reached from the client: ``a2e.watermark``."""

    def __init__(self, session: Session, files: Files) -> None:
        """Ask over this session, and store local media with these files."""
        super().__init__(session)
        self._files = files

    @carries_out(_START)
    async def watermark(
        self,
        media_url: Media,
        watermark_type: WatermarkType,
        *,
        text: str | None = None,
        watermark_image_url: Media | None = None,
    ) -> str:
        """Put a watermark on a picture or video (``POST /api/v1/watermark/start``).

        The answer comes when it is done: there is no job to wait for. It is never sent twice, since
        it may be charged.

        Args:
            media_url: the picture or video: an ``https`` URL, or a path or bytes, which are
                uploaded first.
            watermark_type: ``text`` or ``image``.
            text: the watermark's words; ``text`` needs them.
            watermark_image_url: the watermark's picture, in any form that ``media_url`` may have;
                ``image`` needs it.

        Returns:
            URL of the marked file.

        Raises:
            TypeError: an argument of the wrong type.
            ValueError: an unknown type, no URL, or a watermark without its words or its picture.
            APIError: the service refuses.
            UploadFailed: local media could not be stored.
            ConnectionFailed: the service was not reached.
            SubmitUncertain: the answer was lost, or cannot be read; the watermark may have been
                made and charged.
        """
        new = NewWatermark(
            media_url=media_url,
            watermark_type=watermark_type,
            text=text,
            watermark_image_url=watermark_image_url,
        )
        new = await self._files.resolve(new)
        with uncertain_if_lost("the watermark may have been made and charged", new):
            call = _START.call(json=wire.unstructure(new))
            answer = await self._session.call(call, effect=Effect.START)
            return listing.address_in(answer, *_URL_KEYS)
