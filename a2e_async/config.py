"""Settings of a client: where the service is, who is calling, how long a request may take."""

from __future__ import annotations

import ipaddress
import math
import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import attrs

from a2e_async.errors import ConfigurationError

DEFAULT_BASE_URL = "https://video.a2e.ai"
TOKEN_VARIABLES = ("A2E_API_KEY", "A2E_API_TOKEN")
BASE_URL_VARIABLE = "A2E_BASE_URL"

# It serves the documentation only, and answers every API path with a page.
_DOCUMENTATION_HOST = "api.a2e.ai"
_TOKEN_SHAPE = re.compile(r"[\x21-\x7e]+")
_BEARER = re.compile(r"\ABearer(\s+|\Z)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".test")


def is_local(host: str | None) -> bool:
    """Tell whether a host is this machine or one of a private network, by its name alone."""
    if not host:
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_SUFFIXES)
    return address.is_loopback or address.is_private


def read_token(token: str | None, environ: Mapping[str, str]) -> str:
    """Take the token from the argument or the environment.

    Args:
        token: the API token (``sk_…``), or None to read ``A2E_API_KEY``, then ``A2E_API_TOKEN``.
        environ: the environment.

    Returns:
        The token, without surrounding space or a leading ``Bearer``.

    Raises:
        ConfigurationError: there is no token, or it is not one word of printable characters. The
            message never shows it.
    """
    if token is not None and not isinstance(token, str):
        raise ConfigurationError(f"token: expected text, got {type(token).__name__}")
    given = [token] if token is not None else [environ.get(name, "") for name in TOKEN_VARIABLES]
    found = next(filter(None, map(_bare_token, given)), None)
    if found is None:
        names = " or ".join(TOKEN_VARIABLES)
        raise ConfigurationError(
            f"token: none given. Pass A2E(token=…), set {names}, "
            "or try without one on A2E.sandbox()"
        )
    if not _TOKEN_SHAPE.fullmatch(found):
        raise ConfigurationError(
            "token: expected one word of printable ASCII characters (sk_…), "
            f"got {len(found)} characters with others among them"
        )
    return found


def _bare_token(text: str) -> str:
    return _BEARER.sub("", text.strip()).strip()


def read_base_url(base_url: str | None, environ: Mapping[str, str]) -> str:
    """Take the service's address from the argument or the environment.

    Args:
        base_url: scheme and host, a path before ``/api`` if a proxy needs one; None reads
            ``A2E_BASE_URL``, and the default is the international service.
        environ: the environment.

    Returns:
        The address without a trailing slash.

    Raises:
        ConfigurationError: it is no such address, is plain http to a public host, or is the
            documentation's host.
    """
    given = base_url if base_url is not None else environ.get(BASE_URL_VARIABLE)
    if given is None or given == "":
        return DEFAULT_BASE_URL
    url = str(given).strip().rstrip("/").removesuffix("/api/v1").rstrip("/")
    parts = _split(url)
    if parts is None or "?" in url or "#" in url or "@" in parts.netloc:
        raise ConfigurationError(
            f"base_url: expected an address such as {DEFAULT_BASE_URL}, "
            f"got {_without_userinfo(str(given))!r}"
        )
    if parts.hostname == _DOCUMENTATION_HOST:
        raise ConfigurationError(
            f"base_url: {_DOCUMENTATION_HOST} serves the documentation only; "
            f"the API is at {DEFAULT_BASE_URL}"
        )
    if parts.scheme == "http" and not is_local(parts.hostname):
        raise ConfigurationError(
            f"base_url: {parts.hostname} is a public host, and plain http would show it the token "
            f"in clear; use https://{parts.netloc}"
        )
    return url


def _split(url: str) -> SplitResult | None:
    if any(character.isspace() for character in url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and parts.hostname else None


def _without_userinfo(url: str) -> str:
    return re.sub(r"^(\w+://)?.*@", r"\1[…]@", url, flags=re.DOTALL)


def read_seconds(field: str, value: float | None, *, zero: bool = False) -> float | None:
    """Check a duration that a caller gave.

    Args:
        field: the argument's name, for the message.
        value: seconds, or None for no limit.
        zero: whether 0 is allowed.

    Returns:
        The value.

    Raises:
        TypeError: it is not a number.
        ValueError: it is negative, not finite, or 0 where that makes no sense.
    """
    if value is None:
        return None
    allowed = f"{field}: expected seconds {'from' if zero else 'above'} 0, or None for no limit"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{allowed}, got {value!r}")
    if not math.isfinite(value) or value < 0 or (value == 0 and not zero):
        raise ValueError(f"{allowed}, got {value!r}")
    return float(value)


def read_path(field: str, value: object) -> Path:
    """Check the path of a file that a caller gave.

    Args:
        field: the argument's name, for the message.
        value: a text or a path.

    Returns:
        The path.

    Raises:
        TypeError: it is neither.
        ValueError: it names nothing, such as an empty text.
    """
    words = f"{field}: expected the path of a file, got {value!r}"
    if not isinstance(value, (str, Path)):
        raise TypeError(words)
    # SQLite's own names for what is no file would lose everything.
    if not str(value).strip() or "\0" in str(value) or str(value).startswith((":", "file:")):
        raise ValueError(words)
    return Path(value)


def _check_seconds(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    if read_seconds(attribute.name, value) is None:
        raise TypeError(f"{attribute.name}: expected seconds above 0, got None")


def _check_language(_: object, attribute: attrs.Attribute[str | None], value: str | None) -> None:
    if value is None:
        return
    allowed = f"{attribute.name}: expected a language tag such as en-US, got {value!r}"
    if not isinstance(value, str):
        raise TypeError(allowed)
    if not _LANGUAGE.fullmatch(value):
        raise ValueError(allowed)


def user_agent(version: str) -> str:
    """Name this package, its version and the Python that runs it."""
    return f"a2e-async/{version} Python/{platform.python_version()}"


@attrs.frozen(kw_only=True)
class Settings:
    """What a client needs to know to make a request.

    Attributes:
        token: the API token. It is in no repr.
        base_url: the service's address, without a trailing slash.
        language: value of the ``x-lang`` header, such as ``en-US``; None leaves it out.
        connect_timeout: seconds to reach the service.
        read_timeout: seconds without a byte of the answer before a request is given up.
        user_agent: value of the ``User-Agent`` header.
    """

    token: str = attrs.field(repr=False)
    base_url: str = DEFAULT_BASE_URL
    language: str | None = attrs.field(default=None, validator=_check_language)
    connect_timeout: float = attrs.field(default=10.0, validator=_check_seconds)
    read_timeout: float = attrs.field(default=60.0, validator=_check_seconds)
    user_agent: str = "a2e-async"

    def headers(self) -> dict[str, str]:
        """Give the headers of a request to the service. They are sent to no other host."""
        headers = {"Authorization": f"Bearer {self.token}", "User-Agent": self.user_agent}
        if self.language:
            headers["x-lang"] = self.language
        return headers


def from_environment(
    *,
    token: str | None = None,
    base_url: str | None = None,
    environ: Mapping[str, str] | None = None,
    **options: Any,
) -> Settings:
    """Make the settings of a client from its arguments and the environment.

    Args:
        token: see `read_token`.
        base_url: see `read_base_url`.
        environ: the environment, by default the process's.
        options: the other fields of `Settings`.

    Returns:
        The settings.

    Raises:
        ConfigurationError: see `read_token` and `read_base_url`.
    """
    environment = os.environ if environ is None else environ
    return Settings(
        token=read_token(token, environment),
        base_url=read_base_url(base_url, environment),
        **options,
    )
