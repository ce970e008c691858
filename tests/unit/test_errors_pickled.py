"""Errors cross to other processes, as results of workers do."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from a2e_async import (
    A2E,
    A2EError,
    APIError,
    ConnectionFailed,
    DownloadFailed,
    JobFailed,
    JobTimeout,
    JournalError,
    RateLimited,
    SubmitUncertain,
    TextToImage,
    UnexpectedResponse,
)

JOB = A2E("sk_pickled").text_to_image.job("67ee00000000000000000001")
ERRORS = [
    A2EError("no"),
    ConnectionFailed("gone", sent=True),
    APIError("no", status=400, code=7, trace_id="t", body={"code": 7}),
    RateLimited("slow", status=429, retry_after=2.5),
    UnexpectedResponse("odd", status=200, body="<html>"),
    SubmitUncertain("lost", request=TextToImage(prompt="a lake"), name="a2e-1"),
    JournalError("damaged", path=Path("journal.db")),
    DownloadFailed("cut", url="https://x/y.png?signature=1"),
    JobFailed("failed", job=JOB, record=None),
    JobTimeout("late", job=JOB, record=None),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_after_pickling(error: A2EError) -> None:
    again = pickle.loads(pickle.dumps(error))

    assert type(again) is type(error)
    assert str(again) == str(error)
    same = {key: value for key, value in vars(error).items() if key not in {"_job", "message"}}
    assert {key: vars(again)[key] for key in same} == same


def test_a_job_stays_behind_and_its_token_in_the_text() -> None:
    again = copy.copy(JobTimeout("late", job=JOB))

    assert vars(again)["_job"] is None
    assert JOB.token in str(again)
