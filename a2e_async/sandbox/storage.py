"""Uploaded files, in memory. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from a2e_async.sandbox.media.render import File
from a2e_async.sandbox.replies import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


class Storage:
    """Uploaded files by public path; the oldest are dropped when there are too many bytes."""

    def __init__(self, limit: int = 256 * 1024 * 1024) -> None:
        """Keep up to `limit` bytes."""
        self.limit = limit
        self._files: dict[str, File] = {}
        self._size = 0

    def __len__(self) -> int:
        """Count the files."""
        return len(self._files)

    def get(self, path: str) -> File | None:
        """Return the file at a public path."""
        return self._files.get(path)

    def put(self, path: str, content: bytes, content_type: str, modified: float) -> File:
        """Store a file; `modified` is a POSIX time in seconds."""
        file = File.of(content, content_type, modified)
        self._drop(path)
        self._files[path] = file
        self._size += len(content)
        while self._size > self.limit and len(self._files) > 1:
            self._drop(next(iter(self._files)))
        return file

    def _drop(self, path: str) -> None:
        dropped = self._files.pop(path, None)
        self._size -= len(dropped.content) if dropped else 0


def check_upload(
    bound: Mapping[str, str], content_type: str, length: int | None, authorization: str
) -> None:
    """Hold an upload against what was bound into its URL.

    Args:
        bound: Query of the presigned URL, its signature already checked.
        content_type: The header as sent.
        length: Content-Length as sent, None for a chunked body.
        authorization: The header as sent.

    Raises:
        Refusal: Type or length differ, or the request carries an Authorization header.
    """
    if authorization:
        raise Refusal("InvalidArgument", status=403)
    if "contentType" in bound and bound["contentType"] != content_type:
        raise Refusal("SignatureDoesNotMatch", status=403)
    if "contentLength" in bound and bound["contentLength"] != str(length):
        raise Refusal("SignatureDoesNotMatch", status=403)
