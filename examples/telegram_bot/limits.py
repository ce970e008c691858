"""How much one person may ask for."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import anyio
import attrs

from a2e_async import A2E, A2EError
from a2e_async.tasks.request import Request

_PRICE_KEPT_FOR = 3600.0
_QUOTED_WITHIN = 5.0


@attrs.frozen(kw_only=True)
class Account:
    """What one person has asked for.

    Attributes:
        open: requests that wait or are being made.
        spent: coins spent today.
        planned: coins of the requests that have not been started yet.
    """

    open: int
    spent: float
    planned: float

    def left(self, quota: float) -> float:
        """Tell the coins that are left of a quota."""
        return max(0.0, quota - self.spent - self.planned)


def today(now: datetime | None = None) -> datetime:
    """Tell when the day began, by the clock of UTC."""
    now = now or datetime.now(UTC)
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


class Prices:
    """What requests cost, asked once an hour for each product.

    The bot's requests of one product differ in what they show only, which costs the same.
    """

    def __init__(self, a2e: A2E) -> None:
        """Know no price yet."""
        self._a2e = a2e
        self._known: dict[str, tuple[float, float]] = {}

    async def of(self, request: Request[Any]) -> float:
        """Tell the coins of a request; 0 while the service tells no price."""
        kind = request.product.kind
        price, until = self._known.get(kind, (0.0, 0.0))
        if time.monotonic() < until:
            return price
        with anyio.move_on_after(_QUOTED_WITHIN):
            try:
                price = (await self._a2e.account.quote(request)).coins or 0.0
            except A2EError:
                # The last price is better than no bot.
                return price
            self._known[kind] = (price, time.monotonic() + _PRICE_KEPT_FOR)
        return price
