"""Backgrounds of avatar videos (documented under "Background Matting")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from a2e_async import wire
from a2e_async.http import once
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.session import Session
from a2e_async.resources import listing
from a2e_async.resources.resource import Resource
from a2e_async.tasks import checks
from a2e_async.tasks.checks import Media
from a2e_async.wire import named

if TYPE_CHECKING:
    from a2e_async.files.upload import Files

_ADD = Operation("POST", "/api/v1/custom_back/add")
_LIST = Operation("POST", "/api/v1/custom_back/list")
_ALL = Operation("POST", "/api/v1/custom_back/allBackground")
_RANDOM = Operation("POST", "/api/v1/custom_back/randomBackground")
_DELETE = Operation("POST", "/api/v1/custom_back/del", body="_id")


@attrs.frozen(kw_only=True)
class Background:
    """A background.

    Attributes:
        id: its id: the ``custom_back_id`` of an avatar video for a custom one, the ``back_id`` for
            a default one.
        img_url: URL of its picture.
        type: ``default`` or ``custom``, where the service tells it.
        raw: the service's JSON object.
    """

    id: str | None = attrs.field(default=None, metadata=named("_id", "id"))
    img_url: str | None = attrs.field(default=None, metadata=named("img_url", "url", "image_url"))
    type: str | None = None
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


# `list` is a verb of the group's own.
BackgroundList: TypeAlias = list[Background]


@attrs.frozen(kw_only=True)
class NewBackground:
    """The fields of ``POST /api/v1/custom_back/add``, checked. See `Backgrounds.add`."""

    img_url: Media = attrs.field(validator=checks.MediaSource())


class Backgrounds(Resource):
    """The backgrounds. Reached from the client: ``a2e.backgrounds``."""

    def __init__(self, session: Session, files: Files) -> None:
        """Ask over this session, and store local media with these files."""
        super().__init__(session)
        self._files = files

    @carries_out(_ADD)
    async def add(self, img_url: Media) -> Background:
        """Store a background (``POST /api/v1/custom_back/add``). It is never sent twice.

        Args:
            img_url: its picture: an ``https`` URL, or a path or bytes, which are uploaded first.

        Returns:
            The background. Its id is the ``custom_back_id`` of an avatar video.

        Raises:
            TypeError: no media.
            ValueError: no ``https`` URL, or an empty file.
            APIError: the service refuses.
            UploadFailed: local media could not be stored.
            ConnectionFailed: the service was not reached.
            SubmitUncertain: the answer was lost, or cannot be read; the background may have been
                stored.
        """
        new = await self._files.resolve(NewBackground(img_url=img_url))
        call = _ADD.call(json=wire.unstructure(new))
        return listing.read(await self._stored("background", call, new), Background)

    @carries_out(_LIST)
    async def list(self, filters: Mapping[str, Any] | None = None) -> BackgroundList:
        """List the account's own backgrounds (``POST /api/v1/custom_back/list``).

        Args:
            filters: a JSON object to send. The service's page speaks of paging and filters and
                names no field.

        Returns:
            The backgrounds.

        Raises:
            TypeError: no mapping with text keys.
            ValueError: a value that JSON cannot hold.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        return await self._listed(_LIST, listing.given("filters", filters))

    @carries_out(_ALL)
    async def all(self) -> BackgroundList:
        """List every background, default and custom (``POST /api/v1/custom_back/allBackground``).

        Returns:
            The backgrounds.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        return await self._listed(_ALL, None)

    async def _listed(self, operation: Operation, body: dict[str, Any] | None) -> BackgroundList:
        answer = await self._session.call(operation.call(json=body))
        return [listing.read(item, Background) for item in listing.items(answer)]

    @carries_out(_RANDOM)
    async def random(self) -> Background:
        """Get some background (``POST /api/v1/custom_back/randomBackground``).

        Returns:
            The background. Its fields are not documented: look at ``raw`` for what is missing.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        answer = await self._session.call(_RANDOM.call())
        data = answer.data
        raw = {"img_url": data} if listing.is_address(data) else listing.first(data)
        if not raw:
            raise listing.unexpected(answer, "the answer holds no background")
        return listing.read(raw, Background)

    @carries_out(_DELETE)
    async def delete(self, background_id: str) -> None:
        """Delete one of the account's own backgrounds (``POST /api/v1/custom_back/del``).

        Args:
            background_id: its id.

        Raises:
            TypeError: the id is no text.
            ValueError: it is blank.
            NotFound: the service does not know it.
            APIError: it refuses.
            ConnectionFailed: there was no answer.
        """
        listing.check_id("background_id", background_id)
        await once.delete(self._session, _DELETE.call(background_id))
