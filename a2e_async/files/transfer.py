"""What went wrong between here and an asset host, without the signature in its address."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import aiohttp

from a2e_async.errors import A2EError, APIError, ConnectionFailed
from a2e_async.http import envelope
from a2e_async.http.retry import parse_http_date, parse_retry_after
from a2e_async.http.session import TRANSFER_ERRORS

SUCCESS = range(200, 300)

_POINTLESS = (
    aiohttp.InvalidURL,
    aiohttp.RedirectClientError,
    aiohttp.TooManyRedirects,
    aiohttp.ClientConnectorCertificateError,
)
_UNQUOTED = re.compile(r"[^\x21-\x7e]")
_QUERY = re.compile(r"\?\S+")
_REASON = re.compile(rb"<Code>\s*(\w{1,64})\s*</Code>")
_READ_OF_REFUSAL = 4096


def address(url: str) -> str | None:
    """Make an address ready to be sent.

    Args:
        url: the address, signed or not.

    Returns:
        The address with only those characters quoted that no request can hold, since a signature
        counts the others as they are; None if it is no ``http`` or ``https`` address.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return _UNQUOTED.sub(lambda found: quote(found[0], safe=""), url) if usable else None


def bare(url: str) -> str:
    """Give an address without its query, which holds the signature."""
    return url.partition("?")[0]


def failure(error: Exception) -> A2EError:
    """Turn one of `TRANSFER_ERRORS` into the package's own.

    Args:
        error: the error. Its text may hold the whole address, so it must not become a cause.

    Returns:
        `ConnectionFailed`, or a plain `A2EError` where trying again is pointless.
    """
    words = f"{type(error).__name__}: {_QUERY.sub('', str(error))}".rstrip(": ")
    return A2EError(words) if isinstance(error, _POINTLESS) else ConnectionFailed(words, sent=True)


async def refusal(response: aiohttp.ClientResponse) -> APIError:
    """Turn an answer other than a success into an error.

    Args:
        response: the answer. Of its body only the storage's error code is kept: the rest may
            repeat the signature.

    Returns:
        The error of its status, with the Retry-After.
    """
    head = b""
    with suppress(*TRANSFER_ERRORS):
        head = await response.content.read(_READ_OF_REFUSAL)
    found = _REASON.search(head)
    reason = found[1].decode() if found else response.reason
    now = parse_http_date(response.headers.get("Date")) or datetime.now(UTC)
    return envelope.classify(response.status, None, "")(
        f"the asset host refuses {response.method}" + (f": {reason}" if reason else ""),
        status=response.status,
        retry_after=parse_retry_after(response.headers.get("Retry-After"), now),
    )
