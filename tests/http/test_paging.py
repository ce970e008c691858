"""Going through pages, without any server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async.http.paging import check_page_size, walk

PAGES = st.lists(st.lists(st.integers(0, 30), max_size=6), max_size=6)


async def walked(
    pages: list[list[int]], *, ignores_number: bool = False, twins: bool = False
) -> list[int]:
    asked: list[int] = []

    async def read(number: int) -> list[int]:
        asked.append(number)
        at = 0 if ignores_number else number - 1
        return pages[at] if at < len(pages) else []

    found = [item async for item in walk(read, lambda item: item, twins=twins)]
    assert asked == list(range(1, len(asked) + 1))
    return found


@given(PAGES)
async def test_nothing_of_the_pages_before_comes_again(pages: list[list[int]]) -> None:
    found = await walked(pages)
    expected: list[int] = []
    for page in pages:
        fresh = [item for item in dict.fromkeys(page) if item not in expected]
        if not fresh:
            break
        expected += fresh
    assert found == expected


async def test_two_that_are_the_same_on_one_page_are_two_only_where_said() -> None:
    assert await walked([[1, 1], [2, 1]]) == [1, 2]
    assert await walked([[1, 1], [2, 1]], twins=True) == [1, 1, 2]


async def test_a_list_that_ignores_the_number_ends() -> None:
    assert await walked([[1, 2]], ignores_number=True) == [1, 2]


@pytest.mark.parametrize("size", [0, 101, -1, True, 1.0, "10", None])
def test_a_page_size_is_a_whole_number_within_bounds(size: object) -> None:
    with pytest.raises(ValueError, match="page_size: expected 1 to 100"):
        check_page_size(size, 100)
