"""What the wire formats and clients of the peers have in common."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable
from typing import Any

import attrs

from benchmarks.service import Request, Service

CREATED = "2026-01-23T07:26:52.420Z"
RESULT = "https://assets.example.com/results/0001.mp4?signature=" + "0f" * 60
PROMPT = "a red fox in snow"


def load(name: str) -> Any:
    """Import a package that only the bench session has installed."""
    return importlib.import_module(name)


_ID = re.compile(r"[0-9a-f]{24}")


@attrs.frozen
class JsonWire:
    """A wire format in which a POST starts a task, and a GET reads the one in its path.

    Attributes:
        record: writes the answer about a task.
    """

    record: Callable[[Service, int, Request], Any]

    def __call__(self, service: Service, request: Request) -> tuple[int, bytes]:
        """Answer a request."""
        if request.method == "POST":
            return 200, json.dumps(self.record(service, service.start(), request)).encode()
        service.looks += 1
        found = _ID.search(request.path)
        number = found and service.number(found[0])
        if number is None:
            return 404, b'{"error": "not found", "detail": "not found"}'
        return 200, json.dumps(self.record(service, number, request)).encode()


def word(service: Service, number: int, queued: str, running: str, ended: str) -> str:
    """Choose the word for a task that was just started, goes on, or has ended."""
    if service.ended(number):
        return ended
    return running if service.age(number) > 1.0 else queued
