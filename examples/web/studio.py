"""What the web back ends do, whatever the framework: orders, jobs, events, results."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import attrs
from anyio.to_thread import run_sync

from a2e_async import (
    A2E,
    A2EError,
    DownloadFailed,
    JobCancelled,
    JobNotFound,
    JobStatus,
    QueuedJob,
    describe,
)
from examples.web.board import Board
from examples.web.cards import Card, Shelf
from examples.web.door import Door, Refusal
from examples.web.orders import (
    MOST_FORM,
    MOST_PICTURE,
    Order,
    check_id,
    fields_of,
    suffix_of,
)

_log = logging.getLogger("examples.web")

_TITLE = 300
# Seconds after which a result that could not be fetched is given up: the service deletes it.
_RESULTS_LIVE = 4 * 24 * 3600.0
_DONE = "Ready."
_FETCHING_AGAIN = "It is ready, but could not be fetched yet. Another attempt follows."


@attrs.frozen(kw_only=True)
class Settings:
    """What can be set.

    Attributes:
        folder: where uploads and results are kept.
        origin: address under which browsers reach the page; None for whatever they used.
        every: seconds between two news of a job at the least.
        heartbeat: seconds of silence after which a page is sent a comment.
        again: seconds after which a result that could not be fetched is fetched again, at first.
        drain: seconds that a stop waits for what is nearly done.
        most_open: orders of a visitor that are under way at once.
        most_picture: bytes of an uploaded picture.
    """

    folder: Path = attrs.field(converter=Path)
    origin: str | None = None
    every: float = 0.5
    heartbeat: float = 15.0
    again: float = 5.0
    drain: float = 5.0
    most_open: int = 20
    most_picture: int = MOST_PICTURE


@attrs.frozen(kw_only=True)
class Ticket:
    """An order that is under way: whose it is, what is shown of it, and its job."""

    visitor: str
    card: Card
    job: QueuedJob[Any]


class Studio:
    """The orders of all visitors, from the form to the gallery.

    The client's store knows every job that has not ended, with its visitor and card in the tag;
    the shelf has every card that has. A job is acknowledged when its card is on the shelf, so
    that one of them knows it, whenever the process dies.
    """

    def __init__(self, a2e: A2E, settings: Settings) -> None:
        """Make a studio for a client that has a store. The studio closes it."""
        self.settings = settings
        self.door = Door(settings.origin)
        self._a2e = a2e
        self._shelf = Shelf(settings.folder / "visitors")
        self._board = Board()
        self._tickets: dict[tuple[str, str], Ticket] = {}
        self._followers: set[asyncio.Task[None]] = set()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._closing = False

    async def open(self) -> None:
        """Go on with what was under way when the last process ended."""
        async for job in self._a2e.unfinished():
            tag = dict(job.tag)
            self._follow(tag.pop("visitor"), Card(**tag), job)
        await run_sync(self._shelf.remove_orphans, self._tickets.keys())

    def hang_up(self) -> None:
        """End the events of all pages, which would keep a server from stopping."""
        self._board.close()

    async def close(self) -> None:
        """Stop: what has begun may end for a moment, all else goes on at the next start."""
        self._closing = True
        self.hang_up()
        await self._a2e.drain(timeout=self.settings.drain)
        await self._a2e.aclose()
        for follower in self._followers:
            follower.cancel()
        await asyncio.gather(*self._followers, return_exceptions=True)

    async def take_picture(self, visitor: str, card: str, parts: AsyncIterable[bytes]) -> None:
        """Keep the picture of an order that comes next.

        Args:
            visitor: who sends it.
            card: id of the order.
            parts: the picture as it comes; no more of it is read than is allowed.

        Raises:
            Refusal: it is too large, or no picture.
        """
        check_id(card)
        most = self.settings.most_picture
        words = f"Choose a picture of up to {most / 2**20:g} MB."
        data = await _read(parts, most, Refusal(413, words, field="picture"))
        suffix = suffix_of(data[:16])
        async with self._turn(visitor):
            if await self._known(visitor, card) is None:
                await run_sync(self._shelf.keep_upload, visitor, card, suffix, data)

    async def order(self, visitor: str, parts: AsyncIterable[bytes]) -> Card:
        """Take an order. The same id again gives the same card, and nothing is paid twice.

        Args:
            visitor: who orders.
            parts: the form's fields as JSON, and ``id``, which the page makes for each order.

        Returns:
            The card to show.

        Raises:
            Refusal: a field that cannot be, or too many orders at once.
        """
        fields = fields_of(await _read(parts, MOST_FORM, Refusal(413, "This is too much text.")))
        card = check_id(fields.get("id"))
        # One after the other: a double click is two requests at the same moment.
        async with self._turn(visitor):
            return await self._known(visitor, card) or await self._begin(visitor, card, fields)

    async def cancel(self, visitor: str, card: str) -> bool:
        """Cancel an order that has not begun.

        Returns:
            Whether it is cancelled, and costs nothing; False if it is too late.
        """
        ticket = self._tickets.get((visitor, card))
        return ticket is not None and await ticket.job.cancel()

    def events(self, visitor: str) -> AsyncGenerator[bytes, None]:
        """Write server-sent events of all that a visitor has ordered."""

        async def ended() -> list[Card]:
            return await run_sync(self._shelf.all_of, visitor)

        return self._board.events(visitor, ended, heartbeat=self.settings.heartbeat)

    async def file(self, visitor: str, card: str, name: str) -> Path:
        """Find a result.

        Raises:
            Refusal: the visitor has none of this name.
        """
        found = await run_sync(self._shelf.file, visitor, check_id(card), name)
        if found is None:
            raise Refusal(404, "There is no such file.")
        return found

    def _turn(self, visitor: str) -> asyncio.Lock:
        return self._turns.setdefault(visitor, asyncio.Lock())

    async def _known(self, visitor: str, card: str) -> Card | None:
        under_way = self._board.under_way(visitor).get(card)
        return under_way or await run_sync(self._shelf.find, visitor, card)

    async def _begin(self, visitor: str, name: str, fields: Mapping[str, Any]) -> Card:
        order = Order.read(fields)
        picture = await run_sync(self._shelf.upload, visitor, name)
        request = order.request(picture)
        if len(self._board.under_way(visitor)) >= self.settings.most_open:
            raise Refusal(429, "Please wait until some of your orders are done.")
        card = Card(
            id=name, kind=order.kind, title=order.prompt.strip()[:_TITLE], created=time.time()
        )
        tag = {"visitor": visitor} | _lasting(card)
        try:
            job = await self._a2e.enqueue(
                request, key=f"web:{visitor}:{name}", tag=tag, group=f"visitor:{visitor}"
            )
        except A2EError as error:
            _log.exception("an order was not kept")
            raise Refusal(503, describe(error)) from error
        return self._follow(visitor, card, job)

    def _follow(self, visitor: str, card: Card, job: QueuedJob[Any]) -> Card:
        ticket = Ticket(visitor=visitor, card=card.following(job.snapshot), job=job)
        self._tickets[ticket.visitor, ticket.card.id] = ticket
        self._board.put(ticket.visitor, ticket.card)
        follower = asyncio.create_task(self._see_through(ticket))
        self._followers.add(follower)
        follower.add_done_callback(self._followers.discard)
        return ticket.card

    async def _see_through(self, ticket: Ticket) -> None:
        """Show a job to its visitor until its result is here, and only then let go of it."""
        for pause in _pauses(self.settings.again):
            try:
                await self._hand_over(ticket, await self._end_of(ticket))
            except Exception as error:  # noqa: BLE001  (whatever it is, a paid result is not let go)
                if self._closing:
                    return
                _log.exception("an order is not done yet")
                text = _FETCHING_AGAIN if ticket.job.done else describe(error)
                shown = self._board.under_way(ticket.visitor)[ticket.card.id]
                self._board.put(ticket.visitor, attrs.evolve(shown, text=text))
                await asyncio.sleep(pause)
            else:
                return

    async def _end_of(self, ticket: Ticket) -> Card:
        """Follow a job to its end.

        Raises:
            A2EError: the wait was broken off, or the result could not be fetched yet.
        """
        card, job = ticket.card, ticket.job
        try:
            async for seen in job.watch(every=self.settings.every, timeout=None):
                card = card.following(seen)
                self._board.put(ticket.visitor, card)
        except JobCancelled as error:
            return card.ended("cancelled", describe(error))
        except A2EError as error:
            if not (job.done or isinstance(error, JobNotFound)):
                raise
            return card.ended("failed", describe(error))
        if job.status is not JobStatus.COMPLETED:
            return card.ended("failed", describe(job))
        try:
            files = await job.download(self._shelf.place(ticket.visitor, card.id), stem="result")
        except DownloadFailed as error:
            if time.time() - card.created < _RESULTS_LIVE:
                raise
            return card.ended("failed", describe(error))
        return card.ended("done", _DONE, [file.name for file in files])

    async def _hand_over(self, ticket: Ticket, card: Card) -> None:
        await run_sync(self._shelf.keep, ticket.visitor, card)
        await ticket.job.acknowledge()
        self._tickets.pop((ticket.visitor, card.id), None)
        self._board.settle(ticket.visitor, card)


async def _read(parts: AsyncIterable[bytes], most: int, too_much: Refusal) -> bytes:
    data = bytearray()
    async for part in parts:
        data += part
        if len(data) > most:
            raise too_much
    return bytes(data)


def _lasting(card: Card) -> dict[str, Any]:
    return {name: getattr(card, name) for name in ("id", "kind", "title", "created")}


def _pauses(first: float) -> Iterator[float]:
    pause = first
    while True:
        yield pause
        pause = min(2 * pause, 300.0)
