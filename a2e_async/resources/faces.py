"""Faces that are kept for swaps (documented under "Face Swap")."""

from __future__ import annotations

from datetime import datetime
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

_ADD = Operation("POST", "/api/v1/userFaceSwapImage/add")
_LIST = Operation("GET", "/api/v1/userFaceSwapImage/records")
_DELETE = Operation("DELETE", "/api/v1/userFaceSwapImage/{_id}")


@attrs.frozen(kw_only=True)
class Face:
    """A face.

    Attributes:
        id: its id.
        face_url: URL of its picture, for ``face_url`` of a face swap.
        created_at: when it was stored.
        updated_at: when it last changed.
        raw: the service's JSON object.
    """

    id: str | None = attrs.field(default=None, metadata=named("_id", "id"))
    face_url: str | None = None
    created_at: datetime | None = attrs.field(default=None, metadata=named("createdAt"))
    updated_at: datetime | None = attrs.field(default=None, metadata=named("updatedAt"))
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


# `list` is a verb of the group's own.
FaceList: TypeAlias = list[Face]


@attrs.frozen(kw_only=True)
class NewFace:
    """The fields of ``POST /api/v1/userFaceSwapImage/add``, checked. See `Faces.add`."""

    face_url: Media = attrs.field(validator=checks.MediaSource())


class Faces(Resource):
    """The stored faces. Reached from the client: ``a2e.faces``."""

    def __init__(self, session: Session, files: Files) -> None:
        """Ask over this session, and store local media with these files."""
        super().__init__(session)
        self._files = files

    @carries_out(_ADD)
    async def add(self, face_url: Media) -> Face:
        """Store a face (``POST /api/v1/userFaceSwapImage/add``). It is never sent twice.

        Args:
            face_url: its picture: an ``https`` URL, or a path or bytes, which are uploaded first.

        Returns:
            The face.

        Raises:
            TypeError: no media.
            ValueError: no ``https`` URL, or an empty file.
            APIError: the service refuses.
            UploadFailed: local media could not be stored.
            ConnectionFailed: the service was not reached.
            SubmitUncertain: the answer was lost, or cannot be read; the face may have been stored.
        """
        new = await self._files.resolve(NewFace(face_url=face_url))
        call = _ADD.call(json=wire.unstructure(new))
        # The whole list comes, the new one first.
        return listing.read(await self._stored("face", call, new), Face)

    @carries_out(_LIST)
    async def list(self) -> FaceList:
        """List the stored faces (``GET /api/v1/userFaceSwapImage/records``).

        Returns:
            The faces, newest first.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        answer = await self._session.call(_LIST.call())
        return [listing.read(item, Face) for item in listing.items(answer)]

    @carries_out(_DELETE)
    async def delete(self, face_id: str) -> None:
        """Delete a face (``DELETE /api/v1/userFaceSwapImage/{_id}``).

        Args:
            face_id: its id.

        Raises:
            TypeError: the id is no text.
            ValueError: it is blank.
            NotFound: the service does not know it.
            APIError: it refuses.
            ConnectionFailed: there was no answer.
        """
        listing.check_id("face_id", face_id)
        await once.delete(self._session, _DELETE.call(face_id))
