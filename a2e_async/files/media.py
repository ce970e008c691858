"""What kind of media some bytes, a name or a Content-Type stand for. Pure."""

from __future__ import annotations

import mimetypes
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

HEAD_BYTES = 512
"""How many bytes from the beginning of a file are enough for every function here."""

UNKNOWN = "application/octet-stream"
UNKNOWN_EXTENSION = ".bin"
KINDS = frozenset({"image", "video", "audio"})

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    # QuickTime files from before the `ftyp` box.
    (4, b"moov", "video/quicktime"),
    (4, b"wide", "video/quicktime"),
    (4, b"mdat", "video/quicktime"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
}
_EBML = b"\x1a\x45\xdf\xa3"

# Containers whose bytes do not tell at once whether there is a picture.
_AUDIO_IN = {"video/mp4": "audio/mp4", "video/webm": "audio/webm", "audio/ogg": "audio/ogg"}
_VIDEO_IN = {"audio/ogg": "video/ogg"}
# Pictures that can move.
_ANIMATED = frozenset({"image/gif", "image/webp", "image/avif"})

_ALIASES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/mp4a-latm": "audio/mp4",
    "audio/x-flac": "audio/flac",
    "video/x-m4v": "video/mp4",
    "application/ogg": "audio/ogg",
}
# Where the standard library has no entry in some supported Python, or another one in each.
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/heic": ".heic",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/ogg": ".ogv",
    "video/x-matroska": ".mkv",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "audio/webm": ".weba",
    "audio/flac": ".flac",
    "audio/aac": ".aac",
}
# The tables, not the functions: those read the system's files at their first call.
_TYPES = {
    **mimetypes.common_types,
    **mimetypes.types_map,
    ".m4v": "video/mp4",
    **{extension: mime for mime, extension in _EXTENSIONS.items()},
}
_STDLIB_EXTENSIONS = {mime: extension for extension, mime in reversed(_TYPES.items())}

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_PAGE_TYPE = re.compile(r"text/|application/(\w[\w.-]*\+)?(json|xml)\b|application/problem")


def sniff(head: bytes) -> str | None:
    """Tell the media type from a file's first bytes.

    Args:
        head: the first `HEAD_BYTES` bytes, or the whole file if it is shorter.

    Returns:
        The MIME type, or None if nobody knows it.
    """
    for offset, magic, mime in _MAGIC:
        if head.startswith(magic, offset):
            return mime
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(b"ftyp", 4):
        return _BRANDS.get(head[8:12], "video/mp4")
    if head.startswith(_EBML):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return _sniff_frame(head)


def _sniff_frame(head: bytes) -> str | None:
    if len(head) < 2 or head[0] != 0xFF:  # noqa: PLR2004  (the sync byte of MPEG audio)
        return None
    sync_and_layer, version = head[1] & 0xE6, head[1] & 0x18
    if sync_and_layer == 0xE2 and version != 0x08:  # noqa: PLR2004  (layer III, version not reserved)
        return "audio/mpeg"
    return "audio/aac" if head[1] & 0xF6 == 0xF0 else None  # noqa: PLR2004  (ADTS)


def canonical(content_type: str | None) -> str | None:
    """Reduce a Content-Type to the MIME type's usual spelling; None for a missing or empty one."""
    mime = (content_type or "").partition(";")[0].strip().lower()
    return _ALIASES.get(mime, mime) or None


def kind_of(mime: str | None) -> str | None:
    """Tell the broad kind of a MIME type: ``image``, ``video``, ``audio``, or None."""
    kind = (mime or "").partition("/")[0]
    return kind if kind in KINDS else None


def fits(mime: str, media: str) -> bool:
    """Tell whether media of this type can be what was expected.

    Args:
        mime: a type that `sniff` gave.
        media: ``image``, ``video`` or ``audio``; any other word stands for all media.

    Returns:
        Whether it can. Containers that hold sound with or without pictures fit both, and so do
        animated pictures.
    """
    if media not in KINDS or kind_of(mime) == media:
        return True
    if media == "audio":
        return mime in _AUDIO_IN
    return media == "video" and (mime in _VIDEO_IN or mime in _ANIMATED)


def objection(head: bytes, content_type: str | None) -> str | None:
    """Tell why a body cannot be media at all.

    Args:
        head: the body's first `HEAD_BYTES` bytes.
        content_type: the answer's Content-Type, or None.

    Returns:
        What it is instead, such as an error page, or None.
    """
    if not head:
        return "an empty body"
    if sniff(head) is not None:
        return None
    if _is_page(head):
        return "an HTML, XML or JSON page"
    mime = canonical(content_type)
    return f"a body of type {mime}" if mime and _PAGE_TYPE.match(mime) else None


def _is_page(head: bytes) -> bool:
    text = head
    for mark in _MARKS:
        text = text.removeprefix(mark)
    return text.replace(b"\0", b"").lstrip().startswith((b"<", b"{", b"["))


def type_of_name(name: str) -> str | None:
    """Tell the media type from a file name's or a URL path's extension; None if it is no media."""
    mime = canonical(_TYPES.get(PurePosixPath(name).suffix.lower()))
    return mime if kind_of(mime) else None


def type_of_url(url: str) -> str | None:
    """Tell the media type from the extension in a URL's path; None if it is no media."""
    return type_of_name(unquote(urlsplit(url).path))


def decide(head: bytes, *hints: str | None, media: str | None = None) -> str | None:
    """Choose the media type: the bytes first, then the hints in their order.

    Args:
        head: the first `HEAD_BYTES` bytes.
        hints: MIME types in their usual spelling that a header or a name gave, or None. Where the
            bytes show a container, they tell whether it holds sound only.
        media: what was expected, which tells the same where no hint does.

    Returns:
        The MIME type, or None if nobody knows it.
    """
    found = sniff(head)
    if found is None:
        return next((hint for hint in hints if kind_of(hint)), None)
    variants = {_AUDIO_IN.get(found), _VIDEO_IN.get(found)} - {None}
    named = next((hint for hint in hints if hint in variants or hint == found), None)
    if named or not variants:
        return named or found
    other = {"audio": _AUDIO_IN, "video": _VIDEO_IN}.get(media or "", {})
    return other.get(found, found)


def extension_of(mime: str | None) -> str:
    """Give the usual extension of a type, with its dot; `UNKNOWN_EXTENSION` if there is none."""
    if not kind_of(mime) or mime is None:
        return UNKNOWN_EXTENSION
    return _EXTENSIONS.get(mime) or _STDLIB_EXTENSIONS.get(mime, UNKNOWN_EXTENSION)
