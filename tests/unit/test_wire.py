from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from a2e_async import wire

from .strategies import JSON, objects_of

READERS = [
    wire.read_text,
    wire.read_number,
    wire.read_integer,
    wire.read_flag,
    wire.read_time,
    wire.read_texts,
]
CODECS = ["orjson", "json"]


@attrs.frozen(kw_only=True)
class Sample:
    """A field of each kind, and one of each way to be named."""

    text: str | None = None
    whole: int | None = None
    number: float | None = None
    either: int | float | None = None
    flag: bool | None = None
    moment: datetime | None = None
    texts: tuple[str, ...] = ()
    raw: dict[str, Any] = attrs.field(factory=dict)
    audio_src: str | None = attrs.field(default=None, metadata=wire.named("audioSrc"))
    prompt: str | None = attrs.field(
        default=None, metadata=wire.named("negative_prompt", "negative_prmpt", "negPrompt")
    )


NAMES = [name for field in attrs.fields(Sample) for name in wire.wire_names(field)]


def use(codec: str, patch: pytest.MonkeyPatch) -> None:
    if codec == "orjson":
        pytest.importorskip("orjson")
    else:
        patch.setattr(wire, "_orjson", None)


@pytest.fixture(params=CODECS)
def codec(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    use(request.param, monkeypatch)


@pytest.mark.parametrize("reader", READERS)
@given(JSON)
@example(10**400)
@example(float("nan"))
@example(float("-inf"))
@example("9" * 5000)
@example("99999-99-99T99:99:99Z")
@example([{"url": ["https://example.com"]}, [], None])
def test_readers_never_raise(reader: Callable[[Any], Any], value: Any) -> None:
    reader(value)


@settings(deadline=None)
@given(objects_of(st.sampled_from(NAMES) | st.text(max_size=5)))
def test_any_object_can_be_read(raw: dict[str, Any]) -> None:
    sample = wire.structure(raw, Sample)
    assert isinstance(sample.text, str | None)
    assert isinstance(sample.whole, int | None)
    assert isinstance(sample.number, int | float | None)
    assert isinstance(sample.flag, bool | None)
    assert isinstance(sample.moment, datetime | None)
    assert all(isinstance(text, str) for text in sample.texts)


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), ("", None), (0, "0"), (7, "7"), (1.5, "1.5"), (True, None), ([], None)],
)
def test_texts(value: Any, text: str | None) -> None:
    assert wire.read_text(value) == text


@pytest.mark.parametrize(
    ("value", "number", "whole"),
    [
        (0, 0, 0),
        (7.0, 7, 7),
        (7.5, 7.5, 7),
        ("7", 7, 7),
        (" 7.5 ", 7.5, 7),
        ("", None, None),
        ("seven", None, None),
        ("nan", None, None),
        (float("inf"), None, None),
        (True, None, None),
        (None, None, None),
        ([7], None, None),
    ],
)
def test_numbers(value: Any, number: float | None, whole: int | None) -> None:
    assert wire.read_number(value) == number
    assert wire.read_integer(value) == whole


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True),
        (1, True),
        ("true", True),
        ("1", True),
        (False, False),
        (0, False),
        (" False ", False),
        ("0", False),
        (2, None),
        ("yes", None),
        (None, None),
        ([], None),
    ],
)
def test_flags(value: Any, flag: bool | None) -> None:
    assert wire.read_flag(value) is flag


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2025-01-23T07:26:52.420Z", datetime(2025, 1, 23, 7, 26, 52, 420_000, UTC)),
        ("2025-01-23T08:26:52+01:00", datetime(2025, 1, 23, 7, 26, 52, tzinfo=UTC)),
        ("2025-01-23 07:26:52", datetime(2025, 1, 23, 7, 26, 52, tzinfo=UTC)),
        (1_737_617_212_420, datetime(2025, 1, 23, 7, 26, 52, 420_000, UTC)),
        ("yesterday", None),
        ("", None),
        (10**30, None),
        (True, None),
        ({}, None),
    ],
)
def test_times(value: Any, moment: datetime | None) -> None:
    found = wire.read_time(value)
    assert found == moment
    assert found is None or found.tzinfo is not None


@given(st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  (as hypothesis asks)
def test_times_as_the_service_writes_them(moment: datetime) -> None:
    millis = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    text = millis.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert wire.read_time(text) == millis
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    numeric = wire.read_time((millis - epoch) // timedelta(milliseconds=1))
    assert numeric is not None
    assert abs(numeric - millis) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("a", ("a",)),
        (["a", "b", "a"], ("a", "b")),
        ([{"url": "a"}, "b", {"name": "c"}, {"url": 5}], ("a", "b")),
        ({"url": "a"}, ("a",)),
        ("", ()),
        ([None, "", 5], ()),
        (None, ()),
    ],
)
def test_lists_of_texts(value: Any, texts: tuple[str, ...]) -> None:
    assert wire.read_texts(value) == texts


def test_names_on_the_wire() -> None:
    written = wire.unstructure(Sample(audio_src="a", prompt="b", texts=("c",), raw={"d": None}))
    assert written == {"audioSrc": "a", "negative_prompt": "b", "texts": ["c"], "raw": {"d": None}}


@pytest.mark.parametrize(
    ("raw", "prompt"),
    [
        ({"negative_prompt": "right"}, "right"),
        ({"negative_prmpt": "misspelt"}, "misspelt"),
        ({"negPrompt": "third"}, "third"),
        ({"negative_prompt": "right", "negative_prmpt": "misspelt"}, "right"),
        ({"negative_prompt": "", "negative_prmpt": "misspelt"}, "misspelt"),
        ({"negative_prompt": None, "negPrompt": "third"}, "third"),
        ({"negative_prmpt": None, "negPrompt": "third"}, "third"),
        ({"prompt": "no wire name"}, None),
    ],
)
def test_every_spelling_is_read(raw: dict[str, Any], prompt: str | None) -> None:
    before = dict(raw)
    assert wire.structure(raw, Sample).prompt == prompt
    assert raw == before


TEXTS = st.none() | st.text(min_size=1)


@settings(deadline=None)
@given(
    st.builds(
        Sample,
        text=TEXTS,
        whole=st.none() | st.integers(),
        number=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        flag=st.none() | st.booleans(),
        audio_src=TEXTS,
        prompt=TEXTS,
        raw=st.dictionaries(st.text(), JSON, max_size=3),
    )
)
def test_what_is_written_is_read_again(sample: Sample) -> None:
    assert wire.structure(wire.unstructure(sample), Sample) == sample


@pytest.mark.parametrize("name", CODECS)
@given(JSON)
def test_json_is_the_same_with_every_codec(name: str, value: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        use(name, patch)
        content = wire.dumps(value)
        assert wire.loads(content) == value
    assert wire.loads(content) == value


@pytest.mark.usefixtures("codec")
@pytest.mark.parametrize("content", [b"", b"<html>", b"{", b"\xff", b"{'a': 1}", b'{"a": 1} x'])
def test_what_is_no_json_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError):
        wire.loads(content)


@pytest.mark.usefixtures("codec")
def test_json_is_compact_utf_8() -> None:
    assert (
        wire.dumps({"prompt": "лиса", "size": [1, 2]}) == '{"prompt":"лиса","size":[1,2]}'.encode()
    )
