"""Who looks at which cards: the cards that are under way, and the pages that follow them."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping

import attrs

from examples.web.cards import Card

STREAM_HEADERS: Mapping[str, str] = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Headers of the events: nobody on the way keeps them or holds them back."""

RECONNECT = 1000
"""Milliseconds after which a browser connects again."""


@attrs.define(eq=False)
class Viewer:
    """One open page: what it has not been sent yet. A slow one gets the newest of each card."""

    unsent: dict[str, Card] = attrs.field(factory=dict)
    news: asyncio.Event = attrs.field(factory=asyncio.Event)

    def show(self, card: Card) -> None:
        """Have a card sent."""
        self.unsent[card.id] = card
        self.news.set()

    def take(self) -> list[Card]:
        """Give what is to be sent now."""
        taken, self.unsent = list(self.unsent.values()), {}
        self.news.clear()
        return taken


class Board:
    """The cards that are under way, by visitor, and the pages that are open."""

    def __init__(self) -> None:
        """Make an empty board."""
        self._cards: defaultdict[str, dict[str, Card]] = defaultdict(dict)
        self._viewers: defaultdict[str, set[Viewer]] = defaultdict(set)
        self._closed = False

    def under_way(self, visitor: str) -> dict[str, Card]:
        """Give a visitor's cards that have not ended, by id."""
        return dict(self._cards.get(visitor, {}))

    def put(self, visitor: str, card: Card) -> None:
        """Show a card that is under way."""
        self._cards[visitor][card.id] = card
        self._show(visitor, card)

    def settle(self, visitor: str, card: Card) -> None:
        """Show a card that has ended and is kept elsewhere from now on."""
        self._cards[visitor].pop(card.id, None)
        if not self._cards[visitor]:
            del self._cards[visitor]
        self._show(visitor, card)

    def close(self) -> None:
        """End the events of all pages; they connect again when the server is back."""
        self._closed = True
        for viewers in self._viewers.values():
            for viewer in viewers:
                viewer.news.set()

    async def events(
        self, visitor: str, ended: Callable[[], Awaitable[Iterable[Card]]], *, heartbeat: float
    ) -> AsyncGenerator[bytes, None]:
        """Write the events of a page, from all its cards to every change, until it is left.

        Args:
            visitor: whose page it is.
            ended: reads the visitor's cards that have ended.
            heartbeat: seconds of silence before a comment is sent, which finds out who has gone,
                and keeps proxies from closing the connection.
        """
        viewer = Viewer()
        self._viewers[visitor].add(viewer)
        try:
            # Whoever connects again is given all of it, so no event is ever missed.
            cards = {card.id: card for card in await ended()} | self.under_way(visitor)
            yield b"retry: %d\n" % RECONNECT + event(
                "cards", [attrs.asdict(it) for it in cards.values()]
            )
            while (news := await self._next(viewer, heartbeat)) and not self._closed:
                yield news
        finally:
            self._leave(visitor, viewer)

    async def _next(self, viewer: Viewer, heartbeat: float) -> bytes:
        try:
            async with asyncio.timeout(heartbeat):
                await viewer.news.wait()
        except TimeoutError:
            return b": still here\n\n"
        return b"".join(event("card", attrs.asdict(card)) for card in viewer.take())

    def _show(self, visitor: str, card: Card) -> None:
        for viewer in self._viewers.get(visitor, ()):
            viewer.show(card)

    def _leave(self, visitor: str, viewer: Viewer) -> None:
        self._viewers[visitor].discard(viewer)
        if not self._viewers[visitor]:
            del self._viewers[visitor]


def event(name: str, content: object) -> bytes:
    """Write a server-sent event. JSON holds no line break, so one line of data is enough."""
    return f"event: {name}\ndata: {json.dumps(content)}\n\n".encode()
