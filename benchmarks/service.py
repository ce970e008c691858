"""Simulated tasks, the same for every client, and the way there and back."""

from __future__ import annotations

import asyncio
import math
import random
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import attrs


@attrs.frozen
class Request:
    """A request as it reaches the service.

    Attributes:
        method: HTTP method.
        path: the path, without its query.
        query: the query's parameters.
        body: the body, or None where it is no JSON.
        origin: scheme and host that it was sent to.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    origin: str = ""


class Service:
    """Tasks that end when they are meant to. They are numbered from 0 in the order of starts.

    Attributes:
        looks: how many requests came that start nothing.
        ends: when each task ends, on the clock of `now`.
    """

    def __init__(self, durations: Iterable[float], now: Callable[[], float]) -> None:
        """Give each task that is started the next of the durations, in seconds."""
        self._durations = iter(durations)
        self._now = now
        # Plain numbers: the memory of 100,000 tasks is not to be taken for the client's.
        self._begins = array("d")
        self.ends = array("d")
        self.looks = 0

    def start(self) -> int:
        """Start a task; give its number."""
        now = self._now()
        self._begins.append(now)
        self.ends.append(now + next(self._durations))
        return len(self.ends) - 1

    def begun(self, number: int) -> float:
        """Tell when a task was started."""
        return self._begins[number]

    def age(self, number: int) -> float:
        """Tell the seconds since a task was started."""
        return self._now() - self._begins[number]

    def ended(self, number: int) -> bool:
        """Tell whether a task has ended."""
        return self._now() >= self.ends[number]

    def number(self, task_id: str) -> int | None:
        """Find a task by its id; None if there is none."""
        try:
            number = int(task_id, 16)
        except ValueError:
            return None
        return number if 0 <= number < len(self.ends) else None


def id_of(number: int) -> str:
    """Write the id of a task."""
    return f"{number:024x}"


Wire: TypeAlias = Callable[[Service, Request], tuple[int, bytes]]
"""How a service answers: HTTP status and body. A wire that only reads counts in `looks`."""


class Network:
    """A way to the service that takes its time, and never fails.

    Attributes:
        service: the service at its end.
        cpu: CPU seconds that the service itself has taken, which are no client's.
    """

    # 50 ms there and back, as to a host on the same continent.
    ONE_WAY = 0.025
    JITTER = 0.005

    def __init__(self, service: Service, wire: Wire, seed: int = 0) -> None:
        """Lead to a service that speaks a wire format."""
        self.service = service
        self.cpu = 0.0
        self._wire = wire
        self._random = random.Random(seed)

    async def exchange(self, request: Request) -> tuple[int, bytes]:
        """Carry a request there, and its answer back."""
        await asyncio.sleep(self._delay())
        begun = time.process_time()
        answer = self._wire(self.service, request)
        self.cpu += time.process_time() - begun
        await asyncio.sleep(self._delay())
        return answer

    def _delay(self) -> float:
        return self.ONE_WAY + self._random.uniform(-self.JITTER, self.JITTER)


def lognormal(median: float, sigma: float, seed: int) -> Iterator[float]:
    """Draw durations in seconds, without end."""
    source = random.Random(seed)
    while True:
        yield source.lognormvariate(math.log(median), sigma)
