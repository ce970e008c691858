from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async.files import media
from tests.files.samples import HEADS, M4A, MP4, PNG


@pytest.mark.parametrize(("head", "known"), HEADS.items())
def test_bytes_tell_type_and_extension(head: bytes, known: tuple[str, str]) -> None:
    assert media.sniff(head) == known[0]
    assert media.extension_of(known[0]) == known[1]
    assert media.objection(head, "text/html") is None


@pytest.mark.parametrize(
    "head", [b"", b"\xff", b"hello", b"RIFF\0\0\0\0JUNK", b"\xff\xee\0", b"\xff\xea\0", b"\x89PN"]
)
def test_other_bytes_tell_nothing(head: bytes) -> None:
    assert media.sniff(head) is None


@given(st.binary(max_size=media.HEAD_BYTES))
def test_any_bytes_are_looked_at_without_fail(head: bytes) -> None:
    mime = media.sniff(head)
    assert mime is None or media.kind_of(mime) is not None
    assert media.objection(head, None) is None or mime is None


@given(st.sampled_from(sorted(HEADS)), st.binary(max_size=100))
def test_what_follows_the_head_of_media_makes_it_no_page(head: bytes, rest: bytes) -> None:
    assert media.objection(head + rest, None) is None


@pytest.mark.parametrize(
    "page",
    [
        b"<html>",
        b"\n\t <!doctype html>",
        b"\xef\xbb\xbf<?xml version='1.0'?><Error/>",
        b'{"code": 403}',
        b"[]",
        "<html>".encode("utf-16"),
    ],
)
def test_pages_are_no_media_whatever_they_say(page: bytes) -> None:
    assert media.objection(page, "image/png") == "an HTML, XML or JSON page"


def test_an_empty_body_is_no_media() -> None:
    assert media.objection(b"", "image/png") == "an empty body"


@pytest.mark.parametrize(
    ("content_type", "accepted"),
    [
        ("text/html; charset=utf-8", False),
        ("Text/Plain", False),
        ("application/json", False),
        ("application/problem+json", False),
        ("application/vnd.api+json", False),
        ("application/xml", False),
        ("application/octet-stream", True),
        ("binary/octet-stream", True),
        ("image/jxl", True),
        ("", True),
        (None, True),
    ],
)
def test_bytes_nobody_knows_go_by_the_content_type(
    content_type: str | None, accepted: bool
) -> None:
    assert (media.objection(b"\1\2\3", content_type) is None) is accepted


@pytest.mark.parametrize(
    ("mime", "fitting"),
    [
        ("image/png", {"image"}),
        ("image/gif", {"image", "video"}),
        ("video/mp4", {"video", "audio"}),
        ("video/webm", {"video", "audio"}),
        ("video/quicktime", {"video"}),
        ("audio/ogg", {"video", "audio"}),
        ("audio/mpeg", {"audio"}),
    ],
)
def test_a_type_fits_what_its_container_can_hold(mime: str, fitting: set[str]) -> None:
    assert {kind for kind in media.KINDS if media.fits(mime, kind)} == fitting
    assert media.fits(mime, "file")


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.PNG", "image/png"),
        ("a.jpeg", "image/jpeg"),
        ("a.wav", "audio/wav"),
        ("a.m4a", "audio/mp4"),
        ("a.m4v", "video/mp4"),
        ("a.webp", "image/webp"),
        ("a.tar.gz", None),
        ("a.html", None),
        ("png", None),
        ("", None),
    ],
)
def test_names_tell_media_only(name: str, mime: str | None) -> None:
    assert media.type_of_name(name) == mime


def test_urls_tell_by_their_path() -> None:
    assert media.type_of_url("https://h/a%2Eb/c.mp4?x=y.png#z.gif") == "video/mp4"
    assert media.type_of_url("https://h.png") is None


@pytest.mark.parametrize(
    ("given_type", "usual"),
    [
        ("image/JPG; q=1", "image/jpeg"),
        ("audio/x-wav", "audio/wav"),
        ("video/mp4", "video/mp4"),
        (" ", None),
        (None, None),
    ],
)
def test_types_have_one_spelling(given_type: str | None, usual: str | None) -> None:
    assert media.canonical(given_type) == usual


def test_bytes_win_over_hints() -> None:
    assert media.decide(PNG, "image/jpeg", "video/mp4") == "image/png"


def test_hints_decide_in_order_where_bytes_tell_nothing() -> None:
    assert media.decide(b"??", None, "text/html", "image/jxl", "image/png") == "image/jxl"
    assert media.decide(b"??", "text/html", None) is None


def test_hints_and_expectation_tell_what_is_in_a_container() -> None:
    assert media.decide(MP4, "audio/mp4") == "audio/mp4"
    assert media.decide(MP4, "video/mp4", "audio/mp4", media="audio") == "video/mp4"
    assert media.decide(MP4, "image/png", media="audio") == "audio/mp4"
    assert media.decide(MP4, media="video") == "video/mp4"
    assert media.decide(M4A, media="video") == "audio/mp4"
    assert media.decide(b"OggS", media="video") == "video/ogg"


@pytest.mark.parametrize("mime", [None, "text/html", "application/json", "image/x-unheard-of"])
def test_an_unknown_type_has_the_neutral_extension(mime: str | None) -> None:
    assert media.extension_of(mime) == media.UNKNOWN_EXTENSION


def test_the_standard_library_knows_the_rest() -> None:
    assert media.extension_of("image/bmp") == ".bmp"
