"""The account: what is left to spend."""

from __future__ import annotations

from a2e_async import wire
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.session import Session
from a2e_async.resources import listing

_COINS = Operation("GET", "/api/v1/user/remainingCoins")


class Account:
    """The account of the token. Reached from the client: ``a2e.account``."""

    def __init__(self, session: Session) -> None:
        """Ask over this session."""
        self._session = session

    @carries_out(_COINS)
    async def coins(self) -> float | int:
        """Tell the coins that are left (``GET /api/v1/user/remainingCoins``).

        Returns:
            Coins.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        answer = await self._session.call(_COINS.call())
        data = answer.data
        coins = wire.read_number(data.get("coins") if isinstance(data, dict) else data)
        if coins is None:
            raise listing.unexpected(answer, "the answer holds no number of coins")
        return coins
