"""The service's storage: copies of what is on the web, and addresses to put files to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from a2e_async import wire
from a2e_async.files import transfer
from a2e_async.http.envelope import Envelope
from a2e_async.http.hiding import hiding, unreadable
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.retry import Effect
from a2e_async.http.session import Session
from a2e_async.tasks import checks, fields

PRESIGN = Operation("POST", "/api/v1/r2/upload-presigned-url")
_PRESIGN_LEGACY = Operation("POST", "/api/v1/r2/get_upload_presigned_url")
_TRANSFER = Operation("POST", "/api/v1/tos/transferToStorage")
_PUBLIC_URL_KEYS = ("cdnUrl", "publicUrl", "url")


@attrs.frozen(kw_only=True)
class NewObject:
    """The fields of ``POST /api/v1/r2/get_upload_presigned_url``, checked. See `Storage.presign`.

    Attributes:
        key: the last part of the object's key.
        bucket: by default ``3days-apac``.
        url_prefix: first part of the object's key, by default ``adam2eve``.
        cdn_domain: end of the public address's host, without scheme or path.
        expires_in: how long the signature lives, at least 60. The service tells no unit.
        content_type: MIME type that the upload is bound to.
        file_size: bytes that the upload is bound to.
        content_length: bytes that the upload is bound to; it counts more than ``file_size``.
    """

    key: str = attrs.field(validator=checks.Text())
    bucket: str | None = fields.text(default="3days-apac")
    url_prefix: str | None = fields.text(default="adam2eve", wire="urlPrefix")
    cdn_domain: str | None = fields.text(wire="cdnDomain")
    expires_in: int | None = fields.whole(60, wire="expiresIn")
    content_type: str | None = fields.text(wire="contentType")
    file_size: float | None = fields.number(wire="fileSize")
    content_length: float | None = fields.number(wire="contentLength")


@attrs.frozen(kw_only=True)
class NewUpload(NewObject):
    """The fields of ``POST /api/v1/r2/upload-presigned-url``, checked. See `Storage.presign`.

    Attributes:
        purpose: what the file is for. One client is known to send ``STAGING``.
    """

    purpose: str | None = fields.text()


@attrs.frozen(kw_only=True)
class Presigned:
    """An address that a file can be put to.

    Attributes:
        upload_url: signed address for one HTTP PUT, without the token, and with just the type and
            length that were asked for. Whoever has it can upload. It is in no repr.
        public_url: where the file is to be found after the PUT, where the service tells it.
        key: the object's whole key.
        expires_in: seconds that the signature lives, where the service tells it.
        bucket: where the object is stored, where the service tells it.
        raw: the service's JSON object. It is in no repr.
    """

    upload_url: str = attrs.field(repr=False)
    public_url: str | None = None
    key: str | None = None
    expires_in: int | None = None
    bucket: str | None = None
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


class Storage:
    """The storage of one client. `Files` is one."""

    def __init__(self, session: Session) -> None:
        """Ask over this session."""
        self._session = session

    @carries_out(_TRANSFER)
    async def transfer(self, url: str) -> str:
        """Let the service copy a file to its storage (``POST /api/v1/tos/transferToStorage``).

        It is never sent twice.

        Args:
            url: ``https`` address of the file.

        Returns:
            URL of the copy.

        Raises:
            TypeError: the URL is no text.
            ValueError: it is no ``https`` address.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
            SubmitUncertain: the answer was lost, or cannot be read; there may be a copy.
        """
        checks.HttpsUrl().check("url", url)
        shown = {"url": transfer.bare(url)}
        with uncertain_if_lost("the file may have been copied", shown), hiding(without_queries):
            call = _TRANSFER.call(json={"url": url})
            answer = await self._session.call(call, effect=Effect.START)
            return _copy_in(answer)

    @carries_out(PRESIGN)
    async def presign(  # noqa: PLR0913  (the operation's fields)
        self,
        key: str,
        *,
        bucket: str | None = None,
        url_prefix: str | None = None,
        cdn_domain: str | None = None,
        expires_in: int | None = None,
        content_type: str | None = None,
        file_size: float | None = None,
        content_length: float | None = None,
        purpose: str | None = None,
    ) -> Presigned:
        """Get an address to put a file to (``POST /api/v1/r2/upload-presigned-url``).

        `Files.upload` does all of it at once. This is charged by size, and never sent twice.

        Args:
            key: the last part of the object's key, such as ``fox.png``. The public address ends
                with it.
            bucket: by default ``3days-apac``.
            url_prefix: first part of the object's key, by default ``adam2eve``. The service's own
                sites may refuse it.
            cdn_domain: end of the public address's host, without scheme or path. The service's own
                sites may refuse it.
            expires_in: how long the signature lives, at least 60. The service tells no unit.
            content_type: MIME type. Once given, the PUT has to have it.
            file_size: bytes. Once given, the PUT has to have just so many.
            content_length: bytes, as ``file_size``, which counts less.
            purpose: what the file is for. One client is known to send ``STAGING``.

        Returns:
            The signed address and the public one.

        Raises:
            TypeError: an argument of the wrong type.
            ValueError: an argument out of bounds.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
            SubmitUncertain: the answer was lost, or cannot be read; it may have been charged.
        """
        upload = NewUpload(
            key=key,
            bucket=bucket,
            url_prefix=url_prefix,
            cdn_domain=cdn_domain,
            expires_in=expires_in,
            content_type=content_type,
            file_size=file_size,
            content_length=content_length,
            purpose=purpose,
        )
        with uncertain_if_lost("the address may have been charged", upload):
            return await self.signed(PRESIGN, wire.unstructure(upload), public=True)

    @carries_out(_PRESIGN_LEGACY)
    async def presign_legacy(  # noqa: PLR0913  (the operation's fields)
        self,
        key: str,
        *,
        bucket: str | None = None,
        url_prefix: str | None = None,
        cdn_domain: str | None = None,
        expires_in: int | None = None,
        content_type: str | None = None,
        file_size: float | None = None,
        content_length: float | None = None,
    ) -> Presigned:
        """Do as `presign` does, the old way (``POST /api/v1/r2/get_upload_presigned_url``).

        Args:
            key: as for `presign`.
            bucket: as for `presign`.
            url_prefix: as for `presign`.
            cdn_domain: as for `presign`.
            expires_in: as for `presign`.
            content_type: as for `presign`.
            file_size: as for `presign`.
            content_length: as for `presign`.

        Returns:
            The signed address. The service does not document that it tells the public one.

        Raises:
            TypeError, ValueError, APIError, ConnectionFailed, SubmitUncertain: as for `presign`.
        """
        upload = NewObject(
            key=key,
            bucket=bucket,
            url_prefix=url_prefix,
            cdn_domain=cdn_domain,
            expires_in=expires_in,
            content_type=content_type,
            file_size=file_size,
            content_length=content_length,
        )
        with uncertain_if_lost("the address may have been charged", upload):
            return await self.signed(_PRESIGN_LEGACY, wire.unstructure(upload), public=False)

    async def signed(
        self, operation: Operation, body: Mapping[str, Any], *, public: bool
    ) -> Presigned:
        """Ask for an address, once.

        Args:
            operation: one of the two operations.
            body: its JSON object.
            public: whether the answer has to tell the public address.

        Returns:
            The address.

        Raises:
            UnexpectedResponse: the answer names no address. Its body is kept without signatures.
            A2EError: what `Session.call` raises.
        """
        with hiding(without_queries):
            call = operation.call(json=body)
            return _read_presigned(await self._session.call(call, effect=Effect.START), public)


def _read_presigned(answer: Envelope, public: bool) -> Presigned:  # noqa: FBT001
    data = answer.data if isinstance(answer.data, dict) else {}
    public_url = next((data[key] for key in _PUBLIC_URL_KEYS if data.get(key)), None)
    if not _usable(data.get("uploadUrl")) or (public and not _usable(public_url)):
        words = "uploadUrl or cdnUrl is missing, or is no https address"
        raise unreadable(answer, words, without_queries)
    return Presigned(
        upload_url=str(transfer.address(data["uploadUrl"])),
        public_url=str(public_url) if _usable(public_url) else None,
        key=wire.read_text(data.get("key")),
        expires_in=wire.read_integer(data.get("expiresIn")),
        bucket=wire.read_text(data.get("bucket")),
        raw=data,
    )


def _copy_in(answer: Envelope) -> str:
    data = answer.data
    told = [data.get(key) for key in _PUBLIC_URL_KEYS] if isinstance(data, dict) else [data]
    url = next(filter(_usable, told), None)
    if url is None:
        raise unreadable(answer, "the answer holds no URL of a copy", without_queries)
    return str(url)


def _usable(value: Any) -> bool:
    return isinstance(value, str) and checks.is_url(value) and transfer.address(value) is not None


def without_queries(value: Any) -> Any:
    """Cut all addresses in a JSON value before the query, which holds the signature."""
    if isinstance(value, str):
        return transfer.bare(value)
    if isinstance(value, dict):
        return {key: without_queries(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_queries(item) for item in value]
    return value
