"""What is special about the requests and the records of the video products."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from a2e_async import A2E, ImageToVideo, JobStatus, NotFound, Request, facts, tasks, wire
from a2e_async.sandbox import Sandbox, rules
from a2e_async.sandbox.operations import Operation
from a2e_async.tasks import checks
from a2e_async.tasks.kling_omni import KlingOmni, Shot
from a2e_async.tasks.veo_video import VeoVideo, VeoVideoRecord
from a2e_async.tasks.wan_25 import Wan25
from a2e_async.tasks.wan_30 import Wan30
from tests.support.scripted import Scripted, ok

from . import examples
from .examples import AUDIO, LEFT_OUT, URL

KINDS = (
    *("image_to_video", "wan_25", "wan_spicy", "wan_30", "happyhorse_video", "seedance_15_pro"),
    *("seedance_2", "veo_video", "grok_video", "kling_video", "kling_omni", "sora_2_pro_video"),
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


def body_of(request: Request[Any]) -> dict[str, Any]:
    """The body as it comes out at the other end."""
    body: dict[str, Any] = json.loads(json.dumps(wire.unstructure(request)))
    return body


# Any combination of fields is refused with a field named, or the service takes it.


def values(name: str, check: Any) -> st.SearchStrategy[Any]:
    """Values that a field takes by itself, and some just beyond its bounds."""
    media = AUDIO if "audio" in name else URL
    found: list[Any] = [LEFT_OUT]
    match check:
        case checks.Choice():
            found = [*check.choices]
        case checks.Flag():
            found = [True, False]
        case checks.Number():
            bounds = {bound for bound in (check.least, check.most) if bound is not None}
            found = [*(bound + by for bound in bounds for by in (-1, 0, 1)), 2, 5, 8, 15, 16]
        case checks.MediaSource():
            found = [media]
        case checks.ListOf() if isinstance(check.item, checks.MediaSource):
            found = [[media] * count for count in (0, 1, 2, 3, 4, 5, 6, 9, 10, 30)]
        case checks.HttpsUrl() | checks.Text():
            found = ["https://example.com/a", "", " "]
    return st.sampled_from(found)


@st.composite
def combinations(draw: st.DrawFn) -> tuple[type[Request[Any]], dict[str, Any]]:
    """The fields of an example, some of them changed, added or left out."""
    cls = tasks.request_class(draw(st.sampled_from(KINDS)))
    given_fields = dict(draw(st.sampled_from(examples.of(cls).EXAMPLES)))
    own = attrs.fields_dict(cls)
    for name in draw(st.lists(st.sampled_from([*own]), max_size=4)):
        given_fields[name] = draw(values(name, own[name].validator) | st.just(LEFT_OUT))
    return cls, {name: it for name, it in given_fields.items() if it is not LEFT_OUT}


@pytest.mark.slow
@settings(max_examples=800, deadline=None)
@given(combinations())
def test_any_combination_is_refused_by_name_or_good_for_the_service(
    combination: tuple[type[Request[Any]], dict[str, Any]],
) -> None:
    cls, given_fields = combination
    try:
        body = body_of(cls(**given_fields))
    except (ValueError, TypeError) as error:
        named = {*re.findall(r"\w+", str(error))}
        assert named & attrs.fields_dict(cls).keys()
        return
    operation = facts.load()["paths"][cls.product.start]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    Draft202012Validator(schema).validate(body)
    # Written from the facts by other hands: what passes here passes there.
    rules.check(Operation("POST", cls.product.start, operation), body)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_out_is_not_sent(kind: str) -> None:
    cls = tasks.request_class(kind)
    always = {"image_to_video": {"negative_prompt"}, "wan_30": {"model"}}.get(kind, set())
    example = examples.of(cls).EXAMPLES[0]
    assert body_of(cls(**example)).keys() == example.keys() | always


# Image to video


@pytest.mark.parametrize(("number", "made"), [(None, 1), (1, 1), (3, 3)])
async def test_image_to_video_makes_as_many_tasks_as_it_promises(
    number: int | None, made: int
) -> None:
    request = ImageToVideo(image_url=URL, prompt="she smiles", number_of_images=number)
    assert request.expected_tasks == made
    async with A2E.sandbox(seed=7, speed=2000) as a2e:
        jobs = await a2e.image_to_video.submit_all(request)
        assert len({job.id for job in jobs}) == made
        if made > 1:
            with pytest.raises(ValueError, match="start_all"):
                await a2e.submit(request)


def test_image_to_video_sends_a_negative_prompt_that_the_classic_page_requires() -> None:
    assert body_of(ImageToVideo(image_url=URL, lora="l")) == {
        "image_url": URL,
        "lora": "l",
        "negative_prompt": "",
    }


# Wan 3.0


def wan_30(url: Any) -> Wan30:
    return Wan30(
        input={"prompt": "a lake", "media": [{"type": "reference_image", "url": url}]},
        parameters={"duration": 5, "audio": True},
        mode="reference",
    )


async def test_local_media_within_the_input_of_wan_30_is_uploaded(tmp_path: Path) -> None:
    picture = tmp_path / "fox.png"
    picture.write_bytes(PNG)
    request = wan_30(picture)
    assert request.has_local_media
    async with Sandbox(seed=7, speed=2000) as sandbox, sandbox.client() as a2e:
        record = await a2e.run(request)
    sent = record.raw["input"]
    assert sent["prompt"] == "a lake"
    [media] = sent["media"]
    assert media["type"] == "reference_image"
    assert media["url"].endswith("fox.png")
    assert media["url"].startswith("http")
    # The request itself can be started again.
    assert [it.get("url") for it in request.input.get("media", ())] == [picture]


def test_wan_30_sends_its_objects_as_they_are() -> None:
    assert body_of(wan_30(URL)) == {
        "model": "wan3.0-video",
        "mode": "reference",
        "input": {"prompt": "a lake", "media": [{"type": "reference_image", "url": URL}]},
        "parameters": {"duration": 5, "audio": True},
    }
    assert not wan_30(URL).has_local_media


def test_a_request_of_wan_30_does_not_change_with_the_caller_s_objects() -> None:
    media: list[Any] = [{"url": URL}]
    request = Wan30(input={"media": media}, parameters={})
    media.append({"url": "a.png"})
    assert body_of(request)["input"] == {"media": [{"url": URL}]}


async def test_wan_30_is_read_where_its_section_reads_wan_tasks() -> None:
    reads = ("get", "get_many", "list", "delete")
    theirs, own = Wan25.product.operations, Wan30.product.operations
    assert [own[verb] for verb in reads] == [theirs[verb] for verb in reads]
    assert own["start"] != theirs["start"]


async def test_wan_25_and_30_keep_apart_by_their_jobs() -> None:
    async with A2E.sandbox(seed=7, speed=2000) as a2e:
        new = await a2e.submit(wan_30(URL))
        old = await a2e.wan_25.start(prompt="a lake", image_url=URL)
        assert (new.token, old.token) == (f"wan_30:{new.id}", f"wan_25:{old.id}")
        assert (await new).id == new.id
        assert (await old).id == old.id


# Kling Omni


def storyboard(*lengths: Any, duration: Any = None) -> KlingOmni:
    shots: list[Shot] = [{"prompt": f"shot {n}", "duration": it} for n, it in enumerate(lengths)]
    return KlingOmni(multi_shot=True, shot_type="customize", multi_prompt=shots, duration=duration)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.booleans())
def test_shots_last_as_long_as_the_video(lengths: list[int], as_text: bool) -> None:
    shots = [str(length) if as_text else length for length in lengths]
    if 3 <= sum(lengths) <= 15:
        request = storyboard(*shots, duration=str(sum(lengths)))
        sent = body_of(request)["multi_prompt"]
        assert [shot["duration"] for shot in sent] == shots
    if sum(lengths) != 5:
        with pytest.raises(ValueError, match=r"multi_prompt: .* sum up to the video's 5 seconds"):
            storyboard(*shots)


def test_fractions_of_seconds_may_sum_up() -> None:
    assert storyboard(*[0.1] * 3, 4.4, "0.3").multi_prompt


@pytest.mark.parametrize("length", [0, -1, "0", "", "five", "nan", "inf", float("nan"), 10**400])
def test_a_shot_lasts_some_seconds(length: Any) -> None:
    with pytest.raises(ValueError, match=r"multi_prompt\[0\]\.duration: expected a number"):
        storyboard(length)


@pytest.mark.parametrize("length", [True, None, b"5", [5]])
def test_seconds_are_a_number_or_a_text(length: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"multi_prompt"):
        storyboard(length)


# Seedance 1.5 Pro


async def test_seedance_15_pro_is_read_in_its_list_only() -> None:
    row = {"_id": "6" * 24, "current_status": "completed", "result_url": "https://x.ai/v.mp4"}
    async with Scripted() as service:
        path = "/api/v1/seedanceVideo/allRecords"
        service.on("GET", path, ok({"rows": [row], "count": 1}))
        async with A2E("sk_t", base_url=service.base_url) as a2e:
            record = await a2e.seedance_15_pro.job(row["_id"])
            assert record.outputs == ("https://x.ai/v.mp4",)
            with pytest.raises(NotFound):
                await a2e.seedance_15_pro.get("7" * 24)
        assert {seen.path for seen in service.seen} == {path}


# Veo


def veo(**fields: Any) -> VeoVideoRecord:
    return VeoVideo.product.read({"_id": "6" * 24, **fields})


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("waiting", JobStatus.PENDING),
        ("running", JobStatus.PROCESSING),
        ("success", JobStatus.COMPLETED),
        ("failed", JobStatus.FAILED),
        ("fail", JobStatus.FAILED),
    ],
)
def test_the_state_of_a_veo_task_is_its_status(word: str, status: JobStatus) -> None:
    record = veo(state=word, current_status="completed")
    assert (record.status, record.current_status) == (status, word)


@pytest.mark.parametrize("found", ["https://x.ai/v.mp4", ["https://x.ai/v.mp4"]])
def test_the_output_of_a_veo_task_is_its_result(found: Any) -> None:
    record = veo(state="success", video_output=found, imageUrls=[URL], aspectRatio="16:9")
    assert record.outputs == record.video_output == ("https://x.ai/v.mp4",)
    assert record.aspect_ratio == "16:9"


def test_a_veo_task_tells_why_it_failed() -> None:
    record = veo(state="fail", fail_reason="unsafe prompt", video_output="")
    assert (record.failed_message, record.outputs) == ("unsafe prompt", ())
    assert veo(state="running", fail_reason="").failed_message is None


def test_an_empty_prompt_is_for_veo_to_choose_one() -> None:
    assert body_of(VeoVideo(prompt=""))["prompt"] == ""


# Results and echoes


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_that_echoes_its_input_has_no_result_yet(kind: str) -> None:
    cls = tasks.request_class(kind)
    for fields in examples.of(cls).EXAMPLES:
        record = cls.product.read({"_id": "6" * 24, **body_of(cls(**fields))})
        assert record.outputs == ()


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (
            "wan_25",
            {"prompt": "a", "image_url": URL, "task_type": "text_to_video"},
            "task_type: only model='wan2.7-i2v' takes it, got 'text_to_video' "
            "with model='wan2.5-i2v-preview'",
        ),
        (
            "seedance_2",
            {"prompt": "a", "mode": "first-last-frames", "first_frame_url": URL},
            "last_frame_url: expected a value with mode='first-last-frames', got None",
        ),
        (
            "grok_video",
            {"prompt": "a", "model_version": "1.5"},
            "model_version: only model_type='image-to-video' takes it, got '1.5' "
            "with model_type='text-to-video'",
        ),
        (
            "seedance_15_pro",
            {"prompt": "a", "end_image_url": URL},
            "image_url: expected a value together with end_image_url, got None",
        ),
        (
            "kling_video",
            {"mode": "text-to-video", "prompt": "a", "duration": "7"},
            "duration: expected one of '5', '10' with version='2.6', got '7'",
        ),
    ],
)
def test_a_refusal_tells_what_is_allowed(kind: str, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        tasks.request_class(kind)(**fields)
