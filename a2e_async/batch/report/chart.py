"""The time chart of a run, as SVG that needs no script. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

import attrs

from a2e_async.batch.report import words
from a2e_async.batch.report.entries import Entry
from a2e_async.batch.report.timeline import Slice, ceiling, slices, ticks

SLICES = 120
_ROWS = 12
_WIDE = 1000
_CLOSE_TICKS = 600
_EDGE = 0.12


@attrs.frozen
class _Panel:
    """A curve's place: it ends at ``top`` pixels, stands on ``bottom`` and counts up to `most`."""

    top: int
    bottom: int
    most: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def y(self, value: int) -> float:
        """Where a value is, from the panel's top."""
        return round(self.height * (1 - value / self.most), 2)


_ENDED_TOP, _ENDED_BOTTOM = 26, 146
_UNDER_WAY_TOP, _UNDER_WAY_BOTTOM = 186, 246
HEIGHT = 272


def chart(entries: Sequence[Entry]) -> str:
    """Draw the run: the items that had ended, and below them those under way.

    Args:
        entries: the items.

    Returns:
        A ``figure`` with the drawing, a sentence that says the same, and a table; a sentence only
        where no item has been started.
    """
    cut = slices(entries, count=SLICES)
    if not cut:
        return '<p class="quiet">No item has been started yet.</p>'
    return (
        '<figure class="chart" aria-labelledby="chart-title">'
        f"{_drawing(cut)}"
        f'<figcaption id="chart-text">{_sentence(cut, entries)}</figcaption>'
        f"{_table(slices(entries, count=_ROWS))}</figure>"
    )


def _drawing(cut: Sequence[Slice]) -> str:
    ended = _Panel(_ENDED_TOP, _ENDED_BOTTOM, ceiling(cut[-1].ended))
    peak = max(part.under_way for part in cut)
    busy = _Panel(_UNDER_WAY_TOP, _UNDER_WAY_BOTTOM, ceiling(peak))
    return (
        f'<div class="plot" id="plot"><svg role="img" aria-labelledby="chart-title" '
        f'aria-describedby="chart-text" width="100%" height="{HEIGHT}">'
        f"{_axis(ended, 'Finished')}{_axis(busy, 'Under way')}{_times(cut)}"
        f"{_ended(ended, cut)}{_under_way(busy, cut)}"
        f'<line id="crosshair" class="crosshair" y1="{_ENDED_TOP}" y2="{_UNDER_WAY_BOTTOM}" '
        f'x1="0" x2="0" visibility="hidden"/>'
        f"{''.join(_spots(cut))}</svg></div>"
    )


def _axis(panel: _Panel, name: str) -> str:
    lines = "".join(
        f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        for y in (panel.top, panel.bottom)
    )
    return (
        f'{lines}<text class="name" x="0" y="{panel.top - 8}">{name}</text>'
        f'<text class="scale" x="100%" y="{panel.top - 8}" text-anchor="end">{panel.most:,}</text>'
    )


def _times(cut: Sequence[Slice]) -> str:
    begin, end = cut[0].since, cut[-1].until
    close = end - begin < _CLOSE_TICKS
    return "".join(_time(at, (at - begin) / (end - begin), close) for at in ticks(begin, end))


def _time(at: float, share: float, close: bool) -> str:  # noqa: FBT001
    # Half of a label is a tenth of the narrowest page.
    anchor = "start" if share < _EDGE else "end" if share > 1 - _EDGE else "middle"
    x = f"{100 * share:.3f}%"
    return (
        f'<line class="tick" x1="{x}" x2="{x}" y1="{_ENDED_TOP}" y2="{_ENDED_BOTTOM}"/>'
        f'<line class="tick" x1="{x}" x2="{x}" y1="{_UNDER_WAY_TOP}" y2="{_UNDER_WAY_BOTTOM}"/>'
        f'<text class="time" x="{x}" y="{HEIGHT - 8}" text-anchor="{anchor}" data-at="{at:.0f}" '
        f'data-seconds="{int(close)}">{words.clock(at, seconds=close)}</text>'
    )


def _ended(panel: _Panel, cut: Sequence[Slice]) -> str:
    return _stretched(
        panel,
        _area(panel, cut) + _band(panel, cut) + _line(panel, cut),
    )


def _under_way(panel: _Panel, cut: Sequence[Slice]) -> str:
    width = _WIDE / len(cut)
    steps = "".join(
        f"V{panel.y(part.under_way)}H{(number + 1) * width:.2f}" for number, part in enumerate(cut)
    )
    drawn = f'<path class="under-way" d="M0 {panel.height}{steps}V{panel.height}Z"/>'
    return _stretched(panel, drawn)


def _stretched(panel: _Panel, drawn: str) -> str:
    # The curves stretch with the page, the texts and the lines' widths do not.
    return (
        f'<svg x="0" y="{panel.top}" width="100%" height="{panel.height}" overflow="visible" '
        f'viewBox="0 0 {_WIDE} {panel.height}" preserveAspectRatio="none">{drawn}</svg>'
    )


def _points(panel: _Panel, cut: Sequence[Slice], value: Callable[[Slice], int]) -> list[str]:
    width = _WIDE / len(cut)
    start = f"0 {panel.height}"
    return [start, *(f"{(n + 1) * width:.2f} {panel.y(value(it))}" for n, it in enumerate(cut))]


def _area(panel: _Panel, cut: Sequence[Slice]) -> str:
    points = "L".join(_points(panel, cut, lambda part: part.completed))
    return f'<path class="completed" d="M{points}L{_WIDE} {panel.height}Z"/>'


def _band(panel: _Panel, cut: Sequence[Slice]) -> str:
    """Draw the failed items on top of the completed ones, if there are any."""
    if not cut[-1].failed:
        return ""
    above = _points(panel, cut, lambda part: part.ended)
    below = reversed(_points(panel, cut, lambda part: part.completed))
    return f'<path class="failed" d="M{"L".join([*above, *below])}Z"/>'


def _line(panel: _Panel, cut: Sequence[Slice]) -> str:
    points = "L".join(_points(panel, cut, lambda part: part.ended))
    return f'<path class="line" d="M{points}" vector-effect="non-scaling-stroke"/>'


def _spots(cut: Sequence[Slice]) -> Iterable[str]:
    """Make the invisible strips whose titles are the tooltips."""
    width = 100 / len(cut)
    height = _UNDER_WAY_BOTTOM - _ENDED_TOP
    for number, part in enumerate(cut):
        numbers = f"{part.completed:,} completed, {part.failed:,} failed"
        yield (
            f'<rect class="spot" x="{number * width:.3f}%" y="{_ENDED_TOP}" '
            f'width="{width:.3f}%" height="{height}" data-at="{part.until:.0f}">'
            f"<title>{words.clock(part.until, seconds=True)} UTC: {numbers}, "
            f"{part.under_way:,} under way</title></rect>"
        )


def _sentence(cut: Sequence[Slice], entries: Sequence[Entry]) -> str:
    begin, end, last = cut[0].since, cut[-1].until, cut[-1]
    peak = max(part.under_way for part in cut)
    text = (
        f"From {words.time_tag(begin)}, for {words.duration(end - begin)}: "
        f"{last.ended:,} of {words.plural(len(entries), 'item')} finished"
    )
    failed = f", {last.failed:,} of them failed" if last.failed else ""
    half = next((part for part in cut if 2 * part.ended >= last.ended), last)
    middle = f" Half of them were done after {words.duration(half.until - begin)}."
    return (
        f"{text}{failed}.{middle if last.ended else ''} "
        f"At most {words.plural(peak, 'item')} {'was' if peak == 1 else 'were'} under way at once."
    )


def _table(cut: Sequence[Slice]) -> str:
    heads = ("Until", "Started", "Completed so far", "Failed so far", "Most under way")
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    rows = "".join(
        f'<tr><th scope="row">{words.time_tag(part.until)}</th><td>{part.started:,}</td>'
        f"<td>{part.completed:,}</td><td>{part.failed:,}</td><td>{part.under_way:,}</td></tr>"
        for part in cut
    )
    return (
        "<details><summary>The chart as a table</summary>"
        '<div class="scroll" tabindex="0" role="region" aria-label="The chart as a table">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )
