"""Words of payloads of any shape, and the token's comparison. Pure."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2e_async.http.payload import LARGEST, words_in
from a2e_async.webhooks import same_token

ID = "67ee0000000000000000abcd"
TEXTS = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


def somewhere(value: Any) -> st.SearchStrategy[Any]:
    """Put a value anywhere into a JSON value."""
    return st.recursive(
        st.just(value),
        lambda inner: (
            st.tuples(st.lists(JSON, max_size=2), inner).map(lambda it: [*it[0], it[1]])
            | st.tuples(st.dictionaries(TEXTS, JSON, max_size=2), TEXTS, inner).map(
                lambda it: it[0] | {it[1]: it[2]}
            )
        ),
        max_leaves=3,
    )


@settings(deadline=None)
@given(
    value=somewhere(ID) | somewhere(f"text_to_image:{ID}") | somewhere(f"Done:\n{ID}!"),
    escaped=st.booleans(),
    indent=st.none() | st.integers(0, 4),
)
def test_an_id_is_found_anywhere_in_json(value: Any, escaped: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=escaped, indent=indent)
    assert ID in words_in(text.encode("utf-8", "surrogatepass"))
    form = urlencode({"payload": text.encode("utf-8", "surrogatepass")})
    assert ID in words_in(form.encode())


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_no_payload_is_refused(body: bytes) -> None:
    words = words_in(body)
    assert len(set(words)) == len(words)
    assert all(words)


@settings(deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_word_among_anything(before: bytes, after: bytes) -> None:
    assert ID in words_in(before + b' "' + ID.encode() + b'" ' + after)


@pytest.mark.parametrize(
    "piece", [b"[", b'{"a":', b"x ", b"\\", b"\\u", b"%", b"\xff", b'"', b"a", b"-", b"\xc3\xa9 "]
)
def test_the_largest_payload_takes_no_time(piece: bytes) -> None:
    body = (piece * LARGEST)[:LARGEST]
    begun = time.thread_time()
    assert len(words_in(body)) <= 10_000
    assert time.thread_time() - begun < 1.0
    assert words_in(body + b"x") == ()


@settings(deadline=None)
@given(st.text(), st.text().filter(lambda text: text.isprintable()))
def test_tokens_are_the_same_only_if_they_are(given: str, known: str) -> None:
    assert same_token(given, known) is (given == known)
    assert same_token(known, known)
    assert not same_token(None, known)
