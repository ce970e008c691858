"""The parts without I/O, with hypothesis where a rule holds for all inputs."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import facts
from a2e_async.sandbox import Fault, Faults
from a2e_async.sandbox.clock import SimulatedClock
from a2e_async.sandbox.faults import KINDS, WEBHOOK, matches
from a2e_async.sandbox.handlers.documented import sample
from a2e_async.sandbox.ledger import Ledger
from a2e_async.sandbox.links import STEP, Links
from a2e_async.sandbox.log import RequestLog
from a2e_async.sandbox.media import images, videos
from a2e_async.sandbox.media.painting import clean
from a2e_async.sandbox.media.render import File, Gallery
from a2e_async.sandbox.media.specs import (
    ImageSpec,
    SpeechSpec,
    VideoSpec,
    image_size,
    video_size,
)
from a2e_async.sandbox.operations import Router, read
from a2e_async.sandbox.products import read as read_products
from a2e_async.sandbox.ranges import cut, headers, http_date, still_valid
from a2e_async.sandbox.status import STANDARD, Words, percent
from a2e_async.sandbox.storage import Storage
from a2e_async.sandbox.validation import kind_of

pytestmark = pytest.mark.timeout(20)

OPERATIONS = read(facts.load())
PRODUCTS = read_products(OPERATIONS)
FRACTIONS = st.floats(0, 2)


@given(st.lists(FRACTIONS, min_size=2), st.booleans(), st.sampled_from(sorted(PRODUCTS)))
def test_status_words_only_move_forward(fractions: list[float], fails: bool, name: str) -> None:
    words = PRODUCTS[name].words
    order = [*words.running, words.failure if fails else words.success]
    places = [order.index(words.at(it, fails=fails)) for it in sorted(fractions)]
    assert all(before <= after for before, after in pairwise(places))


@given(FRACTIONS, st.booleans())
def test_a_word_was_entered_before_it_is_seen(fraction: float, fails: bool) -> None:
    since = STANDARD.since(fraction)
    assert since <= fraction
    assert STANDARD.at(since, fails=fails) == STANDARD.at(fraction, fails=fails)
    assert (percent(fraction) == 100) is (fraction >= 1)
    assert 0 <= percent(fraction) <= 100


def test_words_are_sorted_whatever_their_order() -> None:
    jumbled = ("sent", "pending", "completed", "initialized", "processing", "failed")
    assert Words.of(jumbled) == STANDARD
    assert Words(("running",), "success", "fail").at(0.1, fails=True) == "running"


@pytest.mark.parametrize(
    ("name", "field", "words", "result"),
    [
        ("userText2Image", "current_status", STANDARD.running, "image_urls"),
        ("video", "status", ("init", "start", "pending", "process", "copy"), "result"),
        ("userVoice", "current_status", ("sent", "pendding", "processing"), None),
        ("veoVideo", "state", ("waiting", "running"), "video_output"),
        ("userFaceSwapTask", "current_status", ("initialized", "processing"), "result_url"),
        ("virtualTryOn", "current_status", STANDARD.running, "result_image_url"),
        ("motionTransfer", "current_status", STANDARD.running, "result_url"),
        ("productAvatar", "current_status", STANDARD.running, "result_image_url"),
        ("userVideoTwin", "current_status", STANDARD.running, "preview_result_url"),
        ("userImageEdit", "current_status", STANDARD.running, "result_url"),
        ("userFlux2", "current_status", STANDARD.running, "image_urls"),
        ("klingVideo", "current_status", STANDARD.running, "result_url"),
    ],
)
def test_products_are_read_from_the_facts(
    name: str, field: str, words: tuple[str, ...], result: str | None
) -> None:
    product = PRODUCTS[name]
    assert product.status_field == field
    assert product.words.running == words
    assert product.results == ((result,) if result else ())


@given(st.integers(0, 2**32), st.sampled_from(sorted(PRODUCTS)))
def test_durations_keep_their_bounds(seed: int, name: str) -> None:
    timing = PRODUCTS[name].traits.timing
    assert timing.low <= timing.draw(Random(seed)) <= timing.high


@given(st.integers(1, 500), st.integers(0, 600), st.integers(0, 600))
def test_ranges_cut_what_http_says(size: int, first: int, last: int) -> None:
    content = bytes(n % 251 for n in range(size))
    part = cut(size, f"bytes={first}-{last}")
    if last < first:
        assert (part.status, part.start, part.stop) == (200, 0, size)
    elif first >= size:
        assert part.status == 416
    else:
        assert part.status == 206
        assert content[part.start : part.stop] == content[first : last + 1]
    assert cut(size, f"bytes={first}-").stop in (size, 0)


@given(st.integers(0, 500), st.integers(0, 600))
def test_suffix_ranges(size: int, length: int) -> None:
    part = cut(size, f"bytes=-{length}")
    if part.status == 206:
        assert part.stop - part.start == min(size, length)
    else:
        assert size == 0 or length == 0


@given(st.text(max_size=20).filter(lambda text: not text.startswith("bytes=")))
def test_nonsense_ranges_mean_the_whole_file(text: str) -> None:
    assert cut(10, text).status == 200
    assert cut(10, None).status == cut(10, "bytes=-").status == 200


def test_if_range_and_headers() -> None:
    file = File.of(b"0123456789", "text/plain", 1_700_000_000.9)
    assert http_date(file.modified) == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert still_valid(None, file)
    assert still_valid(file.etag, file)
    assert still_valid(http_date(file.modified), file)
    assert not still_valid(f"W/{file.etag}", file)
    assert "Content-Range" not in headers(file, cut(10, None))


@given(
    st.text("abc/ü %?#", min_size=1, max_size=12),
    st.dictionaries(st.text("xyz", min_size=1, max_size=3), st.text(max_size=6), max_size=3),
    st.floats(1, 10**6),
)
def test_signatures_hold_for_what_was_signed_only(
    path: str, bound: dict[str, str], lifetime: float
) -> None:
    links = Links(_clock(), b"key")
    query = {**bound, "expires": str(int(1_700_000_000 + lifetime))}
    query["signature"] = links.signature(path, query)
    assert links.problem(path, query) is None
    assert links.problem(path + "x", query) == "SignatureDoesNotMatch"
    assert links.problem(path, {**query, "more": "1"}) == "SignatureDoesNotMatch"
    other = Links(_clock(), b"other key")
    assert other.problem(path, query) == "SignatureDoesNotMatch"
    assert links.problem(path, {}) == "SignatureDoesNotMatch"


@given(st.floats(0, 10**6), st.floats(0, 10**5))
def test_urls_live_at_least_their_lifetime(now: float, lifetime: float) -> None:
    links = Links(_clock(now), b"key")
    url = links.signed("/media/a/0.png", {}, lifetime)
    expires = int(url.split("expires=")[1].split("&")[0])
    assert 0 <= expires - (1_700_000_000 + now + lifetime) <= STEP


def test_the_clock_tells_simulated_time() -> None:
    readings = iter((10.0, 12.5))
    clock = SimulatedClock(lambda: next(readings), 30.0, 0.0, 10.0)
    assert (clock.now(), clock.now()) == (0.0, 75.0)
    assert clock.iso(1.5) == "1970-01-01T00:00:01.500Z"


@given(st.lists(st.integers(0, 40), max_size=30))
def test_the_ledger_never_goes_below_zero(amounts: list[int]) -> None:
    ledger = Ledger(100, lambda: "id")
    paid = sum(amount for amount in amounts if ledger.charge(amount, "x", 0.0))
    assert ledger.coins == 100 - paid >= 0
    assert sum(entry.amount for entry in ledger.entries) == -paid


@pytest.mark.parametrize(
    ("body", "size"),
    [
        ({}, (1024, 1024)),
        ({"width": 640, "height": 480}, (640, 480)),
        ({"width": 5, "height": 99999}, (64, 4096)),
        ({"width": float("inf"), "height": 100.5}, (4096, 100)),
        ({"size": "1024*1536"}, (1024, 1536)),
        ({"size": "512x256"}, (512, 256)),
        ({"size": "large"}, (1024, 1024)),
        ({"aspect_ratio": "16:9"}, (1024, 576)),
        ({"aspect_ratio": "9:16", "resolution": "2K"}, (1152, 2048)),
        ({"aspectRatio": "0:1"}, (1024, 1024)),
        ({"ratio": "1:1", "resolution": "720p"}, (720, 720)),
        ({"web_bg_width": 1280, "web_bg_height": 720}, (1280, 720)),
    ],
)
def test_sizes_are_read_from_the_body(body: dict[str, Any], size: tuple[int, int]) -> None:
    assert image_size(body) == size


@given(st.integers(64, 4096), st.integers(64, 4096))
def test_videos_are_small_and_even(width: int, height: int) -> None:
    wide, high = video_size(width, height)
    assert wide % 2 == high % 2 == 0
    assert 64 <= min(wide, high) <= 480
    assert max(wide, high) <= 960


@pytest.mark.parametrize(
    "text",
    ["", " ", "雪の中の赤い狐", "🦊" * 40, "word" * 400, "a\n\tb", "half \ud800", "x " * 3000],
)
@pytest.mark.parametrize("size", [(64, 64), (300, 90)])
def test_any_text_can_be_painted(text: str, size: tuple[int, int]) -> None:
    assert images.render(ImageSpec(text, *size, "1")).startswith(b"\x89PNG")


def test_frames_move() -> None:
    frames = list(videos.frames(VideoSpec("x", 128, 96, "1")))
    assert len({frame.tobytes() for frame in frames}) > 20


@given(st.text())
def test_clean_text_can_be_printed(text: str) -> None:
    assert clean(text).isprintable()


def test_the_gallery_keeps_the_last_ones_within_its_limit() -> None:
    gallery = Gallery(limit=50_000)
    specs = [SpeechSpec("x", str(n)) for n in range(4)]
    for spec in specs[:2]:
        gallery.make(spec, 0.0)
    made = gallery.make(specs[0], 0.0)
    assert gallery.get(specs[0]) is made
    for spec in specs[2:]:
        gallery.make(spec, 0.0)
    gallery.make(specs[0], 0.0)
    assert [gallery.get(spec) is not None for spec in specs] == [True, False, True, True]


def test_the_storage_drops_the_oldest_and_replaces() -> None:
    storage = Storage(limit=10)
    storage.put("a", b"12345", "x", 0)
    storage.put("a", b"123456", "x", 0)
    assert len(storage) == 1
    storage.put("b", b"123456", "x", 0)
    assert storage.get("a") is None
    assert storage.get("b") is not None


@given(st.sampled_from(OPERATIONS))
def test_the_router_finds_each_operation(operation: Any) -> None:
    router = Router(OPERATIONS)
    route = router.find(operation.method, operation.path.replace("{_id}", "1").replace("{id}", "1"))
    assert route is not None
    assert route.operation.label.replace("{id}", "{_id}") in (
        operation.label.replace("{id}", "{_id}"),
        operation.label,
    )
    assert set(route.parameters.values()) <= {"1"}


def test_samples_fit_their_schemas() -> None:
    schema = {
        "properties": {
            "a": {"type": ["string", "null"]},
            "b": {"oneOf": [{"type": "integer", "minimum": 3}, {"type": "string"}]},
            "c": {"type": "array", "items": {"type": "boolean"}, "minItems": 2},
            "d": {"enum": ["x", "y"]},
            "e": {"type": "number", "default": 1.5},
            "f": {"type": "null"},
        }
    }
    expected = {"a": "", "b": 3, "c": [False, False], "d": "x", "e": 1.5, "f": None}
    assert sample(schema) == expected


def test_faults_are_checked_when_they_are_set() -> None:
    faults = Faults()
    with pytest.raises(ValueError, match="where='starts': allowed are"):
        faults.next("starts", Fault.none())
    with pytest.raises(ValueError, match="early 404 concerns starts"):
        faults.next("detail", Fault.early_404(3))
    with pytest.raises(ValueError, match="0 to 1"):
        Faults(rate={"start": {Fault.html(): 1.5}})
    with pytest.raises(ValueError, match="0 to 1"):
        faults.set_rate("start", Fault.html(), -0.1)
    faults.next("*", Fault.failed_task(), times=2)
    assert faults.waiting == 2
    assert faults.pick("start", "/x") == Fault.failed_task()
    faults.clear()
    assert faults.pick("start", "/x") is None


REQUESTS = [kind for kind in KINDS if kind != WEBHOOK]


@given(st.sampled_from(REQUESTS), st.sampled_from(KINDS))
def test_places_match_by_kind_or_glob(kind: str, other: str) -> None:
    assert matches("*", kind, "/a/b")
    assert matches(other, kind, "/a/b") is (kind == other)
    assert matches("/a/*", kind, "/a/b")
    assert not matches("/A/*", kind, "/a/b")


def test_webhooks_are_meant_by_their_name_only() -> None:
    assert matches(WEBHOOK, WEBHOOK, "/a/b")
    assert not any(matches(where, WEBHOOK, "/a/b") for where in (*REQUESTS, "*", "/a/*"))


def test_the_log_is_bounded() -> None:
    log = RequestLog()
    for number in range(10_050):
        log.add("GET", f"/{number}", 200, "detail")
    assert (len(log), log.total, log.by_kind["detail"]) == (10_000, 10_050, 10_050)
    assert next(iter(log)).path == "/50"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        (True, "boolean"),
        (1, "integer"),
        (1.5, "number"),
        ([], "array"),
        ({}, "object"),
    ],
)
def test_kinds_are_named_as_json_does(value: object, kind: str) -> None:
    assert kind_of(value) == kind


def _clock(now: float = 0.0) -> SimulatedClock:
    epoch = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC).timestamp()
    return SimulatedClock(lambda: now, 1.0, epoch, 0.0)
