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
_PAYLOAD_KEYS = ("data", "result")


# Not frozen, as `Call`.
@attrs.define
class Envelope:
    """A success.

    Attributes:
        data: the payload, in whatever shape it came.
        trace_id: the service's id of the request, or None.
        body: the whole parsed answer.
        status: HTTP status.
    """

    data: Any
    trace_id: str | None
    body: Any
    status: int = _OK


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
        return Envelope(None, None, None, status)
    if not readable:
        kind = errors.UnexpectedResponse if succeeded else _by_status(status)
        words = _unreadable(status, content)
        return kind(words, status=status, body=body, retry_after=retry_after)
    code = read_code(body)
    if succeeded and code in _SUCCESS_CODES and not _says_no(body):
        return Envelope(_data(body), _trace_id(body), body, status)
    message = read_message(body)
    return classify(status, code, message)(
        message,
        status=status,
        code=code,
        trace_id=_trace_id(body),
        body=body,
        retry_after=retry_after,
    )


def read_error_event(data: str) -> errors.APIError:
    """Read the error (not raised) that an event of a stream tells of, be it JSON or plain words."""
    body, _ = _parse(data.encode())
    code, message = read_code(body), read_message(body) or data.strip()
    return classify(_OK, code, message)(
        message, status=_OK, code=code, trace_id=_trace_id(body), body=body
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
    if type(code) is int:
        return code
    if isinstance(code, bool) or code is None or code == "":
        return None
    number = wire.read_number(code)
    return number if isinstance(number, int) else str(code)


def _says_no(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    if "success" in body:
        return body["success"] in (False, 0, "false")
    if "code" in body or any(key in body for key in _PAYLOAD_KEYS):
        return False
    return bool(_error_text(body))


def _data(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    for key in _PAYLOAD_KEYS:
        if key in body:
            return body[key]
    # Without either key, an envelope has no payload, and anything else is the payload itself.
    return None if "code" in body or "success" in body else body


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
_COIN = r"(coin|credit(?! card)|balance|diamond|fund)"
_BY_WORDS: tuple[tuple[re.Pattern[str], type[errors.APIError]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (
            rf"(insufficient|not enough|too few|lacks?( of)?|not sufficient|(n't|not) have enough)"
            rf"[\s_-]*(\w+[\s_-]+)?{_COIN}|\b(no|out of)\s+(\w+\s+)?{_COIN}s?\b"
            rf"|{_COIN}s?\s+(is|are)?\s*(insufficient|not enough|too low)"
            r"|insufficient quota|quota exceeded|top up\b|余额不足|积分不足|金币不足",
            errors.InsufficientCoins,
        ),
        (
            r"(invalid|expired|missing|bad|no) (\w+ )?(token|api.?key)\b"
            r"|\b(token|api.?key) (\w+ )?(invalid|expired|missing)|unauthori[sz]ed|not logged in",
            errors.AuthenticationFailed,
        ),
        (
            r"\bnsfw\b|moderation|content polic|sensitive (content|word|information)|inappropriate"
            r"|prohibited|violat\w* .*(polic|terms|content|guideline)|polic\w+ violation"
            r"|(illegal|unsafe|forbidden) content|content (is |was )?(not allowed|refused|rejected)"
            r"|safety (system|check|filter)|suspected minor|违规|敏感",
            errors.ContentRejected,
        ),
    )
)
_BY_LOAD: tuple[tuple[re.Pattern[str], type[errors.APIError]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (
            r"too many requests|rate.?limited|rate.?limit (is |was )?(exceeded|reached|hit)"
            r"|请求过于频繁",
            errors.RateLimited,
        ),
        (
            r"\bbusy\b|concurren|occupied|overload|queue is full|too many (running )?(tasks|jobs)"
            r"|try again later|繁忙",
            errors.ServiceBusy,
        ),
    )
)
_PLAN = re.compile(r"\bplans?\b|upgrade", re.IGNORECASE)
_NOT_ALLOWED = re.compile(r"permission|\blimit|not allowed|forbidden", re.IGNORECASE)
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
_FORBIDDEN = 403


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
    inner = code if isinstance(code, int) and code in _HTTP_ERRORS else None
    hidden = inner is not None and status not in _HTTP_ERRORS
    if inner is not None and (hidden or inner < _SERVER_ERROR <= status):
        status = inner
    if status in _FINAL_STATUS:
        return _by_status(status)
    # A plan that allows so many at once is no matter of load.
    by_plan = status == _FORBIDDEN and _PLAN.search(message) is not None
    for pattern, kind in _BY_WORDS if by_plan else _BY_WORDS + _BY_LOAD:
        if pattern.search(message):
            return kind
    if hidden and status == _FORBIDDEN and not (by_plan or _NOT_ALLOWED.search(message)):
        # So the service puts a bad token, where it does not answer 401.
        return errors.AuthenticationFailed
    return _by_status(status) if status in _HTTP_ERRORS else errors.APIError
