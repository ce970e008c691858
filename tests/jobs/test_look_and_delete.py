"""Looking once, deleting, and what a job keeps."""

from __future__ import annotations

import asyncio

import pytest

from a2e_async import A2E, A2EError, AuthenticationFailed, JobNotFound, JobStatus, PermissionDenied
from tests.jobs.service import DETAIL, image, until
from tests.support.scripted import DROP, Reply, Scripted, html, ok, says

DONE = ok(image(word="completed"))
GOING = ok(image())
UNKNOWN = says({"code": 404, "message": "not found"}, 404)


async def test_refresh_looks_once(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, GOING, says({"message": "no"}, 401), UNKNOWN, DONE)
    job = client.text_to_image.job("a")
    assert (await job.refresh()).status is JobStatus.PROCESSING
    with pytest.raises(AuthenticationFailed) as caught:
        await job.refresh()
    assert caught.value.job is job
    with pytest.raises(JobNotFound):
        await job.refresh()
    assert await job.refresh() is job.record
    assert job.done
    assert await job is job.record
    assert scripted.count("GET", DETAIL) == 4


async def test_an_end_is_final(client: A2E, scripted: Scripted) -> None:
    """A late answer that is out of date takes nothing back."""
    scripted.on("GET", DETAIL, DONE, GOING)
    job = client.text_to_image.job("a")
    await job
    await job.refresh()
    assert job.done


async def test_delete(client: A2E, scripted: Scripted) -> None:
    scripted.on("GET", DETAIL, GOING).on("DELETE", DETAIL, ok(None))
    job = client.text_to_image.job("a")
    waiting = asyncio.create_task(job.wait())
    await until(lambda: job.record)
    await job.delete()
    with pytest.raises(JobNotFound):
        await waiting


# Not with a dropped connection: aiohttp then sends a DELETE again by itself, and tells nobody.
@pytest.mark.parametrize("lost", [html(), says({"message": "oops"}, 500)])
async def test_a_deletion_whose_answer_was_lost(
    client: A2E, scripted: Scripted, lost: Reply
) -> None:
    """That it is not there the second time is what was wanted."""
    scripted.on("DELETE", DETAIL, lost, UNKNOWN)
    await client.text_to_image.job("a").delete()
    assert scripted.count("DELETE", DETAIL) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(UNKNOWN, JobNotFound), (says({"message": "no"}, 403), PermissionDenied), (DROP, A2EError)],
)
async def test_a_deletion_that_fails(
    client: A2E, scripted: Scripted, answer: Reply, kind: type[A2EError]
) -> None:
    scripted.on("DELETE", DETAIL, answer)
    with pytest.raises(kind) as caught:
        await client.text_to_image.delete("a")
    assert caught.value.job is not None
