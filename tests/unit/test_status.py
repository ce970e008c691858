from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import JobStatus, facts
from a2e_async.status import lookup, read

from .strategies import JSON

WORDS = {
    JobStatus.INITIALIZED: "initialized init",
    JobStatus.SENT: "sent start",
    JobStatus.PENDING: "pending pendding waiting",
    JobStatus.PROCESSING: "processing process copy running",
    JobStatus.COMPLETED: "completed success succeeded done finished complete",
    JobStatus.FAILED: "failed fail error rejected cancelled canceled aborted timeout expired",
}
KNOWN = [(word, status) for status, words in WORDS.items() for word in words.split()]


@pytest.mark.parametrize(("word", "status"), KNOWN)
def test_known_words(word: str, status: JobStatus) -> None:
    assert read(word) is status
    assert lookup(word) is status


@given(st.sampled_from(KNOWN), st.randoms(use_true_random=False))
def test_case_and_space_do_not_count(known: tuple[str, JobStatus], random: Any) -> None:
    word, status = known
    written = "".join(random.choice([c.upper(), c]) for c in word)
    assert read(f" {written}\n") is status


@given(JSON | st.binary() | st.sampled_from(["queueing", "completed!", "not failed", ""]))
def test_only_a_known_word_ends_a_wait(word: object) -> None:
    if lookup(word) is None:
        assert read(word) is JobStatus.PROCESSING
    else:
        assert isinstance(word, str)
        assert read(word) is lookup(word)


@pytest.mark.parametrize("word", ["queueing", "", None, 1, ["completed"], {"status": "failed"}])
def test_unknown_words_are_told_apart(word: object) -> None:
    assert lookup(word) is None


def test_terminal() -> None:
    assert {status for status in JobStatus if status.terminal} == {
        JobStatus.COMPLETED,
        JobStatus.FAILED,
    }


def test_a_status_is_the_service_s_word() -> None:
    assert [f"{status}" for status in JobStatus] == [
        "initialized",
        "sent",
        "pending",
        "processing",
        "completed",
        "failed",
    ]


def test_every_word_of_the_facts_is_known() -> None:
    operations = [op for path in facts.load()["paths"].values() for op in path.values()]
    words = {
        word
        for op in operations
        for word in op.get("x-status", {}).get("values", [])
        if isinstance(word, str)
    }
    assert len(words) > 10
    assert {word for word in words if lookup(word) is None} == set()
