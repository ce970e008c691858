"""Which pages of a list are read for some tasks."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async.jobs.lists import _Walk
from a2e_async.tasks.product import WHOLE_LIST, Pages

PAGES = Pages("/list")


def go(
    walk: _Walk, rows: list[str], *, cap: int = 1000, ignores_number: bool = False
) -> list[range]:
    """Walk through a list, newest first; give which pages were read in each step."""
    steps: list[range] = []
    size = min(walk.size, cap)
    while numbers := walk.next_pages():
        steps.append(numbers)
        for number in numbers:
            first = 0 if ignores_number else (number - 1) * size
            page = rows[first : first + size]
            found = {key: key for key in page if key in walk.wanted}
            walk.take(found, {*page})
        assert len(steps) < 1000
    return steps


def ids(first: int, last: int) -> list[str]:
    """Name tasks, the newest first."""
    return [f"{n}" for n in range(last - 1, first - 1, -1)]


def test_our_own_tasks_are_on_the_first_page() -> None:
    walk = _Walk(PAGES, ids(0, 40))
    assert go(walk, ids(0, 40)) == [range(1, 2)]
    assert walk.found.keys() == walk.wanted


@pytest.mark.parametrize(("tasks", "size"), [(2, 10), (5, 10), (30, 60), (50, 100), (900, 100)])
def test_a_page_has_room_for_some_others(tasks: int, size: int) -> None:
    assert _Walk(PAGES, ids(0, tasks)).size == size
    small = Pages("/list", largest=20)
    assert _Walk(small, ids(0, tasks)).size == min(size, 20)


def test_a_crowd_is_read_by_several_pages_at_once() -> None:
    walk = _Walk(PAGES, ids(0, 1000))
    steps = go(walk, ids(0, 1000))
    assert steps == [range(1, 2), range(2, 10), range(10, 11)]
    assert walk.found.keys() == walk.wanted


def test_a_capped_page_only_takes_more_pages() -> None:
    walk = _Walk(PAGES, ids(0, 100))
    go(walk, ids(0, 100), cap=10)
    assert walk.found.keys() == walk.wanted


def test_strangers_before_ours_are_passed_by_for_two_pages_only() -> None:
    walk = _Walk(PAGES, ids(0, 100))
    assert sum(map(len, go(walk, [*ids(500, 600), *ids(0, 100)]))) <= 3
    assert walk.found.keys() == walk.wanted
    walk = _Walk(PAGES, ids(0, 100))
    assert sum(map(len, go(walk, [*ids(500, 900), *ids(0, 100)]))) == 2
    assert not walk.found


def test_one_task_that_is_left_is_not_looked_for_further() -> None:
    """Its detail costs one request too."""
    walk = _Walk(PAGES, ids(0, 100))
    assert go(walk, [*ids(1, 100), *ids(500, 900), "0"]) == [range(1, 2)]
    assert walk.wanted - walk.found.keys() == {"0"}


def test_a_list_that_ignores_the_number_is_read_twice_at_the_most() -> None:
    walk = _Walk(PAGES, ids(0, 1000))
    steps = go(walk, ids(0, 1000), ignores_number=True)
    assert len(steps) == 2
    assert len(walk.found) == 100


def test_a_list_without_pages_is_read_once() -> None:
    walk = _Walk(Pages("/list", **WHOLE_LIST), ids(0, 1000))
    assert go(walk, ids(500, 1500)) == [range(1, 2)]


def test_an_empty_list_is_the_end() -> None:
    assert go(_Walk(PAGES, ids(0, 1000)), []) == [range(1, 2)]


@given(
    st.sets(st.integers(0, 3000), min_size=1, max_size=400),
    st.sets(st.integers(0, 3000), max_size=2000),
    st.integers(1, 200),
    st.booleans(),
)
def test_a_walk_ends_and_costs_no_more_than_reading_one_by_one(
    wanted: set[int], listed: set[int], cap: int, ignores_number: bool
) -> None:
    rows = [f"{n}" for n in sorted(listed, reverse=True)]
    walk = _Walk(PAGES, [f"{n}" for n in wanted])
    steps = go(walk, rows, cap=cap, ignores_number=ignores_number)
    read = [number for numbers in steps for number in numbers]
    assert read == [*range(1, len(read) + 1)]
    assert all(len(numbers) <= 8 for numbers in steps)
    assert walk.found.keys() <= walk.wanted
    # What was found has spared as many requests; beyond that, a few pages are risked in vain.
    risked = 2 + max(map(len, steps))
    assert len(read) <= len(walk.found) + risked
    assert len(read) <= math.ceil(len(rows) / min(cap, walk.size)) + risked
