"""Beginnings of media files, and larger bodies made of them."""

from __future__ import annotations

import random

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF"
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"
M4A = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom"
WAV = b"RIFF\x24\0\0\0WAVEfmt "
HTML = b"<!DOCTYPE html><html><body>Please log in</body></html>"

HEADS = {
    PNG: ("image/png", ".png"),
    JPEG: ("image/jpeg", ".jpg"),
    b"RIFF\x24\0\0\0WEBPVP8 ": ("image/webp", ".webp"),
    b"GIF89a\x01\0\x01\0": ("image/gif", ".gif"),
    b"GIF87a\x01\0\x01\0": ("image/gif", ".gif"),
    b"\0\0\0\x1cftypavif\0\0\0\0": ("image/avif", ".avif"),
    b"\0\0\0\x1cftypheic\0\0\0\0": ("image/heic", ".heic"),
    MP4: ("video/mp4", ".mp4"),
    b"\0\0\0\x14ftypqt  \0\0\2\0qt  ": ("video/quicktime", ".mov"),
    b"\0\0\0\x08wide\0\0\0\0mdat": ("video/quicktime", ".mov"),
    b"\x1a\x45\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\x82\x84webm": ("video/webm", ".webm"),
    b"\x1a\x45\xdf\xa3\x9fB\x86\x81\1B\x82\x88matroska": ("video/x-matroska", ".mkv"),
    b"RIFF\x24\0\0\0AVI LIST": ("video/x-msvideo", ".avi"),
    WAV: ("audio/wav", ".wav"),
    b"ID3\4\0\0\0\0\0\0": ("audio/mpeg", ".mp3"),
    b"\xff\xfb\x90\x64": ("audio/mpeg", ".mp3"),
    b"\xff\xf3\x40\xc4": ("audio/mpeg", ".mp3"),
    b"\xff\xf1\x50\x80": ("audio/aac", ".aac"),
    b"OggS\0\2": ("audio/ogg", ".ogg"),
    M4A: ("audio/mp4", ".m4a"),
    b"fLaC\0\0\0\x22": ("audio/flac", ".flac"),
}


def body(head: bytes = PNG, size: int = 200_000, seed: int = 1) -> bytes:
    """Make a body of noise that begins like media."""
    return head + random.Random(seed).randbytes(size - len(head))
