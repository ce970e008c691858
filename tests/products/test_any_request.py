"""What holds for the request of any product, whatever is put into it and whatever is answered."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from a2e_async import A2E, Request, SubmitUncertain, tasks, wire
from a2e_async.tasks import media as media_
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

from . import examples
from .examples import URL
from .test_requests_facts import schema_of

ID = "6" * 24
CLASSES = [tasks.request_class(kind) for kind in A2E.kinds()]

each_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.product.kind)


# Whatever is given


class Fraction(float):
    """Such as the numbers of numpy."""


class Vague:
    """Such as the arrays of numpy: neither true nor false, and no text says what it is."""

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[int]:
        return iter((1, 2))

    def __bool__(self) -> bool:
        raise ValueError("neither")

    def __eq__(self, other: object) -> bool:
        raise ValueError("neither")

    def __repr__(self) -> str:
        raise RuntimeError("no words")


def endless() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def deep(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(levels):
        found = {"a": found}
    return found


ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 5, 10**30, 10**400, 2**63 - 1, 1.5, float("nan"), float("inf")),
    *("", " ", "x", "\ud800", "https://e.com/\ud800.mp4", "https://[", "asset://x", URL),
    *(b"", b"x", bytearray(b"x"), Path("a.mp4"), [], [URL], (URL, URL), [None], {URL}, range(2)),
    *({}, {"a": 1}, {1: 2}, {"a": {1: 2}}, {"a": 10**30}, {"a": "\ud800"}, {"a": b"x"}, [{1: 1}]),
    *({"\ud800": 1}, {"a": float("nan")}, [{"a": b"x"}], {"prompt": None}, {"media": [1]}),
    *({"prompt": "x", "media": [{"url": URL}]}, {"media": [{"url": b"x"}]}, {"duration": 5}),
    *({"x": Fraction(2)}, {"seed": 10**30}, Fraction(5), Vague(), [Vague()], {"prompt": Vague()}),
    *(endless(), {"a": endless()}, [endless(), endless()], deep(3000), [deep(3000)], object()),
)


@st.composite
def requests_of_anything(draw: st.DrawFn) -> tuple[type[Request[Any]], dict[str, Any]]:
    """The fields of an example, some of them holding anything at all."""
    cls = draw(st.sampled_from(CLASSES))
    fields = dict(draw(st.sampled_from(examples.of(cls).EXAMPLES)))
    names = st.sampled_from([field.name for field in attrs.fields(cls)])
    for name in draw(st.lists(names, min_size=1, max_size=3)):
        at = draw(st.integers(0, len(ODD)))
        fields[name] = ODD[at] if at < len(ODD) else (url for url in (URL, URL))
    return cls, fields


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(requests_of_anything())
def test_anything_is_refused_by_name_or_is_json_by_the_facts(
    given_request: tuple[type[Request[Any]], dict[str, Any]],
) -> None:
    cls, fields = given_request
    try:
        request = cls(**fields)
    except (ValueError, TypeError) as error:
        words = str(error)
        assert any(field.name in words for field in attrs.fields(cls))
        assert len(words) < 600
        return
    name = cls.product.name_field
    body = {name: "made up"} if name else {}
    body |= json.loads(wire.dumps(wire.unstructure(with_urls(request))))
    Draft202012Validator({**schema_of(cls), "additionalProperties": False}).validate(body)
    assert hash(request) == hash(copy.copy(request))
    assert request == attrs.evolve(request)


def with_urls(request: Request[Any]) -> Request[Any]:
    """The request as if its local media were uploaded."""
    media = {name: getattr(request, name) for name in media_.media_fields(type(request))}
    places = [at for name, it in media.items() for at, _ in media_.local_media(name, it)]
    urls = dict.fromkeys(places, "https://example.com/uploaded")
    changes: Any = {name: media_.with_urls(name, it, urls) for name, it in media.items()}
    return attrs.evolve(request, **changes)


def emptied(value: Any) -> None:
    """Take everything out of a list or an object, and out of what it holds."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            emptied(item)
        value.clear()


@each_class
def test_what_the_caller_changes_later_changes_no_request(cls: type[Request[Any]]) -> None:
    for fields in examples.of(cls).EXAMPLES:
        own = copy.deepcopy(fields)
        request = cls(**own)
        emptied(own)
        assert request == cls(**fields)
        assert {request, cls(**fields)} == {request}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("grok_video", {"prompt": "a", "image_url": bytes(10**6)}),
        ("wan_30", {"input": {"media": [bytes(10**6)]}, "parameters": {}}),
        ("avatar_video", {"back_id": "b" * 10**6, "custom_back_id": "c" * 10**6}),
    ],
)
def test_a_refusal_shows_no_more_than_a_glimpse_of_the_value(
    kind: str, fields: dict[str, Any]
) -> None:
    cls = tasks.request_class(kind)
    with pytest.raises((TypeError, ValueError)) as caught:
        cls(**{**examples.of(cls).EXAMPLES[0], **fields})
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "kind", ["actor_swap", "avatar_training", "kling_video", "motion_transfer", "wan_25"]
)
def test_an_empty_negative_prompt_keeps_nothing_out(kind: str) -> None:
    cls = tasks.request_class(kind)
    fields = examples.of(cls).EXAMPLES[-1] if kind == "avatar_training" else {}
    request = cls(**{**examples.of(cls).EXAMPLES[0], **fields, "negative_prompt": ""})
    assert wire.unstructure(request)["negative_prompt"] == ""


# Local media


def local(value: Any) -> Any:
    """The value of a media field with local media in place of its URLs."""
    if isinstance(value, dict):
        return {key: local(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [local(item) for item in value]
    return f"content of {value}".encode() if str(value).startswith("https://") else value


@each_class
async def test_all_local_media_is_uploaded_before_the_start(cls: type[Request[Any]]) -> None:
    kinds = media_.media_fields(cls)
    uploaded: set[str] = set()
    async with A2E.sandbox(seed=7, speed=2000) as a2e:
        for fields in examples.of(cls).EXAMPLES:
            media = {name: local(it) for name, it in fields.items() if name in kinds}
            request = cls(**{**fields, **media})
            uploaded |= media.keys()
            assert request.has_local_media is any(fields[name] != it for name, it in media.items())
            sent = await a2e.files.resolve(request)
            assert not sent.has_local_media
            # Nothing but text, numbers and objects of them is left.
            json.dumps(wire.unstructure(sent))
    assert uploaded == {*kinds}


# Whatever is answered

ANSWERS = {
    "an id": ok(ID),
    "a list of ids": ok([ID]),
    "a list": ok([{"_id": ID}]),
    "a list in an object": ok({"rows": [{"_id": ID}]}),
    "an object in an object": ok({"data": {"data": {"id": ID}}}),
    "no envelope": says({"_id": ID}),
    "another envelope": says({"success": True, "result": {"task_id": ID}}),
}
NO_ANSWERS = {
    "an unknown key": ok({"taskNumber": ID}),
    "nothing": ok(None),
    "an empty object": ok({}),
    "an empty list": ok([]),
    "a word": ok("started"),
    "a page": html(200),
    "no body": Reply(b""),
    "an error": html(500),
    "a torn answer": Reply(b'{"code":0,"data":{"_id":"66'),
    "no answer": DROP,
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_the_task_is_found_in_an_answer_of_any_shape(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    for cls in CLASSES:
        scripted.on("POST", cls.product.start, answer)
        [job] = await client.family(cls.product.kind).submit_all(examples.plain(cls))
        assert (job.id, scripted.count("POST", cls.product.start)) == (ID, 1)


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
async def test_a_start_without_an_id_is_looked_for_and_never_sent_again(
    client: A2E, scripted: Scripted, answer: Reply
) -> None:
    for cls in CLASSES:
        product = cls.product
        scripted.on("POST", product.start, answer)
        if product.pages is not None and product.name_field is not None:
            scripted.on("GET", product.pages.path, _named(scripted, cls))
            [job] = await client.family(product.kind).submit_all(examples.plain(cls))
            assert job.id == ID
        else:
            with pytest.raises(SubmitUncertain, match=f"{product.kind}: .* not started again"):
                await client.family(product.kind).submit_all(examples.plain(cls))
        assert scripted.count("POST", product.start) == 1


def _named(scripted: Scripted, cls: type[Request[Any]]) -> Any:
    def newest(_: object) -> Reply:
        [start] = scripted.requests("POST", cls.product.start)
        field = cls.product.name_field
        return ok({"rows": [{"_id": "7" * 24, field: "other"}, {"_id": ID, field: _name(start)}]})

    def _name(start: Any) -> Any:
        return start.json[cls.product.name_field]

    return newest


# Results that no page tells of


@pytest.mark.parametrize(
    "kind",
    ["wan_spicy", "seedance_15_pro", "veo_video", "grok_video", "kling_omni", "sora_2_pro_video"],
)
def test_a_video_url_is_the_result_where_no_video_was_given(kind: str) -> None:
    product = tasks.request_class(kind).product
    found = {"_id": ID, product.status_field: "completed", "video_url": "https://x.ai/v.mp4"}
    record = product.read(found)
    assert record.outputs == ("https://x.ai/v.mp4",)
    assert product.is_whole(record)
