"""README, results and chart belong together."""

from __future__ import annotations

import pytest

from benchmarks import report

README = report.README.read_text("utf-8")


def test_the_readme_has_the_tables_of_the_results() -> None:
    again = report.with_tables(README, report.stored())
    assert again == README, "run: nox -s bench -- --write"


def test_the_chart_was_drawn_from_the_results() -> None:
    chart = report.CHART.read_bytes()
    assert chart.startswith(b"\x89PNG")
    assert report.digest().encode() in chart
    assert f"({report.CHART.relative_to(report.README.parent).as_posix()})" in README


def test_every_client_is_told_with_its_version() -> None:
    versions = report.stored()["surroundings"]["versions"]
    for name in ("replicate", "runwayml", "openai", "fal-client"):
        assert f"{name} {versions[name]}" in README


def test_a_text_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        report.with_tables("nothing", report.stored())
