from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import AvatarVideo, Request, TextToImage, wire

URL = "https://example.com/a.png"
AUDIO = "https://example.com/a.wav"
CANVAS = {
    "web_bg_width": 1280,
    "web_bg_height": 720,
    "web_people_width": 640,
    "web_people_height": 720,
}


def text_to_image(**fields: Any) -> TextToImage:
    return TextToImage(**{"prompt": "a lake", **fields})


def avatar_video(**fields: Any) -> AvatarVideo:
    return AvatarVideo(**{"anchor_id": "av", "anchor_type": 0, "audio_src": AUDIO, **fields})


MAKERS: dict[str, Any] = {"text_to_image": text_to_image, "avatar_video": avatar_video}


def body(request: Request[Any]) -> dict[str, Any]:
    return wire.unstructure(request)


def test_text_to_image_sends_what_the_classic_page_requires() -> None:
    assert body(TextToImage(prompt="a lake")) == {
        "prompt": "a lake",
        "req_key": "high_aes_general_v21_L",
        "width": 1024,
        "height": 1024,
    }


def test_text_to_image_sends_what_is_given() -> None:
    fields = {
        "prompt": "a lake",
        "name": "mine",
        "req_key": "high_aes",
        "width": 512,
        "height": 768,
        "model_type": "seedream",
        "input_images": [URL],
        "skip_face_enhance": False,
        "aspect_ratio": "21:9",
        "max_images": 8,
        "webhook_url": "https://example.com/bell",
        "webhook_token": "t",
    }
    assert body(TextToImage(**fields)) == fields  # type: ignore[arg-type]


def test_avatar_video_sends_what_the_classic_page_requires() -> None:
    assert body(AvatarVideo(anchor_id="av", anchor_type=1, audio_src=AUDIO)) == {
        "anchor_id": "av",
        "anchor_type": 1,
        "audioSrc": AUDIO,
        "web_bg_width": 0,
        "web_bg_height": 0,
        "web_people_width": 0,
        "web_people_height": 0,
        "web_people_x": 0,
        "web_people_y": 0,
        "web_dist_bg_width": -1,
        "web_dist_bg_height": -1,
        "web_dist_bg_x": 0,
        "web_dist_bg_y": 0,
        "resolution": 1080,
    }


def test_avatar_video_sends_the_service_s_names() -> None:
    sent = body(
        avatar_video(
            is_skip_rs=True,
            is_skip_gp=False,
            is_caption_enabled=True,
            is_to_public_pool=False,
            caption_align={"bottom": 10, "style": None},
        )
    )
    assert {key: sent[key] for key in sent if not key.islower()} == {
        "audioSrc": AUDIO,
        "isSkipRs": True,
        "isSkipGp": False,
        "isCaptionEnabled": True,
        "isToPublicPool": False,
        "captionAlign": {"bottom": 10, "style": None},
    }


GOOD: list[tuple[str, str, list[Any]]] = [
    ("text_to_image", "prompt", ["x", " a\nb ", "лиса 🦊"]),
    ("text_to_image", "name", [None, "x" * 500]),
    ("text_to_image", "req_key", ["high_aes", "high_aes_general_v21_L"]),
    ("text_to_image", "width", [1, 4096]),
    ("text_to_image", "height", [1, 4096]),
    ("text_to_image", "model_type", [None, "a2e", "seedream"]),
    ("text_to_image", "input_images", [None, [], [URL], (URL, b"png"), [Path("a.png")]]),
    ("text_to_image", "skip_face_enhance", [None, True, False]),
    ("text_to_image", "max_images", [None, 1, 8]),
    ("text_to_image", "webhook_url", [None, "https://x.ai/" + "x" * 2035, "http://localhost/x"]),
    ("text_to_image", "webhook_token", [None, "x" * 256]),
    ("avatar_video", "anchor_type", [0, 1]),
    ("avatar_video", "audio_src", [AUDIO, Path("a.wav"), b"wav", "http://127.0.0.1:1/a.wav"]),
    ("avatar_video", "title", [None, "x" * 40]),
    ("avatar_video", "web_bg_width", [0, 853.5]),
    ("avatar_video", "web_people_x", [-10, 0, 10.5]),
    ("avatar_video", "web_dist_bg_width", [-1, 0, 100]),
    ("avatar_video", "resolution", [1, 720, 2160]),
    ("avatar_video", "gp_model", [None, {}, {"a": [1]}]),
    ("avatar_video", "erode_factor", [None, 0, 0.5]),
]

TEXT = "a text that is not blank"
MEDIA = "an https URL, a pathlib.Path of a local file, or bytes"
BAD: list[tuple[str, str, Any, type[Exception], str]] = [
    ("text_to_image", "prompt", "", ValueError, TEXT),
    ("text_to_image", "prompt", " \n", ValueError, TEXT),
    ("text_to_image", "prompt", None, TypeError, TEXT),
    ("text_to_image", "prompt", b"a lake", TypeError, TEXT),
    ("text_to_image", "name", "", ValueError, TEXT),
    ("text_to_image", "req_key", "manga", ValueError, "'high_aes_general_v21_L', 'high_aes'"),
    ("text_to_image", "req_key", None, TypeError, "'high_aes_general_v21_L', 'high_aes'"),
    ("text_to_image", "width", 0, ValueError, "a whole number of at least 1"),
    ("text_to_image", "width", 1024.0, TypeError, "a whole number of at least 1"),
    ("text_to_image", "width", "1024", TypeError, "a whole number of at least 1"),
    ("text_to_image", "height", True, TypeError, "a whole number of at least 1"),
    ("text_to_image", "height", None, TypeError, "a whole number of at least 1"),
    ("text_to_image", "model_type", "flux", ValueError, "'a2e', 'seedream'"),
    ("text_to_image", "input_images", URL, TypeError, "a list of at most 10"),
    ("text_to_image", "input_images", 5, TypeError, "a list of at most 10"),
    ("text_to_image", "input_images", ["a.png"], ValueError, MEDIA),
    ("text_to_image", "input_images", [URL, None], TypeError, MEDIA),
    ("text_to_image", "skip_face_enhance", 1, TypeError, "True or False"),
    ("text_to_image", "aspect_ratio", "5:4", ValueError, "'1:1', '4:3'"),
    ("text_to_image", "max_images", 0, ValueError, "a whole number from 1 to 8"),
    ("text_to_image", "max_images", 9, ValueError, "a whole number from 1 to 8"),
    ("text_to_image", "webhook_url", "http://example.com/x", ValueError, "an https URL, 2048"),
    ("text_to_image", "webhook_url", "https://x.ai/" + "x" * 2036, ValueError, "2048 characters"),
    ("text_to_image", "webhook_url", "bell", ValueError, "an https URL"),
    ("avatar_video", "anchor_id", " ", ValueError, TEXT),
    ("avatar_video", "anchor_type", 2, ValueError, "a whole number from 0 to 1"),
    ("avatar_video", "anchor_type", "0", TypeError, "a whole number from 0 to 1"),
    ("avatar_video", "audio_src", "a.wav", ValueError, MEDIA),
    ("avatar_video", "audio_src", b"", ValueError, MEDIA),
    ("avatar_video", "audio_src", "http://example.com/a.wav", ValueError, MEDIA),
    ("avatar_video", "custom_voice", 5, TypeError, MEDIA),
    ("avatar_video", "title", "x" * 41, ValueError, "40 characters at most"),
    ("avatar_video", "web_bg_width", -1, ValueError, "a number of at least 0"),
    ("avatar_video", "web_dist_bg_height", -2, ValueError, "a number of at least -1"),
    ("avatar_video", "web_people_x", float("nan"), ValueError, "a number"),
    ("avatar_video", "web_people_y", None, TypeError, "a number"),
    ("avatar_video", "resolution", 0, ValueError, "a whole number of at least 1"),
    ("avatar_video", "gp_model", [], TypeError, "JSON can hold"),
    ("avatar_video", "gp_model", {"a": float("nan")}, ValueError, "JSON can hold"),
    ("avatar_video", "gp_model", {"a": object()}, ValueError, "JSON can hold"),
    ("avatar_video", "caption_align", {1: 2}, TypeError, "JSON can hold"),
    ("avatar_video", "erode_factor", float("inf"), ValueError, "a number"),
]


@pytest.mark.parametrize(("kind", "field", "values"), GOOD)
def test_good_values(kind: str, field: str, values: list[Any]) -> None:
    for value in values:
        kept = getattr(MAKERS[kind](**{field: value}), field)
        assert kept == (tuple(value) if isinstance(value, list) else value)


@pytest.mark.parametrize(("kind", "field", "value", "error", "allowed"), BAD)
def test_bad_values_are_named(
    kind: str, field: str, value: Any, error: type[Exception], allowed: str
) -> None:
    with pytest.raises(error) as caught:
        MAKERS[kind](**{field: value})
    shown = value[-1] if isinstance(value, list) and value else value
    message = str(caught.value)
    assert message.startswith(field)
    assert allowed in message
    assert repr(shown)[:10] in message


@given(st.integers())
def test_any_whole_number_is_taken_or_refused_by_name(width: int) -> None:
    if 1 <= width < 2**63:
        assert text_to_image(width=width).width == width
    else:
        with pytest.raises(ValueError, match="width"):
            text_to_image(width=width)


def test_a_number_too_large_for_a_float_is_no_crash() -> None:
    with pytest.raises(ValueError, match="max_images"):
        text_to_image(max_images=10**400)


def test_a_text_that_no_json_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="prompt"):
        text_to_image(prompt="a \udcff lake")


def test_secrets_are_not_shown() -> None:
    assert "hush" not in repr(text_to_image(webhook_token="hush"))
    for bad in ("hush" * 65, b"hush"):
        with pytest.raises((TypeError, ValueError), match="webhook_token") as caught:
            text_to_image(webhook_token=bad)
        assert "hush" not in str(caught.value)


@pytest.mark.parametrize("maker", MAKERS.values())
def test_unknown_and_missing_fields_are_type_errors(maker: Any) -> None:
    with pytest.raises(TypeError, match="colour"):
        maker(colour="red")
    with pytest.raises(TypeError, match=r"prompt|anchor_id"):
        type(maker())()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"aspect_ratio": "1:1"}, ["aspect_ratio", "'1:1'", "seedream"]),
        ({"aspect_ratio": "1:1", "model_type": "a2e"}, ["aspect_ratio", "'a2e'", "seedream"]),
        ({"input_images": [URL] * 3}, ["input_images", "at most 2", "3"]),
        ({"input_images": [URL] * 3, "model_type": "a2e"}, ["input_images", "at most 2"]),
        ({"input_images": [URL] * 11, "model_type": "seedream"}, ["input_images", "at most 10"]),
        ({"skip_face_enhance": True, "model_type": "seedream"}, ["skip_face_enhance", "seedream"]),
    ],
)
def test_text_to_image_across_fields(fields: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(ValueError, match=f"^{named[0]}: ") as caught:
        text_to_image(**fields)
    assert all(part in str(caught.value) for part in named)


def test_text_to_image_takes_ten_pictures_for_seedream() -> None:
    images = text_to_image(input_images=[URL] * 10, model_type="seedream").input_images
    assert images == (URL,) * 10


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"audio_src": None}, ["audio_src", "custom_voice", "text_to_speech"]),
        ({"back_id": "b", "custom_back_id": "c", **CANVAS}, ["back_id", "'b'", "'c'"]),
        ({"back_id": "b"}, ["web_bg_width", "back_id", *CANVAS]),
        ({"custom_back_id": "c"}, ["web_bg_width", "custom_back_id", *CANVAS]),
        ({"color": "rgba(0,0,0,1)"}, ["web_bg_width", "color", *CANVAS]),
        ({"color": "rgba(0,0,0,1)", **CANVAS, "web_people_width": 0}, ["web_people_width", "0"]),
    ],
)
def test_avatar_video_across_fields(fields: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(ValueError, match=f"^{named[0]}: ") as caught:
        avatar_video(**fields)
    assert all(part in str(caught.value) for part in named)


@pytest.mark.parametrize("background", ["back_id", "custom_back_id", "color"])
def test_avatar_video_takes_a_background_with_a_canvas(background: str) -> None:
    assert body(avatar_video(**{background: "x", **CANVAS})).items() >= CANVAS.items()


def test_avatar_video_takes_an_own_voice_in_place_of_an_audio() -> None:
    assert "audioSrc" not in body(avatar_video(audio_src=None, custom_voice=AUDIO))


def test_how_many_tasks_a_request_makes() -> None:
    assert text_to_image().expected_tasks == 1
    assert text_to_image(max_images=5).expected_tasks == 5
    assert avatar_video().expected_tasks == 1


def test_a_request_is_data() -> None:
    request = text_to_image()
    assert request == text_to_image()
    assert attrs.evolve(request, width=512).width == 512
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        request.width = 512  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
