"""Make files from their specs, and keep the last ones."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock

import attrs

from a2e_async.sandbox.media import images, speech, videos
from a2e_async.sandbox.media.specs import ImageSpec, Spec, SpeechSpec, suffix

TYPES = {"png": "image/png", "mp4": "video/mp4", "wav": "audio/wav"}


@attrs.frozen
class File:
    """A file as it is served.

    Attributes:
        content: Its bytes.
        content_type: Media type.
        modified: When it was made, whole seconds.
        etag: Strong validator, quotes included.
    """

    content: bytes = attrs.field(repr=False)
    content_type: str
    modified: datetime
    etag: str

    @classmethod
    def of(cls, content: bytes, content_type: str, modified: float) -> File:
        """Describe bytes; `modified` is a POSIX time in seconds."""
        when = datetime.fromtimestamp(int(modified), UTC)
        return cls(content, content_type, when, f'"{sha256(content).hexdigest()[:32]}"')


def render(spec: Spec) -> bytes:
    """Make the bytes of a file; takes a part of a second and needs the sandbox extra."""
    match spec:
        case SpeechSpec():
            return speech.render(spec)
        case ImageSpec():
            return images.render(spec)
        case _:
            return videos.render(spec)


class Gallery:
    """Files by spec; the least used are forgotten. Safe to use from several threads."""

    def __init__(self, limit: int = 64 * 1024 * 1024) -> None:
        """Keep files up to a total of `limit` bytes."""
        self._limit = limit
        self._size = 0
        self._files: OrderedDict[Spec, File] = OrderedDict()
        self._lock = Lock()

    def get(self, spec: Spec) -> File | None:
        """Return a file that was kept."""
        with self._lock:
            file = self._files.get(spec)
            if file is not None:
                self._files.move_to_end(spec)
            return file

    def make(self, spec: Spec, modified: float) -> File:
        """Make a file and keep it; `modified` is a POSIX time in seconds."""
        file = File.of(render(spec), TYPES[suffix(spec)], modified)
        with self._lock:
            self._size += len(file.content)
            replaced = self._files.pop(spec, None)
            self._size -= len(replaced.content) if replaced else 0
            self._files[spec] = file
            while self._size > self._limit and len(self._files) > 1:
                self._size -= len(self._files.popitem(last=False)[1].content)
        return file
