"""How a download goes on: what to ask for, and what an answer means. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

import attrs

_OK = range(200, 300)
_PARTIAL = 206
_UNSATISFIABLE = 416

EXPIRED = frozenset({401, 403, 404, 410})
"""Statuses that an address which is not good any more is answered with."""

_LENGTH = re.compile(r"\s*(\d{1,18})\s*")
_CONTENT_RANGE = re.compile(r"\s*bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)\s*", re.IGNORECASE)
_WHOLE_LENGTH = re.compile(r"\s*bytes\s+\*/(\d{1,18})\s*", re.IGNORECASE)


@attrs.frozen
class Have:
    """What of a file is here.

    Attributes:
        size: bytes from the file's beginning.
        validator: strong ETag or Last-Modified that these bytes belong to, or None.
        total: bytes of the whole file, or None where no answer told.
    """

    size: int = 0
    validator: str | None = None
    total: int | None = None

    @property
    def resumable(self) -> bool:
        """Whether the rest alone can be asked for."""
        return self.size > 0 and self.validator is not None

    @property
    def whole(self) -> bool:
        """Whether nothing is missing, as far as one knows."""
        return self.total is None or self.size == self.total

    @property
    def complete(self) -> bool:
        """Whether it is known, without asking, that nothing is missing."""
        return self.size > 0 and self.size == self.total


class Step(Enum):
    """What to do with an answer."""

    APPEND = "append"
    """Its body is the rest."""
    REWRITE = "rewrite"
    """Its body is the file from the beginning."""
    DONE = "done"
    """The file is here already."""
    RESTART = "restart"
    """What is here belongs to another file: ask again without it."""
    EXPIRED = "expired"
    """The address is not good any more."""
    REFUSED = "refused"
    """There is no file in this answer."""


@attrs.frozen
class Verdict:
    """What an answer means.

    Attributes:
        step: what to do.
        have: what is here before the answer's body is written.
    """

    step: Step
    have: Have


def request_headers(have: Have) -> dict[str, str]:
    """Make the headers that ask for what is missing.

    Args:
        have: what is here.

    Returns:
        The headers; a range only where the server can tell that it is still the same file.
    """
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    if have.resumable and have.validator is not None:
        headers |= {"Range": f"bytes={have.size}-", "If-Range": have.validator}
    return headers


def judge(have: Have, status: int, headers: Mapping[str, str]) -> Verdict:
    """Decide about an answer.

    Args:
        have: what was here when `request_headers` made the request.
        status: HTTP status.
        headers: the answer's headers; a mapping that ignores case.

    Returns:
        What to do.
    """
    if status == _PARTIAL:
        return _judge_partial(have, headers)
    if status == _UNSATISFIABLE and have.resumable:
        return _judge_unsatisfiable(have, headers)
    if status in _OK:
        return Verdict(Step.REWRITE, Have(0, _validator(headers), _length(headers)))
    return Verdict(Step.EXPIRED if status in EXPIRED else Step.REFUSED, have)


def _judge_partial(have: Have, headers: Mapping[str, str]) -> Verdict:
    told = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
    start = int(told[1]) if told else None
    total = int(told[3]) if told and told[3] != "*" else None
    if have.resumable:
        fits = start == have.size and _same_file(have, total, headers) and not _encoded(headers)
        rest = attrs.evolve(have, total=have.total if total is None else total)
        return Verdict(Step.APPEND, rest) if fits else Verdict(Step.RESTART, Have())
    if start == 0 and total is not None and not _encoded(headers):
        return Verdict(Step.REWRITE, Have(0, _validator(headers), total))
    return Verdict(Step.REFUSED, have)


def _judge_unsatisfiable(have: Have, headers: Mapping[str, str]) -> Verdict:
    told = _WHOLE_LENGTH.fullmatch(headers.get("Content-Range", ""))
    if told and int(told[1]) == have.size and _same_file(have, have.size, headers):
        return Verdict(Step.DONE, attrs.evolve(have, total=have.size))
    return Verdict(Step.RESTART, Have())


def _same_file(have: Have, total: int | None, headers: Mapping[str, str]) -> bool:
    if total is not None and (have.size > total or have.total not in (None, total)):
        return False
    is_tag = have.validator is not None and have.validator.startswith('"')
    told = headers.get("ETag" if is_tag else "Last-Modified", "").strip()
    return not told or told == have.validator


def _validator(headers: Mapping[str, str]) -> str | None:
    if _encoded(headers):
        return None
    tag = headers.get("ETag", "").strip()
    # A weak ETag promises the same meaning, not the same bytes.
    strong = tag if tag.startswith('"') else ""
    return strong or headers.get("Last-Modified", "").strip() or None


def _length(headers: Mapping[str, str]) -> int | None:
    told = _LENGTH.fullmatch(headers.get("Content-Length", ""))
    return int(told[1]) if told and not _encoded(headers) else None


def _encoded(headers: Mapping[str, str]) -> bool:
    # aiohttp decodes such a body, so that its length and its ranges are not those of the file.
    return headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")
