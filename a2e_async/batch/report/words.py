"""Numbers and times as the page writes them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def number(value: float) -> str:
    """Write a number with thousands apart and at most two decimals."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def plural(count: int, word: str) -> str:
    """Write a count with its noun, such as ``1 item``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def share(part: int, whole: int) -> str:
    """Write a share in percent that says 0 and 100 only where that is exact."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1 or 99.9 < percent < 100:  # noqa: PLR2004  (what one decimal would hide)
        return "under 0.1 %" if percent < 1 else "over 99.9 %"
    return f"{percent:.1f}".removesuffix(".0") + " %"


def duration(seconds: float) -> str:
    """Write a length of time in its two largest units, such as ``7 h 48 min``."""
    if seconds < 10:  # noqa: PLR2004  (below, tenths tell more)
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _two(whole, _MINUTE, "min", 1, "s")
    if whole < _DAY:
        return _two(whole, _HOUR, "h", _MINUTE, "min")
    return _two(whole, _DAY, "d", _HOUR, "h")


def _two(whole: int, unit: int, name: str, small: int, small_name: str) -> str:
    rest = whole % unit // small
    return f"{whole // unit} {name}" + (f" {rest} {small_name}" if rest else "")


def size(count: float) -> str:
    """Write a number of bytes with a unit."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:  # noqa: PLR2004
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def moment(at: float) -> datetime:
    """Give the time of some seconds since 1970, in UTC."""
    return datetime.fromtimestamp(at, UTC)


def clock(at: float, *, seconds: bool = False) -> str:
    """Write the time of the day, in UTC."""
    return f"{moment(at):{'%H:%M:%S' if seconds else '%H:%M'}}"


def day(at: float) -> str:
    """Write the day, in UTC."""
    when = moment(at)
    return f"{when.day} {when:%b %Y}"


def time_tag(at: float) -> str:
    """Write a time that a script may show in the reader's own time zone."""
    when = moment(at).isoformat(timespec="seconds")
    return f'<time datetime="{escape(when)}">{day(at)}, {clock(at)} UTC</time>'
