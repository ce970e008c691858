"""What the page makes of rows, by property: nothing in a row becomes a part of the page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async.batch.report import words
from a2e_async.batch.report.entries import STATES, Entry, entry_of
from a2e_async.batch.report.gallery import Media
from a2e_async.batch.report.page import assemble, url_of
from a2e_async.batch.report.timeline import ceiling, slices, ticks
from tests.report.runs import row

NASTY = st.sampled_from(
    (
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]>",
        "{{data}}{{script}}",
        '" onload="alert(1)',
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "\u202e\u2066drow\u2028\u2029",
        "\x00\x1b",
        "\ud800",
        "&lt;&amp;",
        "x" * 10_000,
    )
)
TEXTS = st.one_of(NASTY, st.text(max_size=30))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
FIELDS = tuple(row(0))
ROWS = st.dictionaries(st.sampled_from(FIELDS), JSON) | st.fixed_dictionaries(
    {"index": st.integers(0, 99), "status": st.sampled_from(("completed", "failed", "planned"))},
    optional={
        "prompt": TEXTS,
        "key": TEXTS,
        "kind": TEXTS,
        "files": st.lists(TEXTS, max_size=2),
        "error": st.dictionaries(st.sampled_from(("type", "message", "code")), TEXTS),
        "request": st.dictionaries(TEXTS, JSON, max_size=3),
        "started_at": st.datetimes().map(str),
        "ended_at": st.datetimes().map(str),
    },
)


class Outline(HTMLParser):
    """The page's elements and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.scripts: list[str] = []
        self._inside = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def page_of(*rows: Any, title: str = "A run") -> str:
    entries = tuple(map(entry_of, rows))
    media = {name: Media() for entry in entries for name in entry.files}
    return assemble(entries, media, title=title, now=0.0)


@pytest.mark.slow
@given(st.lists(ROWS, max_size=4), TEXTS)
def test_no_row_and_no_title_becomes_a_part_of_the_page(rows: list[Any], title: str) -> None:
    outline = Outline(page_of(*rows, title=title))
    assert [tag for tag, _ in outline.elements].count("script") == 2
    assert [tag for tag, _ in outline.elements].count("img") == 0
    assert not [name for _, names in outline.elements for name in names if name.startswith("on")]
    plain = Outline(page_of())
    assert outline.scripts[1] == plain.scripts[1], "the script itself is the same for every run"
    items = json.loads(outline.scripts[0])
    assert len(items) == len(rows)
    for item, given_row in zip(items, rows, strict=True):
        # A token in a text would be taken out; there is none here.
        prompt = given_row.get("prompt")
        assert item.get("prompt") == (prompt if isinstance(prompt, str) and prompt else None)


def test_values_of_a_wrong_type_are_left_out() -> None:
    odd = {"index": "1", "coins": float("nan"), "files": "abc", "error": 4, "started_at": 5}
    entry = entry_of(odd | {"status": ["completed"], "request": 1, "prompt": b"x", "key": True})
    assert entry == Entry(index=0)
    assert entry_of({"coins": 10**400}).coins is None
    assert entry_of({"coins": True, "index": float("inf")}) == Entry(index=0)


@pytest.mark.parametrize("word", [*STATES, "STARTING", "started", "new word"])
def test_each_state_word_has_its_group(word: str) -> None:
    groups = {"STARTING": "running", "started": "running", "new word": "unknown"}
    assert entry_of({"status": word}).state == groups.get(word, word)


def test_the_prompt_is_no_setting_whatever_the_product_calls_it() -> None:
    request = {"msg": "Hello", "speed": 1.0, "tags": ["a"], "none": None}
    entry = entry_of({"prompt": "Hello", "request": request})
    assert entry.settings == (("speed", "1.0"), ("tags", '["a"]'))


def test_no_token_gets_into_the_page() -> None:
    token = "sk_live_abcdefghij0123456789"
    page = page_of(
        row(0, prompt=f"say {token}", key=token, name=token),
        row(1, error={"type": "E", "message": f"bad token {token}"}),
        row(2, request={"prompt": "x", "deep": [{"a": token}], token: 1}),
    )
    assert token not in page
    assert "[token]" in page


@given(st.text(min_size=1, max_size=20))
def test_a_url_names_its_file_and_nothing_else(name: str) -> None:
    url = url_of(f"files/{name}")
    if ".." in name.split("/"):
        assert url is None
        return
    if url is None:
        with pytest.raises(UnicodeEncodeError):
            name.encode("utf-8", "surrogateescape")
        return
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert unquote_to_bytes(parts.path) == f"files/{name}".encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("name", ["../x.png", "/etc/passwd", "files/../../x.png", "//host/x.png"])
def test_nothing_outside_of_the_run_has_a_url(name: str) -> None:
    assert url_of(name) is None


def test_a_colon_makes_no_scheme_and_a_hash_no_fragment() -> None:
    assert url_of("javascript:alert(1)") == "javascript%3Aalert%281%29"
    assert url_of("files/50% #1?.png") == "files/50%25%20%231%3F.png"


TIMES = st.floats(0, 4e9) | st.none()
ENTRIES = st.builds(
    Entry,
    index=st.just(0),
    state=st.sampled_from(tuple(STATES)),
    started=TIMES,
    ended=TIMES,
)


@given(st.lists(ENTRIES, max_size=30), st.integers(1, 50))
def test_a_timeline_counts_every_item_once(entries: list[Entry], count: int) -> None:
    cut = slices(entries, count=count)
    ended = [it for it in entries if it.ended is not None and it.state in {"completed", "failed"}]
    started = [
        it
        for it in entries
        if it.started is not None and it.state in {"completed", "failed", "running"}
    ]
    if not ended and not started:
        assert cut == ()
        return
    assert len(cut) == count
    assert cut[-1].failed == sum(it.state == "failed" for it in ended)
    assert cut[-1].ended == len(ended)
    assert sum(part.started for part in cut) == len(started)
    assert all(0 <= part.under_way <= len(started) for part in cut)
    assert all(one.ended <= other.ended for one, other in pairwise(cut))


def test_a_place_that_is_left_and_taken_in_one_moment_is_one() -> None:
    one = Entry(index=0, state="completed", started=0, ended=10)
    other = Entry(index=1, state="completed", started=10, ended=20)
    assert max(part.under_way for part in slices([one, other], count=4)) == 1


@given(st.floats(0, 4e9), st.floats(1e-3, 1e9))
def test_ticks_are_round_few_and_within(begin: float, length: float) -> None:
    found = ticks(begin, begin + length)
    assert len(found) <= 6
    assert all(begin <= at <= begin + length and at == int(at) for at in found)


@given(st.integers(0, 10**7))
def test_an_axis_ends_at_a_round_number_just_above(value: int) -> None:
    assert value <= ceiling(value) <= max(2 * value, 1)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (90, "1 min 30 s"),
        (3599.9, "1 h"),
        (28_080, "7 h 48 min"),
        (200_000, "2 d 7 h"),
    ],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_shares_are_never_rounded_to_all_or_nothing() -> None:
    shares = [words.share(*it) for it in ((0, 9), (9, 9), (1, 10_000), (9_999, 10_000), (1, 3))]
    assert shares == ["0 %", "100 %", "under 0.1 %", "over 99.9 %", "33.3 %"]


def test_the_templates_do_not_end_or_comment_out_their_elements() -> None:
    outline = Outline(page_of())
    for script in outline.scripts:
        assert "</" not in script
        assert "<!--" not in script
    folder = Path(words.__file__).parent / "template"
    for path in folder.iterdir():
        assert "http:" not in path.read_text()
        assert "https:" not in path.read_text()
        assert "style=" not in path.read_text(), "the policy forbids it"
        assert "innerHTML" not in path.read_text()
