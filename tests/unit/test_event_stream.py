"""The parser of server-sent events, against the rules of the WHATWG."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from a2e_async.http.events import Event, EventParser


def parsed(*pieces: bytes) -> list[Event]:
    parser = EventParser()
    return [event for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\n", [Event("message", "a")]),
        (b"event: delta\ndata: a\n\n", [Event("delta", "a")]),
        (b"data: a\r\n\r\n", [Event("message", "a")]),
        (b"data: a\r\r", [Event("message", "a")]),
        (b"data: a\r\n\n", [Event("message", "a")]),
        (b"data: a\ndata: b\n\n", [Event("message", "a\nb")]),
        (b"data:a\n\n", [Event("message", "a")]),
        (b"data:  a\n\n", [Event("message", " a")]),
        (b"data: a: b\n\n", [Event("message", "a: b")]),
        (b"data\n\n", [Event("message", "")]),
        (b"data\ndata\n\n", [Event("message", "\n")]),
        (b": a comment\ndata: a\n\n", [Event("message", "a")]),
        (b": keep alive\n\n", []),
        (b"event: done\n\ndata: a\n\n", [Event("message", "a")]),
        (b"event: x\nevent: y\ndata: a\n\n", [Event("y", "a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [Event("message", "a")]),
        (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [Event("message", "b")]),
        (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [Event("message", "a")]),
        (b"retry: 5\nother: x\ndata: a\n\n", [Event("message", "a")]),
        (
            b"id: 1\ndata: a\n\ndata: b\n\n",
            [Event("message", "a", "1"), Event("message", "b", "1")],
        ),
        (b"id: 1\ndata: a\n\nid\ndata: b\n\n", [Event("message", "a", "1"), Event("message", "b")]),
        (b"id: 1\0\ndata: a\n\n", [Event("message", "a")]),
        ("data: 狐\n\n".encode(), [Event("message", "狐")]),
        (b"data: \xff\n\n", [Event("message", "�")]),
        (b"data: not whole", []),
        (b"data: not whole\n", []),
        (b"", []),
        (b"\n\n\n", []),
    ],
)
def test_streams(stream: bytes, events: list[Event]) -> None:
    assert parsed(stream) == events


LINES = st.sampled_from(
    [
        *(b"data: a", b"data:", b"data", b"data: \xe7\x8b\x90", b"data: \xff\xfe", b"data:  b: c"),
        *(b"event: delta", b"event:", b"id: 7", b"id", b": comment", b"retry: 1", b"", b"", b"odd"),
        b"\xef\xbb\xbfdata: x",
    ]
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])
STREAMS = st.lists(st.tuples(LINES, ENDS)).map(lambda lines: b"".join(map(b"".join, lines)))


@given(stream=STREAMS, data=st.data())
def test_any_cut_gives_the_same_events(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    bounds = [0, *cuts, len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(bounds)]
    assert parsed(*pieces) == parsed(stream)


@given(stream=st.binary() | STREAMS)
@example(stream=b"\r\n\r\n")
def test_byte_by_byte(stream: bytes) -> None:
    assert parsed(*(bytes([byte]) for byte in stream)) == parsed(stream)


@given(texts=st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8")), min_size=1))
def test_what_is_written_is_read(texts: list[str]) -> None:
    stream = "".join(f"data: {text}\n" for text in texts) + "\n"
    assert parsed(stream.encode()) == [Event("message", "\n".join(texts))]
