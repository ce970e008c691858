"""The family of Veo tasks."""

from __future__ import annotations

import random
from typing import ParamSpec

import anyio

from a2e_async import clock, wire
from a2e_async.config import read_seconds
from a2e_async.errors import A2EError, APIError, JobTimeout
from a2e_async.http.envelope import Envelope
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.retry import Effect, is_transient
from a2e_async.jobs.family import Family
from a2e_async.resources import listing
from a2e_async.tasks.veo_video import VeoVideoRecord

P = ParamSpec("P")

_FULL_HD = Operation("GET", "/api/v1/veoVideo/{_id}/1080p")
_PREPARING = 202
_DEADLINE = 15 * 60.0
_LOOK_TIMEOUT = 20.0
_URL_KEYS = ("result_url", "url", "video_output", "video_url", "result_urls", "result")


class VeoVideos(Family[P, VeoVideoRecord]):
    """The verbs of Veo tasks. Reached from the client: ``a2e.veo_video``."""

    @carries_out(_FULL_HD)
    async def full_hd(self, task_id: str, *, timeout: float | None = _DEADLINE) -> str:
        """Get the 1080p version of a video (``GET /api/v1/veoVideo/{_id}/1080p``).

        Only videos with the aspect ratio ``16:9`` have one. The service prepares it when it is
        first asked for; no new task is made. It is asked again every few seconds until the video
        is there.

        Args:
            task_id: the task's id.
            timeout: seconds to wait at the most, from 0; None for no limit.

        Returns:
            URL of the video. It is signed and dies after about three days.

        Raises:
            TypeError: the id is no text, or the time no number.
            ValueError: the id is blank or a token, or the time below 0.
            JobTimeout: the time is up. The video can be asked for again.
            NotFound: the service does not know the task.
            APIError: it refuses, as it does for another aspect ratio.
            ConfigurationError: the client is closed.
        """
        self.check_id(task_id)
        limit = read_seconds("timeout", timeout, zero=True)
        begun, failures = clock.now(), 0
        while True:
            found = await self._look(task_id)
            if isinstance(found, str):
                return found
            failures = failures + 1 if found is not None and is_transient(found) else 0
            age = clock.now() - begun
            if limit is not None and age >= limit:
                words = f"the 1080p version of {task_id} is not there after {limit:g} s"
                raise JobTimeout(words, job=self.job(task_id)) from found
            chance = random.random()  # noqa: S311
            pause = self._core.schedule.interval(age, chance, failures=failures)
            await anyio.sleep(pause if limit is None else min(pause, limit - age))

    async def _look(self, task_id: str) -> str | A2EError | None:
        """Ask once: the URL, or why there is none yet, if the answer gives a reason."""
        call = _FULL_HD.call(task_id)
        try:
            answer = await self._core.session.call(
                call, effect=Effect.ONCE, read_timeout=_LOOK_TIMEOUT
            )
        except A2EError as error:
            # An empty answer, and a code in place of a status, say that it is being prepared too.
            if isinstance(error, APIError) and _PREPARING in (error.status, error.code):
                return None
            if is_transient(error):
                return error
            raise
        return None if answer.status == _PREPARING else _url_in(answer)


def _url_in(answer: Envelope) -> str:
    data = answer.data
    raw = {"url": data} if listing.is_address(data) else listing.first(data)
    texts = (text for key in _URL_KEYS for text in wire.read_texts(raw.get(key)))
    url = next(filter(listing.is_address, texts), None)
    if url is None:
        raise listing.unexpected(answer, "the answer holds no URL of a video")
    return url
