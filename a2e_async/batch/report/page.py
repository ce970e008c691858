"""The page's text: a template, and what a run fills it with. Pure but for the package's files."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib import resources
from statistics import median
from typing import Any
from urllib.parse import quote

import attrs

from a2e_async._version import __version__
from a2e_async.batch.report import words
from a2e_async.batch.report.chart import chart
from a2e_async.batch.report.entries import STATES, Entry
from a2e_async.batch.report.gallery import Media, is_inside
from a2e_async.batch.report.timeline import slices

_SCRIPTS = ("words.js", "items.js", "cards.js", "viewer.js", "chart.js", "main.js")
_STYLES = ("base.css", "summary.css", "items.css", "viewer.css", "screens.css")
_SLOT = re.compile(r"\{\{(\w+)\}\}")
# A script ends at its end tag wherever that stands, and line separators end a line of script.
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def assemble(
    entries: Sequence[Entry], media: Mapping[str, Media], *, title: str, now: float
) -> str:
    """Put the page together.

    Args:
        entries: the items.
        media: what each of their files is.
        title: the page's title.
        now: when the page is written, in seconds since 1970.

    Returns:
        The page.
    """
    template = _template()
    slots = {
        "policy": _policy(template["style"], template["script"]),
        "style": template["style"],
        "script": template["script"],
        "tab_title": escape(_UNSEEN.sub(" ", title).strip()),
        "title": escape(title),
        "lead": _lead(entries),
        "states": _bar(entries),
        "figures": _figures(entries, media),
        "chart": chart(entries),
        "written": words.time_tag(now),
        "version": escape(__version__),
        "data": _data(entries, media),
    }
    # In one pass: what a slot is filled with is not looked through for slots.
    return _SLOT.sub(lambda slot: slots[slot[1]], template["page"])


@cache
def _template() -> Mapping[str, str]:
    folder = resources.files(__name__.rpartition(".")[0]).joinpath("template")
    read = {
        name: folder.joinpath(name).read_text("utf-8")
        for name in ("page.html", *_STYLES, *_SCRIPTS)
    }
    # A function of its own: nothing of the page's is global.
    script = "".join(read[name] for name in _SCRIPTS)
    return {
        "page": read["page.html"],
        "style": "".join(read[name] for name in _STYLES),
        "script": f'"use strict";\n(() => {{\n{script}}})();\n',
    }


def _policy(style: str, script: str) -> str:
    """Allow this page's own script and style, and files beside it; nothing from a network."""
    return (
        "default-src 'none'; "
        f"script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src 'self' file: data:; media-src 'self' file:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _lead(entries: Sequence[Entry]) -> str:
    times = sorted(at for it in entries for at in (it.started, it.ended) if at is not None)
    items = words.plural(len(entries), "item")
    return f"{items} · {words.time_tag(times[0])}" if times else items


def _bar(entries: Sequence[Entry]) -> str:
    """Draw the shares of the states, with their numbers below."""
    counts = Counter(entry.state for entry in entries)
    at, parts, legend = 0.0, [], []
    for state, name in STATES.items():
        if not counts[state]:
            continue
        width = 100 * counts[state] / len(entries)
        parts.append(
            f'<rect class="state-{state}" x="{at:.4f}%" width="{width:.4f}%" height="100%"/>'
        )
        legend.append(
            f'<li class="state-{state}"><span class="dot"></span>{name} '
            f"<b>{counts[state]:,}</b> "
            f'<span class="quiet">{words.share(counts[state], len(entries))}</span></li>'
        )
        at += width
    drawing = f'<svg class="bar" aria-hidden="true">{"".join(parts)}</svg>'
    return f'{drawing}<ul class="legend">{"".join(legend)}</ul>'


def _figures(entries: Sequence[Entry], media: Mapping[str, Media]) -> str:
    took = [it.seconds for it in entries if it.seconds is not None and it.state == "completed"]
    known = [it.coins for it in entries if it.coins is not None]
    sizes = [it.size for it in media.values() if it.size is not None]
    whole = slices(entries, count=1)
    seconds = whole[0].until - whole[0].since if whole else None
    finished = whole[0].ended if whole else 0
    nothing = "unknown"
    shown = {
        "Coins": (words.number(sum(known)) if known else nothing, _coins_note(entries)),
        "Time": (nothing if seconds is None else words.duration(seconds), _pace(finished, seconds)),
        "One item": (words.duration(median(took)) if took else nothing, "median, start to end"),
        "Files": (f"{len(sizes):,}", words.size(sum(sizes)) if sizes else ""),
    }
    return "".join(
        f"<div><dt>{name}</dt><dd>{value} <small>{note}</small></dd></div>"
        for name, (value, note) in shown.items()
    )


def _coins_note(entries: Sequence[Entry]) -> str:
    known = [entry.coins for entry in entries if entry.coins is not None]
    if not known:
        return "no price told"
    return f"{words.number(sum(known) / len(known))} an item"


def _pace(finished: int, seconds: float | None) -> str:
    if not seconds or not finished:
        return ""
    return f"{words.number(round(60 * finished / seconds, 1))} items a minute"


def _data(entries: Sequence[Entry], media: Mapping[str, Media]) -> str:
    items = [_item(entry, media) for entry in entries]
    text = json.dumps(items, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_UNSAFE)


def _item(entry: Entry, media: Mapping[str, Media]) -> Mapping[str, Any]:
    shown = attrs.asdict(entry, filter=lambda field, _: field.name not in {"files", "settings"})
    shown |= {
        "settings": entry.settings,
        "files": [_file(name, media[name]) for name in entry.files],
    }
    return {name: value for name, value in shown.items() if value not in (None, "", {}, (), [])}


def _file(name: str, media: Media) -> Mapping[str, Any]:
    shown = attrs.asdict(media) | {"name": name, "url": url_of(name)}
    return {field: value for field, value in shown.items() if value is not None}


def url_of(name: str) -> str | None:
    """Make the relative URL of a file of the run.

    Args:
        name: its name relative to the run's directory, with forward slashes.

    Returns:
        The URL, or None for a name that leads out of the directory.
    """
    if not is_inside(name):
        return None
    # A colon would make a scheme of the first part; bytes that are no UTF-8 stay as they are.
    try:
        return quote(name.encode("utf-8", "surrogateescape"), safe="/")
    except UnicodeEncodeError:
        return None
