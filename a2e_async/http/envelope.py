"""What an answer of the service says: its data, or which error it is. Pure."""

from __future__ import annotations

import re
from typing import Any

import attrs

from a2e_async import errors, wire

_OK = 200
_NO_CONTENT = 204
_MULTIPLE_CHOICES = 300
_HTTP_ERRORS = range(400, 600)
_SERVER_ERROR = 500
_DEEPEST = 8
_SHOWN_TEXT = 2000
# The service says 0. A proxy's habit of repeating the HTTP status must not lose a paid task.
_SUCCESS_CODES = (0, 200, None)


@attrs.frozen
class Envelope:
    """A success.

    Attributes:
        data: the payload, in whatever shape it came.
        trace_id: the service's id of the request, or None.
        body: the whole parsed answer.
    """

    data: Any
    trace_id: str | None
    body: Any


def read(
    status: int, content: bytes, *, retry_after: float | None = None
) -> Envelope | errors.APIError:
    """Read an answer.

    Args:
        status: HTTP status.
        content: the body's bytes.
        retry_after: seconds of the ``Retry-After`` header, if there was one.

    Returns:
        The envelope of a success, or the error (not raised) that the answer stands for.
    """
    body, readable = _parse(content)
    succeeded = _OK <= status < _MULTIPLE_CHOICES
    if status == _NO_CONTENT and not content:
        return Envelope(None, None, None)
    if not readable:
        kind = errors.UnexpectedResponse if succeeded else _by_status(status)
        words = _unreadable(status, content)
        return kind(words, status=status, body=body, retry_after=retry_after)
    code = read_code(body)
    if succeeded and code in _SUCCESS_CODES and not _says_no(body):
        return Envelope(_data(body), _trace_id(body), body)
    message = read_message(body)
    return classify(status, code, message)(
        message,
        status=status,
        code=code,
        trace_id=_trace_id(body),
        body=body,
        retry_after=retry_after,
    )


def _unreadable(status: int, content: bytes) -> str:
    if _MULTIPLE_CHOICES <= status < _HTTP_ERRORS[0]:
        return "the answer is a redirect; is base_url right?"
    return "the answer is not JSON" if content.strip() else "the answer is empty"


def _parse(content: bytes) -> tuple[Any, bool]:
    try:
        return wire.loads(content), True
    except (ValueError, RecursionError):
        return content[:_SHOWN_TEXT].decode("utf-8", "replace"), False


def read_code(body: Any) -> int | str | None:
    """Find the envelope's code; a numeric string is a number, a missing code is None."""
    code = body.get("code") if isinstance(body, dict) else None
    if isinstance(code, bool) or code is None or code == "":
        return None
    number = wire.read_number(code)
    return number if isinstance(number, int) else str(code)


def _says_no(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    if "success" in body:
        return body["success"] in (False, 0, "false")
    return "code" not in body and not _payload_key(body) and bool(_error_text(body))


def _payload_key(body: dict[str, Any]) -> str | None:
    return next((key for key in ("data", "result") if key in body), None)


def _data(body: Any) -> Any:
    key = _payload_key(body) if isinstance(body, dict) else None
    if key is not None:
        return body[key]
    # Without either key, an envelope has no payload, and anything else is the payload itself.
    return None if isinstance(body, dict) and ("code" in body or "success" in body) else body


def _trace_id(body: Any) -> str | None:
    found = body.get("trace_id") if isinstance(body, dict) else None
    return found if isinstance(found, str) and found else None


def read_message(body: Any) -> str:
    """Find what a failure says: ``message``, ``msg``, ``errors``, ``error``, ``failed_message``."""
    if isinstance(body, str):
        return body
    if not isinstance(body, dict):
        return ""
    text = _error_text(body)
    data = body.get("data")
    return text or (_error_text(data) if isinstance(data, dict) else "")


def _error_text(body: dict[str, Any], depth: int = 0) -> str:
    for key in ("message", "msg", "errors", "error", "failed_message", "detail"):
        text = _flatten(body.get(key), depth)
        if text:
            return text
    return ""


def _flatten(value: Any, depth: int) -> str:
    if isinstance(value, str):
        return value.strip()
    if depth > _DEEPEST:
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, (_flatten(item, depth + 1) for item in value)))
    if isinstance(value, dict):
        own = _error_text(value, depth + 1)
        return own or "; ".join(
            f"{key}: {text}" for key, item in value.items() if (text := _flatten(item, depth + 1))
        )
    return ""


# The first line that fits decides. A number stands for an HTTP status or for the same number as an
# inner code under HTTP 200; `code` for a code of the service's own; the words settle the rest,
# since the service records no body for too few coins or for its limits.
_BY_CODE: dict[int | str, type[errors.APIError]] = {
    1001: errors.ServiceBusy,
    1003: errors.ContentRejected,
    1004: errors.ContentRejected,
    30005: errors.InvalidRequest,
}
_BY_WORDS: tuple[tuple[re.Pattern[str], type[errors.APIError]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (
            r"(insufficient|not enough|too few|lack of)[\s_-]*(\w+[\s_-]+)?"
            r"(coin|credit|balance|diamond|fund)|\b(no|out of)\s+(\w+\s+)?"
            r"(coin|credit|balance|diamond)s?\b|(coin|credit|balance)s?\s+(is|are)?\s*"
            r"(insufficient|not enough|too low)|余额不足|积分不足|金币不足",
            errors.InsufficientCoins,
        ),
        (r"too many requests|rate.?limit|请求过于频繁", errors.RateLimited),
        (
            r"\bnsfw\b|moderation|content polic|sensitive (content|word)|inappropriate|prohibited"
            r"|violat|safety (system|check|filter)|suspected minor|违规|敏感",
            errors.ContentRejected,
        ),
        (
            r"\bbusy\b|concurren|occupied|overload|queue is full|too many (running )?(tasks|jobs)"
            r"|try again later|繁忙",
            errors.ServiceBusy,
        ),
    )
)
_BY_STATUS: dict[int, type[errors.APIError]] = {
    400: errors.InvalidRequest,
    401: errors.AuthenticationFailed,
    402: errors.InsufficientCoins,
    403: errors.PermissionDenied,
    404: errors.NotFound,
    405: errors.NotFound,
    410: errors.NotFound,
    413: errors.InvalidRequest,
    415: errors.InvalidRequest,
    422: errors.InvalidRequest,
    429: errors.RateLimited,
    503: errors.ServiceBusy,
}
# Statuses that say all there is to say, whatever the words are.
_FINAL_STATUS = frozenset({401, 402, 404, 405, 410, 429})


def _by_status(status: int) -> type[errors.APIError]:
    known = _BY_STATUS.get(status)
    if known:
        return known
    if status >= _SERVER_ERROR:
        return errors.ServerError
    return errors.APIError if status in _HTTP_ERRORS else errors.UnexpectedResponse


def classify(status: int, code: int | str | None, message: str) -> type[errors.APIError]:
    """Choose the error class of a failure.

    Args:
        status: HTTP status.
        code: the envelope's own code, or None.
        message: the service's words.

    Returns:
        The most telling class; `errors.APIError` where nothing tells more.
    """
    if code in _BY_CODE:
        return _BY_CODE[code]
    if isinstance(code, int) and code in _HTTP_ERRORS and status not in _HTTP_ERRORS:
        status = code
    if status in _FINAL_STATUS:
        return _by_status(status)
    for pattern, kind in _BY_WORDS:
        if pattern.search(message):
            return kind
    return _by_status(status) if status in _HTTP_ERRORS else errors.APIError
