"""Setting a task going by another operation than the start: once, with a job that waits anew."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from a2e_async import (
    A2E,
    A2EError,
    InsufficientCoins,
    InvalidRequest,
    JobFailed,
    JobStatus,
    SubmitUncertain,
)
from tests.conftest import QUICK_RETRY, TOKEN
from tests.families.twins import (
    CONTINUE,
    DETAIL,
    ID,
    OTHER,
    PREVIEW,
    RETRY,
    START,
    TWINS,
    VOICE,
    trained,
    twin,
)
from tests.jobs.service import until
from tests.support.scripted import DROP, Reply, Scripted, Seen, html, ok, says

CAPTIONS = "/api/v1/userCaptionRemoval"
PICTURES = "/api/v1/userText2Image"

Verb = Callable[[A2E], Awaitable[Any]]

# The path, the call, and the body that is sent.
VERBS: dict[str, tuple[str, Verb, dict[str, Any] | None]] = {
    "continue_training": (
        CONTINUE,
        lambda a2e: a2e.avatar_training.continue_training(ID),
        {"_id": ID},
    ),
    "continue_training classic": (
        f"{TWINS}/continueTranining",
        lambda a2e: a2e.avatar_training.continue_training(ID, classic=True),
        {"_id": ID},
    ),
    "retry": (RETRY, lambda a2e: a2e.avatar_training.retry(ID), {"_id": ID}),
    "eye_contact": (
        f"{TWINS}/eyeContact",
        lambda a2e: a2e.avatar_training.eye_contact(ID),
        {"_id": ID},
    ),
    "eye_contact of none": (
        f"{TWINS}/eyeContact",
        lambda a2e: a2e.avatar_training.eye_contact(),
        {},
    ),
    "clone_voice": (
        f"{TWINS}/addVoiceClone",
        lambda a2e: a2e.avatar_training.clone_voice(ID),
        {"_id": ID},
    ),
    "training": (
        f"{TWINS}/training",
        lambda a2e: a2e.avatar_training.training({"odd": [1]}),
        {"odd": [1]},
    ),
    "training of nothing": (f"{TWINS}/training", lambda a2e: a2e.avatar_training.training(), None),
    "upload": (
        f"{TWINS}/upload",
        lambda a2e: a2e.avatar_training.upload({"url": "u"}),
        {"url": "u"},
    ),
    "upload of nothing": (f"{TWINS}/upload", lambda a2e: a2e.avatar_training.upload(), None),
    "caption_removal.retry": (
        f"{CAPTIONS}/retry",
        lambda a2e: a2e.caption_removal.retry(ID),
        {"_id": ID},
    ),
    "quick_add_avatar": (
        f"{PICTURES}/quickAddAvatar",
        lambda a2e: a2e.text_to_image.quick_add_avatar(ID),
        {"_id": ID},
    ),
}
ABOUT_A_TASK = {
    "continue_training": "avatar_training",
    "continue_training classic": "avatar_training",
    "retry": "avatar_training",
    "eye_contact": "avatar_training",
    "clone_voice": "avatar_training",
    "caption_removal.retry": "caption_removal",
}

each_verb = pytest.mark.parametrize("name", VERBS)


@each_verb
async def test_what_is_sent(client: A2E, scripted: Scripted, name: str) -> None:
    path, verb, body = VERBS[name]
    scripted.on("POST", path, ok(twin()))
    await verb(client)
    [seen] = scripted.seen
    assert (seen.method, seen.path, seen.query, seen.json) == ("POST", path, {}, body)


@each_verb
@pytest.mark.parametrize("answer", [DROP, Reply(b""), html(), html(502), says({}, 500)])
async def test_a_lost_answer_is_a_doubt_and_one_request(
    client: A2E, scripted: Scripted, name: str, answer: Reply
) -> None:
    path, verb, _ = VERBS[name]
    scripted.on("POST", path, answer, ok(twin()))
    with pytest.raises(SubmitUncertain, match=path) as caught:
        await verb(client)
    assert len(scripted.seen) == 1
    assert caught.value.__cause__ is not None
    kind = ABOUT_A_TASK.get(name)
    job = caught.value.job
    assert (job and job.token) == (kind and f"{kind}:{ID}")


@each_verb
async def test_a_refusal_is_told_as_it_is(client: A2E, scripted: Scripted, name: str) -> None:
    path, verb, _ = VERBS[name]
    scripted.on("POST", path, says({"code": 402, "message": "no coins"}))
    with pytest.raises(InsufficientCoins):
        await verb(client)
    assert len(scripted.seen) == 1


@each_verb
async def test_what_provably_did_not_arrive_is_sent_again(
    client: A2E, scripted: Scripted, name: str
) -> None:
    path, verb, _ = VERBS[name]
    scripted.on("POST", path, says({}, 429), ok(twin()))
    await verb(client)
    assert len(scripted.seen) == 2


@pytest.mark.parametrize(
    "verb", ["continue_training", "retry", "eye_contact", "clone_voice", "quick_add_avatar"]
)
@pytest.mark.parametrize(("task_id", "kind"), [(" ", ValueError), (5, TypeError)])
async def test_an_id_that_is_none(
    client: A2E, scripted: Scripted, verb: str, task_id: Any, kind: type[Exception]
) -> None:
    family: Any = client.text_to_image if verb == "quick_add_avatar" else client.avatar_training
    with pytest.raises(kind, match="task_id"):
        await getattr(family, verb)(task_id)
    assert scripted.seen == []


@pytest.mark.parametrize(
    "data", [None, {}, "ok", True, [], {"count": 1}, ID, {"_id": ID}, twin("sent"), [twin("sent")]]
)
async def test_the_same_task_whatever_the_answer(
    client: A2E, scripted: Scripted, data: Any
) -> None:
    scripted.on("POST", CONTINUE, ok(data)).on("GET", DETAIL, ok(twin()), ok(trained()))
    job = await client.avatar_training.continue_training(ID)
    assert (job.token, job.done) == (f"avatar_training:{ID}", False)
    assert (await job).outputs == (PREVIEW,)


async def test_the_task_is_found_among_others(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", RETRY, ok([twin(task_id=OTHER), twin()]))
    assert (await client.avatar_training.retry(ID)).id == ID


async def test_a_new_task_of_the_answer(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", RETRY, ok(twin("sent", OTHER)))
    scripted.on("GET", DETAIL, ok(trained(task_id=OTHER)))
    job = await client.avatar_training.retry(ID)
    assert job.id == OTHER
    assert (await job).anchor_id == "av"


async def test_an_ended_job_that_is_continued_is_awaited_anew(
    client: A2E, scripted: Scripted
) -> None:
    scripted.on("POST", START, ok(trained()))
    first = await client.avatar_training.start(gender="female", video_url="https://x.com/a.mp4")
    assert first.done
    # The avatar of the first training stays in the record: only the word tells.
    scripted.on("POST", CONTINUE, ok(trained("sent")))
    scripted.on("GET", DETAIL, ok(trained("processing")), ok(trained("completed", coins=100)))
    job = await client.avatar_training.continue_training(ID)
    assert (job.done, job.status) == (False, JobStatus.SENT)
    assert (await job).coins == 100
    assert scripted.count("GET", DETAIL) == 2
    assert first.done
    assert (await first).coins is None


async def test_a_failed_job_that_is_tried_again(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", f"{CAPTIONS}/{ID}", ok({"_id": ID, "current_status": "failed"}))
    job = client.caption_removal.job(ID)
    with pytest.raises(JobFailed):
        await job
    # The answer may be the record as it was before.
    scripted.on("POST", f"{CAPTIONS}/retry", ok({"_id": ID, "current_status": "failed"}))
    done = {"_id": ID, "current_status": "completed", "result_url": PREVIEW}
    scripted.on("GET", f"{CAPTIONS}/{ID}", ok(done))
    again = await client.caption_removal.retry(ID)
    assert not again.done
    assert (await again).outputs == (PREVIEW,)
    with pytest.raises(JobFailed):
        await job


async def test_a_job_that_waits_goes_on_waiting(client: A2E, scripted: Scripted) -> None:
    words = iter(["processing"] * 3)

    def detail(_: Seen) -> Reply:
        return ok(trained(next(words, "completed")) if scripted.count("POST", CONTINUE) else twin())

    scripted.on("GET", DETAIL, detail).on("POST", CONTINUE, ok(trained("sent")))
    job = client.avatar_training.job(ID)
    waiting = asyncio.create_task(job.wait())
    await until(lambda: scripted.count("GET", DETAIL))
    same = await client.avatar_training.continue_training(ID)
    assert await waiting == await same
    assert scripted.count("GET", DETAIL) >= 4


async def test_jobs_made_later_know_that_it_goes_on(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", CONTINUE, ok(None))
    scripted.on("GET", DETAIL, ok(trained("processing")), ok(trained()))
    await client.avatar_training.continue_training(ID)
    job = client.job(f"avatar_training:{ID}")
    assert (await job.refresh()).status is JobStatus.PROCESSING
    assert (await job).status is JobStatus.COMPLETED


async def test_an_avatar_is_ready_by_its_id_otherwise(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(trained("processing")))
    assert (await client.avatar_training.job(ID)).anchor_id == "av"


async def test_after_a_lost_answer_the_job_is_looked_at(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(twin("failed")))
    old = client.avatar_training.job(ID)
    with pytest.raises(JobFailed):
        await old
    scripted.on("POST", RETRY, DROP).on("GET", DETAIL, ok(trained()))
    with pytest.raises(SubmitUncertain) as caught:
        await client.avatar_training.retry(ID)
    assert caught.value.job is not None
    assert (await caught.value.job).anchor_id == "av"


async def test_after_a_refusal_the_job_stays_ended(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, ok(trained()))
    old = client.avatar_training.job(ID)
    await old
    scripted.on("POST", RETRY, says({"message": "not eligible"}, 400))
    with pytest.raises(InvalidRequest) as caught:
        await client.avatar_training.retry(ID)
    assert caught.value.job is not None
    assert caught.value.job.done


async def test_no_task_at_all_is_a_doubt(client: A2E, scripted: Scripted) -> None:
    scripted.on("POST", f"{TWINS}/eyeContact", ok({}))
    with pytest.raises(SubmitUncertain):
        await client.avatar_training.eye_contact()
    scripted.on("POST", f"{PICTURES}/quickAddAvatar", ok({}))
    with pytest.raises(SubmitUncertain):
        await client.text_to_image.quick_add_avatar(ID)


async def test_who_is_cancelled_leaves_a_word(
    client: A2E, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.on("POST", CONTINUE, Reply(delay=5.0))
    going = asyncio.create_task(client.avatar_training.continue_training(ID))
    await until(lambda: scripted.seen)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    [told] = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert CONTINUE in told
    assert ID in told


async def test_closing_is_a_doubt_too(scripted: Scripted) -> None:
    scripted.on("POST", CONTINUE, Reply(delay=5.0))
    a2e = A2E(TOKEN, base_url=scripted.base_url, retry=QUICK_RETRY)
    going = asyncio.create_task(a2e.avatar_training.continue_training(ID))
    await until(lambda: scripted.seen)
    await a2e.aclose()
    with pytest.raises(SubmitUncertain):
        await going


async def test_a_closed_client_sends_nothing(scripted: Scripted) -> None:
    a2e = A2E(TOKEN, base_url=scripted.base_url)
    await a2e.aclose()
    with pytest.raises(A2EError) as caught:
        await a2e.avatar_training.clone_voice(ID)
    assert not isinstance(caught.value, SubmitUncertain)
    assert scripted.seen == []


@pytest.mark.parametrize("data", [VOICE, {"_id": VOICE}, [{"_id": ID}, {"_id": VOICE}]])
async def test_the_voice_of_an_avatar(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", f"{TWINS}/addVoiceClone", ok(data))
    done = {"_id": VOICE, "current_status": "completed"}
    scripted.on("GET", f"/api/v1/userVoice/{VOICE}", ok(done))
    job = await client.avatar_training.clone_voice(ID)
    assert job is not None
    assert job.token == f"voice_clone:{VOICE}"
    assert (await job).id == VOICE


@pytest.mark.parametrize("data", [None, {}, "ok", ID, trained()])
async def test_a_voice_of_which_the_answer_tells_nothing(
    client: A2E, scripted: Scripted, data: Any
) -> None:
    scripted.on("POST", f"{TWINS}/addVoiceClone", ok(data))
    assert await client.avatar_training.clone_voice(ID) is None


@pytest.mark.parametrize("data", [ID, {"_id": ID}, [{"_id": ID}]])
async def test_an_avatar_of_a_picture(client: A2E, scripted: Scripted, data: Any) -> None:
    scripted.on("POST", f"{PICTURES}/quickAddAvatar", ok(data))
    scripted.on("GET", DETAIL, ok(trained()))
    job = await client.text_to_image.quick_add_avatar("a", gender="male")
    assert scripted.seen[0].json == {"_id": "a", "gender": "male"}
    assert job.token == f"avatar_training:{ID}"
    assert job.id == client.avatar_training.job(ID).id
    assert (await job).anchor_id == "av"


@pytest.mark.parametrize(("gender", "kind"), [("other", ValueError), (1, TypeError)])
async def test_a_gender_that_is_none(
    client: A2E, scripted: Scripted, gender: Any, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match="gender"):
        await client.text_to_image.quick_add_avatar(ID, gender=gender)
    assert scripted.seen == []
