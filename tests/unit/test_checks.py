from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import AvatarVideo, TextToImage
from a2e_async.tasks import checks, media

URL = "https://example.com/a.png"
HERE = Path("a.png")

CHECKS: list[checks.Check] = [
    checks.Text(),
    checks.Text(5, secret=True),
    checks.Choice(("a", "b")),
    checks.Number(),
    checks.Number(most=5),
    checks.Integer(0, 5),
    checks.Flag(),
    checks.JsonObject(),
    checks.HttpsUrl(20),
    checks.MediaSource(),
    checks.ListOf(checks.Integer()),
    checks.ListOf(checks.Text(), most=2),
]
VALUES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=8)
    | st.text(max_size=8).map("https://".__add__)
    | st.binary(max_size=4)
    | st.just(HERE)
    | st.lists(st.integers() | st.text(), max_size=3).map(tuple)
    | st.dictionaries(st.text(max_size=2) | st.integers(), st.integers(), max_size=2)
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.allowed)
@given(VALUES)
def test_a_check_passes_or_names_the_field_and_what_is_allowed(
    check: checks.Check, value: Any
) -> None:
    refusal = refusal_of(check, value)
    assert refusal is None or refusal.startswith("here")
    assert refusal is None or isinstance(check, checks.ListOf) or check.allowed in refusal


def refusal_of(check: checks.Check, value: Any) -> str | None:
    try:
        check.check("here", value)
    except (TypeError, ValueError) as error:
        return str(error)
    return None


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.allowed)
def test_none_passes_where_it_is_the_default_only(check: checks.Check) -> None:
    left_out = attrs.make_class("LeftOut", {"x": attrs.field(default=None, validator=check)})
    needed = attrs.make_class("Needed", {"x": attrs.field(validator=check)})
    assert left_out().x is None
    with pytest.raises(TypeError, match=r"x: expected .*, got '?None"):
        needed(None)


@pytest.mark.parametrize(
    ("text", "is_url"),
    [
        (URL, True),
        ("HTTPS://example.com", True),
        ("https://example.com/a b", False),
        ("https://", False),
        ("https://[::1", False),
        ("http://example.com/a.png", False),
        ("http://localhost:8080/a.png", True),
        ("http://[::1]/a.png", True),
        ("file:///etc/passwd", False),
        ("a.png", False),
        ("", False),
    ],
)
def test_urls(text: str, is_url: bool) -> None:
    assert checks.is_url(text) is is_url


@given(st.text())
def test_any_text_is_a_url_or_not(text: str) -> None:
    assert not checks.is_url(text) or text.lower().startswith(("https://", "http://"))
    assert checks.is_url(f"https://{text}") in {True, False}


def test_a_webhook_is_a_text() -> None:
    wrong: Any = 5
    with pytest.raises(TypeError, match="webhook_url: expected an https URL"):
        TextToImage(prompt="x", webhook_url=wrong)


def test_which_fields_take_media() -> None:
    assert media.media_fields(TextToImage) == ("input_images",)
    assert set(media.media_fields(AvatarVideo)) == {
        "audio_src",
        "custom_voice",
        "anchor_background_img",
    }


@pytest.mark.parametrize(
    ("images", "local"),
    [(None, False), ([], False), ([URL], False), ([URL, HERE], True), ([b"png"], True)],
)
def test_which_requests_have_local_media(images: Any, local: bool) -> None:
    assert TextToImage(prompt="a.png", input_images=images).has_local_media is local


@pytest.mark.parametrize(("audio", "local"), [(URL, False), (HERE, True), (b"wav", True)])
def test_which_single_media_are_local(audio: Any, local: bool) -> None:
    video = AvatarVideo(anchor_id="av", anchor_type=0, audio_src=audio)
    assert video.has_local_media is local
