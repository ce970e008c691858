"""Log lines with fields: what a line is about, for programs that read logs.

Each record under ``a2e_async.*`` has all of `FIELDS` as attributes; those that it is not about are
None. No token gets into a line or a field.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from a2e_async.errors import APIError, UnexpectedResponse, redact

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a2e_job": "the job's token, ``kind:id``",
        "a2e_kind": "the product's name, such as ``text_to_image``",
        "a2e_status": "the job's status",
        "a2e_coins": "what the job cost",
        "a2e_lag": "seconds from the end of a job to the moment it was known here",
        "a2e_attempt": "which attempt at a request this was, or how many a start took, from 1",
        "a2e_trace_id": "the service's id of the request, to quote in a support question",
        "a2e_method": "the request's HTTP method",
        "a2e_path": "the request's path, without its query",
        "a2e_http_status": "the answer's HTTP status",
        "a2e_seconds": "how long it took",
        "a2e_error": "the class of the error that it ended with",
    }
)
"""The attributes of each log record, with what they tell."""

_PREFIX = "a2e_"
# The caller of `debug` and its like, past the two functions of this module.
_CALLER = 3


def fields() -> dict[str, None]:
    """Give a value for each field, for the ``defaults`` of a `logging.Formatter`.

    Lines of other packages have no such fields; with these defaults, one formatter fits all.
    """
    return dict.fromkeys(FIELDS)


class Log:
    """A logger whose records have all fields.

    What is given by keyword is a field, by its name in `FIELDS` without the ``a2e_``.
    """

    __slots__ = ("_logger",)

    def __init__(self, name: str) -> None:
        """Write to the logger of a name, such as ``a2e_async.jobs``."""
        self._logger = logging.getLogger(name)

    def shows(self, level: int) -> bool:
        """Tell whether records of a level go anywhere."""
        return self._logger.isEnabledFor(level)

    def debug(self, message: str, *args: Any, **about: Any) -> None:
        """Write what only a search for a mistake needs."""
        self._write(logging.DEBUG, message, args, about)

    def info(self, message: str, *args: Any, **about: Any) -> None:
        """Write what happens in a normal run."""
        self._write(logging.INFO, message, args, about)

    def warning(self, message: str, *args: Any, **about: Any) -> None:
        """Write what somebody should look at."""
        self._write(logging.WARNING, message, args, about)

    def error(self, message: str, *args: Any, **about: Any) -> None:
        """Write what went wrong."""
        self._write(logging.ERROR, message, args, about)

    def exception(self, message: str, *args: Any, **about: Any) -> None:
        """Write what went wrong, with the traceback of the present exception."""
        self._write(logging.ERROR, message, args, about, exc_info=True)

    def _write(
        self,
        level: int,
        message: str,
        args: tuple[Any, ...],
        about: dict[str, Any],
        *,
        exc_info: bool = False,
    ) -> None:
        if not self._logger.isEnabledFor(level):
            return
        extra: dict[str, Any] = dict.fromkeys(FIELDS)
        for name, value in about.items():
            extra[_PREFIX + name] = _shown(value)
        shown = map(_shown, args)
        try:
            self._logger.log(
                level, message, *shown, extra=extra, exc_info=exc_info, stacklevel=_CALLER
            )
        except Exception:  # noqa: BLE001  (a line may come between a paid start and its job)
            # A filter has failed: the same is done as `logging` does for a handler.
            if logging.raiseExceptions:
                traceback.print_exc()


def get(name: str) -> Log:
    """Give the log of a name, such as ``a2e_async.jobs``."""
    return Log(name)


def told(error: BaseException) -> str:
    """Write an error for a log line.

    An answer that cannot be read stays out: it may be a whole record, with what the caller wrote.
    """
    return APIError.__str__(error) if isinstance(error, UnexpectedResponse) else str(error)


def failure(error: BaseException) -> dict[str, Any]:
    """Give the fields of a record about an error: its class, HTTP status and trace id."""
    return {
        "error": type(error).__name__,
        "http_status": getattr(error, "status", None),
        "trace_id": getattr(error, "trace_id", None),
    }


def _shown(value: Any) -> Any:
    return redact(told(value) if isinstance(value, BaseException) else value)
