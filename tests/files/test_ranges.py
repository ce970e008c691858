from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from a2e_async.files.ranges import Have, Step, Verdict, judge, request_headers

TAG = '"one"'
DATE = "Wed, 21 Oct 2025 07:28:00 GMT"
HALF = Have(50, TAG, 100)


def verdict(have: Have, status: int, **headers: str) -> Verdict:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return judge(have, status, CIMultiDict(named))


def step(have: Have, status: int, **headers: str) -> Step:
    return verdict(have, status, **headers).step


def test_the_rest_is_asked_for_on_condition() -> None:
    headers = request_headers(HALF)
    assert headers["Range"] == "bytes=50-"
    assert headers["If-Range"] == TAG


@pytest.mark.parametrize("have", [Have(), Have(0, TAG, 100), Have(50, None, 100)])
def test_without_bytes_or_validator_all_of_it_is_asked_for(have: Have) -> None:
    assert request_headers(have) == {"Accept": "*/*", "Accept-Encoding": "identity"}


@pytest.mark.parametrize(
    ("headers", "have"),
    [
        ({"ETag": TAG, "Content_Length": "9", "Last_Modified": DATE}, Have(0, TAG, 9)),
        ({"ETag": f"W/{TAG}", "Last_Modified": DATE}, Have(0, DATE, None)),
        ({"ETag": f"W/{TAG}", "Content_Length": "9"}, Have(0, None, 9)),
        ({"Content_Length": "nine"}, Have(0, None, None)),
        ({"ETag": TAG, "Content_Length": "9", "Content_Encoding": "gzip"}, Have(0, None, None)),
        ({"ETag": TAG, "Content_Encoding": "identity"}, Have(0, TAG, None)),
    ],
)
@pytest.mark.parametrize("before", [Have(), HALF])
def test_a_whole_answer_begins_anew(headers: dict[str, str], have: Have, before: Have) -> None:
    assert verdict(before, 200, **headers) == Verdict(Step.REWRITE, have)


@pytest.mark.parametrize(
    ("headers", "have"),
    [
        ({"Content_Range": "bytes 50-99/100", "ETag": TAG}, HALF),
        ({"Content_Range": "Bytes 50-99/100"}, HALF),
        ({"Content_Range": "bytes 50-99/*"}, HALF),
        ({"Content_Range": "bytes 50-79/100"}, HALF),
    ],
)
def test_the_right_rest_is_appended(headers: dict[str, str], have: Have) -> None:
    assert verdict(HALF, 206, **headers) == Verdict(Step.APPEND, have)


def test_the_rest_tells_the_total_that_was_unknown() -> None:
    found = verdict(Have(50, TAG), 206, Content_Range="bytes 50-99/100")
    assert found.have.total == 100


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content_Range": "items 50-99/100"},
        {"Content_Range": "bytes 49-99/100"},
        {"Content_Range": "bytes 0-99/100"},
        {"Content_Range": "bytes 50-99/101"},
        {"Content_Range": "bytes 50-99/100", "ETag": '"two"'},
        {"Content_Range": "bytes 50-99/100", "Content_Encoding": "gzip"},
    ],
)
def test_a_rest_of_something_else_is_not_appended(headers: dict[str, str]) -> None:
    assert verdict(HALF, 206, **headers) == Verdict(Step.RESTART, Have())


def test_dates_validate_like_tags() -> None:
    dated = Have(50, DATE, 100)
    span = "bytes 50-99/100"
    assert step(dated, 206, Content_Range=span, Last_Modified=DATE) is Step.APPEND
    assert step(dated, 206, Content_Range=span, ETag=TAG) is Step.APPEND
    other = "Wed, 21 Oct 2025 07:28:01 GMT"
    assert step(dated, 206, Content_Range=span, Last_Modified=other) is Step.RESTART


def test_a_part_that_nobody_asked_for_is_taken_from_the_start_only() -> None:
    assert step(Have(), 206, Content_Range="bytes 0-99/100") is Step.REWRITE
    assert step(Have(), 206, Content_Range="bytes 0-99/*") is Step.REFUSED
    assert step(Have(), 206, Content_Range="bytes 5-99/100") is Step.REFUSED
    assert step(Have(), 206) is Step.REFUSED


def test_nothing_left_to_send_means_done_only_at_the_right_length() -> None:
    assert verdict(Have(50, TAG), 416, Content_Range="bytes */50") == Verdict(
        Step.DONE, Have(50, TAG, 50)
    )
    assert step(Have(50, TAG), 416, Content_Range="bytes */50", ETag='"two"') is Step.RESTART
    assert step(HALF, 416, Content_Range="bytes */50") is Step.RESTART
    assert step(HALF, 416, Content_Range="bytes */40") is Step.RESTART
    assert step(HALF, 416) is Step.RESTART
    assert step(Have(), 416) is Step.REFUSED


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, Step.EXPIRED),
        (403, Step.EXPIRED),
        (404, Step.EXPIRED),
        (410, Step.EXPIRED),
        (400, Step.REFUSED),
        (304, Step.REFUSED),
        (429, Step.REFUSED),
        (503, Step.REFUSED),
        (204, Step.REWRITE),
    ],
)
def test_other_answers_keep_what_is_here(status: int, expected: Step) -> None:
    assert step(HALF, status) is expected
    if expected is not Step.REWRITE:
        assert verdict(HALF, status).have == HALF


numbers = st.integers(0, 200)
validators = st.sampled_from([None, TAG, DATE])


@given(
    st.builds(Have, numbers, validators, st.none() | numbers),
    st.integers(100, 599),
    st.dictionaries(
        st.sampled_from(["ETag", "Last-Modified", "Content-Range", "Content-Length"]),
        st.text(max_size=20)
        | st.builds("bytes {}-{}/{}".format, numbers, numbers, numbers)
        | st.builds("bytes */{}".format, numbers)
        | numbers.map(str),
    ),
)
def test_nothing_is_appended_or_done_that_does_not_fit(
    have: Have, status: int, headers: dict[str, str]
) -> None:
    found = judge(have, status, CIMultiDict(headers))
    if found.step is Step.APPEND:
        assert have.resumable
        assert headers["Content-Range"].startswith(f"bytes {have.size}-")
        assert found.have.size == have.size
        assert found.have.total is None or found.have.total >= have.size
    if found.step is Step.DONE:
        assert found.have.complete
        assert found.have.whole
    if found.step is Step.REWRITE:
        assert found.have.size == 0


@given(st.binary(min_size=1, max_size=300), st.lists(st.integers(0, 60), max_size=20))
def test_pieces_put_together_are_the_file(content: bytes, cuts: list[int]) -> None:
    """A server that keeps to the rules, and breaks off again and again."""
    here, have = b"", Have()
    for piece in [*cuts, len(content)]:
        asked = request_headers(have).get("Range")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if asked and start < len(content):
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            found = verdict(have, 206, Content_Range=span, ETag=TAG)
        elif asked:
            found = verdict(have, 416, Content_Range=f"bytes */{len(content)}")
        else:
            found = verdict(have, 200, Content_Length=str(len(content)), ETag=TAG)
        if found.step is Step.REWRITE:
            here = b""
        if found.step is not Step.DONE:
            here += content[start : start + piece]
        have = Have(len(here), found.have.validator, found.have.total)
        if have.complete:
            break
    assert have.whole
    assert here == content
