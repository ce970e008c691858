"""Who comes in, and what every answer says to the browser. Pure."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import attrs

PAGE = Path(__file__).parent / "page"
PAGE_FILES = ("icon.svg", "studio.css", "studio.js")

COOKIE = "studio"
COOKIE_AGE = 365 * 24 * 3600
"""Seconds for which a browser keeps its gallery."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob:; media-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # What is a visitor's own must not stay in a cache that others read.
    "Cache-Control": "private, no-cache",
}
"""Headers of every answer: nothing of another host is loaded, no script is written inline."""


class Refusal(Exception):
    """A request of the page that is not carried out.

    Attributes:
        status: HTTP status of the answer.
        message: what the person is told.
        field: name of the form's field that it is about, or None.
    """

    def __init__(self, status: int, message: str, *, field: str | None = None) -> None:
        """Keep what the answer says."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field

    @property
    def body(self) -> dict[str, str | None]:
        """The answer's JSON."""
        return {"message": self.message, "field": self.field}


@attrs.frozen
class Door:
    """Lets in who comes from this page.

    Attributes:
        origin: address under which browsers reach the page, such as ``https://studio.example``;
            None for whatever address they used.
    """

    origin: str | None = None

    @property
    def secure(self) -> bool:
        """Whether cookies are for encrypted connections only."""
        return self.origin is not None and self.origin.startswith("https:")

    def admit(self, cookie: str | None, method: str, headers: Mapping[str, str]) -> str:
        """Tell which visitor a request is from.

        Args:
            cookie: value of the cookie `COOKIE`, or None.
            method: the request's method.
            headers: the request's headers, with names in small letters.

        Returns:
            The visitor's name, which is no secret.

        Raises:
            Refusal: it comes from another page, or from a browser that has no cookie.
        """
        if method != "GET" and not self._is_own(headers):
            raise Refusal(403, "This request did not come from this page.")
        visitor = visitor_of(cookie)
        if visitor is None:
            raise Refusal(401, "Please load this page again. It needs cookies to work.")
        return visitor

    def _is_own(self, headers: Mapping[str, str]) -> bool:
        # Browsers send the origin with everything but GET, and no page can change it.
        origin = headers.get("origin", "")
        if self.origin is not None:
            return origin == self.origin
        return bool(origin) and urlsplit(origin).netloc == headers.get("host")


def new_secret() -> str:
    """Make the value of a new visitor's cookie."""
    return secrets.token_urlsafe(24)


def visitor_of(cookie: str | None) -> str | None:
    """Give the visitor of a cookie; None if it is no cookie of ours.

    The name goes into files and logs, so it does not open the gallery: the cookie alone does.
    """
    if cookie is None or not _SECRET.fullmatch(cookie):
        return None
    return sha256(cookie.encode()).hexdigest()[:24]
