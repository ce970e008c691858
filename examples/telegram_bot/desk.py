"""Takes requests in, and tells of them. What it does touches the store only, not Telegram."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs

from a2e_async import A2E, QueuedJob
from a2e_async.tasks.request import Request
from examples.telegram_bot import words
from examples.telegram_bot.delivery import Delivery
from examples.telegram_bot.limits import Account, Prices, today
from examples.telegram_bot.settings import Settings
from examples.telegram_bot.tickets import Ticket, group_of


class Refused(Exception):
    """A request that is not taken, with a text for the person who asked."""


@attrs.frozen
class Cancelled:
    """What became of the wish to cancel.

    Attributes:
        stopped: jobs that never start now, and cost nothing.
        going_on: jobs that were started already, and go on.
    """

    stopped: int = 0
    going_on: int = 0


class Desk:
    """Takes the requests of all people in."""

    def __init__(self, a2e: A2E, settings: Settings, delivery: Delivery) -> None:
        """Keep what it works with."""
        self._a2e = a2e
        self._settings = settings
        self._delivery = delivery
        self._prices = Prices(a2e)
        # Without turns, two requests at once could both take a person's last place.
        self._turn = asyncio.Lock()

    async def take(self, request: Request[Any], *, person: int, ticket: Ticket) -> None:
        """Keep a request in the store; it is started, followed and handed over by itself.

        Args:
            request: the request.
            person: id of who asks.
            ticket: where it was asked for. A ticket that was taken before changes nothing.

        Raises:
            Refused: it is more than the person may ask for.
            A2EError: the store cannot be written.
        """
        async with self._turn:
            group = group_of(person)
            if not await self.knows(person, ticket.key):
                self._check(await self._account(group), await self._prices.of(request), ticket)
            job = await self._a2e.enqueue(request, key=ticket.key, tag=ticket.tag(), group=group)
        self._delivery.follow(job)

    async def knows(self, person: int, key: str) -> bool:
        """Tell whether a person's request was taken, and is not handed over yet."""
        return any(job.key == key for job in await self.jobs(person))

    def _check(self, account: Account, price: float, ticket: Ticket) -> None:
        tell = words.language(ticket.language)
        if account.open >= self._settings.per_person:
            raise Refused(tell(words.TOO_MANY).format(count=account.open))
        left = account.left(self._settings.coins_per_day)
        if price > left or not left:
            raise Refused(tell(words.NO_COINS).format(price=price, left=left))

    async def _account(self, group: str) -> Account:
        jobs = [job async for job in self._a2e.unfinished(group=group)]
        waiting = [job.request for job in jobs if not job.started and not job.done]
        return Account(
            open=sum(not job.snapshot.done and not Ticket.read(job).doubtful for job in jobs),
            spent=await self._a2e.spent(group=group, since=today()),
            planned=sum([await self._prices.of(request) for request in waiting]),
        )

    async def jobs(self, person: int) -> list[QueuedJob[Any]]:
        """Give the jobs of a person that are not handed over yet, oldest first."""
        return [job async for job in self._a2e.unfinished(group=group_of(person))]

    async def cancel(self, person: int, key: str | None = None) -> Cancelled:
        """Cancel a person's jobs that have not been started.

        Args:
            person: id of who asks.
            key: the key of one job; left out, all of them.
        """
        wanted = [
            job
            for job in await self.jobs(person)
            if not job.done and key in (None, Ticket.read(job).key)
        ]
        stopped = [await job.cancel() for job in wanted]
        return Cancelled(stopped=stopped.count(True), going_on=stopped.count(False))
