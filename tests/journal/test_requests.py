"""Requests that are written and made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2e_async import A2E, Request, TextToImage, Webhook, tasks
from a2e_async.journal import requests
from a2e_async.tasks import checks
from a2e_async.tasks import media as media_
from tests.products import examples
from tests.products.examples import URL
from tests.unit.strategies import JSON

CLASSES = [tasks.request_class(kind) for kind in A2E.kinds()]
SECRETS = {field.name for cls in CLASSES for field in attrs.fields(cls) if not field.repr}

MEDIA: st.SearchStrategy[checks.Media] = st.one_of(
    st.just(URL),
    st.builds(Path, st.sampled_from(["a.png", "../b.png", "/c/d.png"])),
    st.binary(min_size=1, max_size=8),
)
ODD_OBJECTS = st.dictionaries(
    st.sampled_from(["$path", "$bytes", "$tuple", "$pairs", "$", "a"]) | st.text(max_size=3),
    JSON | st.tuples(JSON, JSON) | st.dictionaries(st.integers(0, 9), JSON, max_size=2),
    max_size=4,
)


def again(request: Request[Any]) -> Request[Any]:
    packed = requests.dump(request)
    assert packed.fingerprint == requests.fingerprint(packed.kind, packed.text)
    assert all(requests.digest(content) == key for key, content in packed.contents.items())
    return requests.load(packed.kind, packed.text, packed.contents.__getitem__)


def nothing(digest: str) -> bytes:
    raise AssertionError(digest)


def without_secrets(request: Request[Any]) -> Request[Any]:
    changes: Any = {name: None for name in SECRETS if hasattr(request, name)}
    return attrs.evolve(request, **changes)


@st.composite
def any_requests(draw: st.DrawFn) -> Request[Any]:
    """An example of any product, with other media and any objects in it."""
    cls = draw(st.sampled_from(CLASSES))
    fields = dict(draw(st.sampled_from(examples.of(cls).EXAMPLES)))
    for name in media_.media_fields(cls):
        if fields.get(name) == URL:
            fields[name] = draw(MEDIA)
    for field in attrs.fields(cls):
        if isinstance(field.validator, checks.JsonObject):
            fields[field.name] = draw(ODD_OBJECTS)
    try:
        request: Request[Any] = cls(**fields)
    except ValueError:
        # Some rules count seconds or name file types; the example itself is always good.
        request = cls(**draw(st.sampled_from(examples.of(cls).EXAMPLES)))
    return request


@settings(max_examples=600, deadline=None)
@given(any_requests())
def test_a_request_that_is_made_again_is_equal(request: Request[Any]) -> None:
    assert again(request) == without_secrets(request)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.product.kind)
def test_every_example_of_every_product_is_made_again(cls: type[Request[Any]]) -> None:
    for fields in examples.of(cls).EXAMPLES:
        request = cls(**fields)
        assert again(request) == without_secrets(request)
        assert type(again(request)) is cls


@settings(max_examples=200, deadline=None)
@given(any_requests(), any_requests())
def test_a_fingerprint_tells_requests_apart(one: Request[Any], other: Request[Any]) -> None:
    left, right = requests.dump(one), requests.dump(other)
    if left.fingerprint == right.fingerprint:
        assert without_secrets(one) == without_secrets(other)
    elif left.kind == right.kind:
        assert requests.differing(left.text, right.text)


def test_a_webhook_token_is_neither_kept_nor_part_of_the_fingerprint() -> None:
    assert "webhook_token" in SECRETS
    hook = Webhook(url="https://example.com/hook", token="very-secret")
    packed = requests.dump(TextToImage(prompt="a", webhook_url=hook.url, webhook_token=hook.token))
    other = requests.dump(TextToImage(prompt="a", webhook_url=hook.url, webhook_token="other"))
    assert "secret" not in repr(packed)
    assert packed == other


def test_a_path_a_url_and_bytes_are_told_apart() -> None:
    def fingerprint(media: Any) -> str:
        return requests.dump(TextToImage(prompt="a", input_images=[media])).fingerprint

    given_ = [URL, Path("a.png"), Path("b.png"), b"a.png", b"b.png"]
    assert len({fingerprint(media) for media in given_}) == len(given_)


@pytest.mark.parametrize("text", ['{"prompt":{"$new":1}}', '{"prompt":1}', "{}", '{"of_2030":1}'])
def test_what_this_version_cannot_make_is_an_error(text: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        requests.load("text_to_image", text, nothing)


def test_an_unknown_product_is_an_error() -> None:
    with pytest.raises(KeyError):
        requests.load("telepathy", "{}", nothing)
