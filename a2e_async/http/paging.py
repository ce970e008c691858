"""Going through the pages of a list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def walk(
    read: Callable[[int], Awaitable[Iterable[T]]],
    key: Callable[[T], Hashable],
    *,
    twins: bool = False,
) -> AsyncIterator[T]:
    """Go through the items of all pages.

    Args:
        read: reads the page of a number, from 1.
        key: what makes an item the same one on another page.
        twins: whether items that are the same on one page are several all the same.

    Yields:
        The items. One that moves to the next page while pages are read comes once.
    """
    seen: set[Hashable] = set()
    number = 1
    # The end is a page with nothing new: services cap the page size, or ignore the number.
    while fresh := [item for item in await read(number) if key(item) not in seen]:
        seen.update(map(key, fresh))
        for item in fresh if twins else {key(item): item for item in fresh}.values():
            yield item
        number += 1


def check_page_size(page_size: object, largest: int) -> None:
    """Raise `ValueError` unless a page size is a whole number from 1 to the largest."""
    whole = isinstance(page_size, int) and not isinstance(page_size, bool)
    if not whole or page_size not in range(1, largest + 1):
        raise ValueError(f"page_size: expected 1 to {largest}, got {page_size!r}")
