"""What a family's verbs say of themselves, and of arguments that have the wrong names."""

from __future__ import annotations

import inspect

import attrs
import pytest

from a2e_async import A2E, AvatarVideo, ImageToVideo, tasks
from tests.conftest import TOKEN
from tests.support.scripted import Scripted

each_kind = pytest.mark.parametrize("kind", A2E.kinds())


@each_kind
def test_the_verbs_tell_the_product_s_fields(kind: str) -> None:
    family = A2E(TOKEN).family(kind)
    cls = tasks.request_class(kind)
    for verb in (family.start, family.start_all, family.run):
        told = inspect.signature(verb).parameters
        assert told.keys() == {field.name for field in attrs.fields(cls)}
        assert {parameter.kind for parameter in told.values()} == {
            inspect.Parameter.KEYWORD_ONLY
        } - ({inspect.Parameter.KEYWORD_ONLY} if not told else set())
        needed = [name for name, it in told.items() if it.default is inspect.Parameter.empty]
        assert [*told][: len(needed)] == needed
        page = inspect.getdoc(verb) or ""
        assert all(f"    {name}: " in page for name in told)
        assert "Returns:" in page
        assert "Raises:" in page
        assert inspect.iscoroutinefunction(verb)


def test_a_family_is_still_what_it_is() -> None:
    family = A2E(TOKEN).text_to_image
    assert type(family).__name__ == "TextToImages"
    assert repr(family) == "<Family text_to_image: Text to Image>"
    assert type(A2E(TOKEN).text_to_image) is type(family)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"promt": "x"}, "promt: nano_banana has no such field; .*; did you mean prompt?"),
        ({}, "prompt: nano_banana needs it"),
        ({"prompt": "x", "model": 3}, "model: expected one of 'nano-banana'"),
    ],
)
async def test_a_wrong_name_is_named(
    client: A2E, scripted: Scripted, fields: dict[str, object], words: str
) -> None:
    with pytest.raises(TypeError, match=words):
        await client.family("nano_banana").start(**fields)
    assert scripted.seen == []


async def test_an_argument_without_a_name_is_refused(client: A2E) -> None:
    with pytest.raises(TypeError, match=r"nano_banana: fields are given by name, such as prompt=…"):
        await client.family("nano_banana").run("a lake")


@pytest.mark.parametrize("wrong", ["nanobanana", "text_to_images"])
def test_a_wrong_product_is_told_the_right_one(wrong: str) -> None:
    client = A2E(TOKEN)
    with pytest.raises(ValueError, match=rf"kind: expected one of .*, got '{wrong}'; did you mean"):
        client.family(wrong)
    with pytest.raises(ValueError, match="did you mean"):
        client.job(f"{wrong}:66ee")


def test_a_request_s_repr_is_short_and_shows_no_media_and_no_secret() -> None:
    request = ImageToVideo(
        image_url=b"x" * 100_000, prompt="y" * 10_000, webhook_token="a secret of mine"
    )
    assert "image_url=<100000 bytes>" in repr(request)
    assert len(repr(request)) < 600
    assert "secret" not in repr(request)
    assert "title" not in repr(AvatarVideo(anchor_id="a", anchor_type=0, audio_src=b"x"))
