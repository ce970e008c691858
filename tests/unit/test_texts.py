"""What end users are told."""

from __future__ import annotations

import asyncio
import gettext
import inspect
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import (
    A2EError,
    ConfigurationError,
    ContentRejected,
    InsufficientCoins,
    JobCancelled,
    JobFailed,
    JobStatus,
    JobTimeout,
    NotFound,
    RateLimited,
    Record,
    Snapshot,
    describe,
    errors,
)
from a2e_async.jobs.job import Job
from a2e_async.texts import _OF_ERROR, TEMPLATES

TOKEN = "sk_eyJhbGciOiJIUzI1NiJ9.eyJuYW1lIjoiQW5uIn0.c2lnbmF0dXJl"
SECRETS = (TOKEN, "https://assets.example/1.png?signature=9", "65f0c0ffee", "text_to_image:65f0")
KINDS = [kind for kind in vars(errors).values() if inspect.isclass(kind)]
ERRORS = [kind for kind in KINDS if issubclass(kind, A2EError)]
BUILT_IN = [ValueError, TypeError, TimeoutError, OSError, KeyError, asyncio.CancelledError]
NUMBERS = st.one_of(st.none(), st.integers(), st.floats())


def record(word: JobStatus = JobStatus.PROCESSING, **more: Any) -> Record:
    return Record(id="65f0c0ffee", status=word, name=TOKEN, outputs=(SECRETS[1],), **more)


def snapshot(word: JobStatus = JobStatus.PROCESSING, **more: Any) -> Snapshot[Any]:
    return Snapshot(kind="text_to_image", token="text_to_image:65f0", status=word, **more)


def queued(**more: Any) -> Snapshot[Any]:
    return Snapshot(kind="text_to_image", token=None, status=JobStatus.INITIALIZED, **more)


def job(seen: Snapshot[Any]) -> Job[Any]:
    """A job of which nothing but its snapshot is asked."""
    return cast("Job[Any]", SimpleNamespace(snapshot=seen, token="text_to_image:65f0"))


# What each class takes besides its message.
MORE: dict[type[A2EError], dict[str, Any]] = {
    errors.APIError: {"status": 418, "code": SECRETS[2], "trace_id": "t-418", "body": SECRETS[1]},
    errors.SubmitUncertain: {"request": None, "name": "a2e-65f0c0ffee"},
    errors.JobError: {"job": job(snapshot()), "record": record()},
    errors.JournalError: {"path": Path("/srv/jobs-65f0c0ffee.db")},
    errors.DownloadFailed: {"url": SECRETS[1]},
}


def made(kind: type[BaseException], words: str) -> BaseException:
    found = [more for base, more in MORE.items() if issubclass(kind, base)]
    return kind(words, **(found[0] if found else {}))


def about(error: A2EError, seen: Snapshot[Any]) -> A2EError:
    error.concern(job(seen))
    return error


def told(thing: Any) -> tuple[str, str]:
    """Give what is told, and the one template that it was made of."""
    templates: list[str] = []

    def translate(template: str) -> str:
        templates.append(template)
        return template

    text = describe(thing, translate=translate)
    (template,) = templates
    return text, template


def name_of(thing: Any) -> str:
    """Find which sentence is told."""
    _, template = told(thing)
    return next(name for name, text in TEMPLATES.items() if text == template)


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (queued(), "Your request is waiting to begin."),
        (queued(position=3), "You are number 3 in line."),
        (queued(position=3, waiting_time=95.0), "You are number 3 in line, about 2 min."),
        (queued(position=1, waiting_time=0.0), "You are number 1 in line, about 10 s."),
        (queued(waiting_time=7200.0), "Your request begins in about 2 h."),
        (snapshot(JobStatus.SENT), "Your request has been sent."),
        (snapshot(JobStatus.PENDING, progress=0), TEMPLATES["pending"]),
        (snapshot(progress=40), "Your result is being made: 40%."),
        (record(progress=400), "Your result is being made: 100%."),
        (record(), "Your result is being made."),
        (record(JobStatus.COMPLETED, progress=100), "Your result is ready."),
        (JobStatus.FAILED, TEMPLATES["failed"]),
        (RateLimited("no", status=429), TEMPLATES["busy"]),
    ],
)
def test_sentences(thing: Any, text: str) -> None:
    assert describe(thing) == text


@pytest.mark.parametrize("thing", [None, "x", 3, ValueError, object()])
def test_other_things_are_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match=r"thing: expected a job, a snapshot, .*, got"):
        describe(thing)


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_class_of_the_package_has_a_text_of_its_own_choice(
    kind: type[A2EError],
) -> None:
    assert kind in _OF_ERROR, "a new error class: choose what an end user is told of it"


@given(st.sampled_from([*ERRORS, *BUILT_IN]), st.text(), st.sampled_from(SECRETS), st.text())
def test_no_error_shows_anything_of_its_own(
    kind: type[BaseException], before: str, secret: str, after: str
) -> None:
    error = made(kind, f"{before} {secret} {after}")
    text, template = told(error)
    # Word for word a sentence of ours, so there is nothing of anybody else's in it.
    assert text == template
    assert text in TEMPLATES.values()


@given(
    st.sampled_from(JobStatus),
    st.none() | st.integers(1, 10**6),
    NUMBERS,
    NUMBERS.filter(lambda value: value == value),  # noqa: PLR0124  (nan is no progress)
    st.booleans(),
    st.text(),
)
def test_no_state_shows_anything_but_its_numbers(  # noqa: PLR0917  (a field each)
    word: JobStatus,
    position: int | None,
    waiting: float | None,
    progress: float | None,
    started: bool,
    words: str,
) -> None:
    failed = record(word, failed_message=f"{words} {TOKEN}", failed_code=SECRETS[2])
    numbers: dict[str, Any] = {"position": position, "waiting_time": waiting, "progress": progress}
    seen = (snapshot if started else queued)(record=failed, **numbers)
    text, template = told(seen)
    assert template in TEMPLATES.values()
    assert not [secret for secret in SECRETS if secret in text]
    plain = ("".join(c for c in side if not c.isdigit()) for side in (text, without(template)))
    assert len({*plain}) == 1


def without(template: str) -> str:
    return "".join(text for text, *_ in string.Formatter().parse(template))


def everything() -> Iterator[Any]:
    for kind in (*ERRORS, *BUILT_IN):
        yield made(kind, "x")
    yield from map(snapshot, JobStatus)
    yield snapshot(progress=1)
    for position in (None, 1):
        for seconds in (None, 1.0, 100.0, 10_000.0):
            yield queued(position=position, waiting_time=seconds)
    yield snapshot(JobStatus.FAILED, record=record(JobStatus.FAILED, failed_code="1003"))


def test_every_sentence_is_told_sometimes_and_each_only_once() -> None:
    assert {*map(name_of, everything())} == {*TEMPLATES}
    assert len({*TEMPLATES.values()}) == len(TEMPLATES)


@pytest.mark.parametrize("template", TEMPLATES.values())
def test_sentences_are_whole_and_short(template: str) -> None:
    assert template[0].isupper()
    assert template.endswith(".")
    assert len(template) <= 200
    fields = [field for _, field, *_ in string.Formatter().parse(template) if field]
    assert all(field.isidentifier() for field in fields)


# Who waits for what is paid for is never told to order it again.


@pytest.mark.parametrize("kind", ERRORS)
def test_nobody_is_told_to_pay_twice_for_what_goes_on(kind: type[A2EError]) -> None:
    error = about(cast("A2EError", made(kind, "x")), snapshot())
    name = name_of(error)
    ended = (JobFailed, errors.JobNotFound, JobCancelled, errors.Unsupported)
    if not issubclass(kind, ended):
        assert name in {"out_of_sight", "slow", "not_fetched", "uncertain"}


def test_an_error_with_a_finished_job_tells_that_the_result_is_there() -> None:
    done = snapshot(JobStatus.COMPLETED)
    assert name_of(about(errors.ConnectionFailed("x"), done)) == "not_fetched"
    assert name_of(about(RateLimited("x", status=429), done)) == "not_fetched"


def test_a_refused_start_tells_why() -> None:
    for kind, name in ((InsufficientCoins, "unavailable"), (ContentRejected, "refused_content")):
        error = kind("x", status=400)
        refused = attrs.evolve(queued(error=error), status=JobStatus.FAILED)
        assert name_of(about(error, refused)) == name
        assert name_of(refused) == name


def test_a_start_that_another_process_will_make_is_not_asked_for_again() -> None:
    error = ConfigurationError("the client is closed")
    kept = queued(error=error)
    assert name_of(about(error, kept)) == "out_of_sight"
    assert name_of(kept) == "waiting"


def test_a_refresh_of_a_failed_job_that_fails() -> None:
    assert name_of(about(NotFound("x", status=404), snapshot(JobStatus.FAILED))) == "trouble"


@pytest.mark.parametrize(
    ("message", "code", "name"),
    [
        ("NSFW content", None, "refused_content"),
        (None, "1003", "refused_content"),
        ("The task has expired", "408", "failed"),
        (None, None, "failed"),
    ],
)
def test_a_failure_by_the_content_rules(message: str, code: str, name: str) -> None:
    failed = record(JobStatus.FAILED, failed_message=message, failed_code=code)
    error = JobFailed("x", job=job(snapshot(JobStatus.FAILED)), record=failed)
    assert name_of(failed) == name_of(error) == name
    assert name_of(snapshot(JobStatus.FAILED, record=failed)) == name


def test_coins_are_the_operators_affair() -> None:
    for name, template in TEMPLATES.items():
        assert "coin" not in template.lower(), name
    poor = InsufficientCoins("You have 3 coins", status=402)
    assert describe(poor) == TEMPLATES["unavailable"]


# Translations.


def test_a_translation() -> None:
    german = {
        TEMPLATES["line_minutes"]: "In etwa {minutes} Min., Platz {position}.",
        TEMPLATES["slow"]: "Das dauert länger als sonst, geht aber weiter.",
    }
    translate = german.__getitem__
    assert describe(queued(position=3, waiting_time=95.0), translate=translate) == (
        "In etwa 2 Min., Platz 3."
    )
    late = JobTimeout("x", job=job(snapshot()))
    assert describe(late, translate=translate) == "Das dauert länger als sonst, geht aber weiter."


def test_a_catalogue_of_gettext() -> None:
    translate = gettext.NullTranslations().gettext
    assert describe(snapshot(progress=40), translate=translate) == "Your result is being made: 40%."


def raising(_: str) -> str:
    raise RuntimeError("no catalogue")


@pytest.mark.parametrize(
    "translate",
    [
        raising,
        {}.__getitem__,
        lambda _: None,
        lambda _: b"{position} {minutes}",
        lambda _: "",
        lambda _: "  ",
        lambda _: "Platz {position}.",
        lambda _: "Platz {position}, {minutes}, {token}.",
        lambda _: "Platz {position.__class__}, {minutes}.",
        lambda _: "Platz {position!r}, {minutes}.",
        lambda _: "Platz {position:>999999999}, {minutes}.",
        lambda _: "Platz {}, {minutes}.",
        lambda _: "Platz {position, {minutes}.",
    ],
)
def test_a_broken_translation_falls_back(translate: Callable[[str], Any]) -> None:
    text = describe(queued(position=3, waiting_time=95.0), translate=translate)
    assert text == "You are number 3 in line, about 2 min."


@given(st.sampled_from([*everything()]), st.text())
def test_no_translation_breaks_it(thing: Any, translated: str) -> None:
    assert describe(thing, translate=lambda _: translated).strip()


def test_a_cancelled_wait_is_not_swallowed_in_a_translation() -> None:
    def stop(_: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        describe(JobStatus.SENT, translate=stop)
