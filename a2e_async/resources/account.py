"""The account: what is left to spend."""

from __future__ import annotations

from a2e_async import wire
from a2e_async.http.call import Call
from a2e_async.http.session import Session
from a2e_async.resources import listing


class Account:
    """The account of the token. Reached from the client: ``a2e.account``."""

    def __init__(self, session: Session) -> None:
        """Ask over this session."""
        self._session = session

    async def coins(self) -> float | int:
        """Tell the coins that are left (``GET /api/v1/user/remainingCoins``).

        Returns:
            Coins.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        answer = await self._session.call(Call("GET", "/api/v1/user/remainingCoins"))
        data = answer.data
        coins = wire.read_number(data.get("coins") if isinstance(data, dict) else data)
        if coins is None:
            raise listing.unexpected(answer, "the answer holds no number of coins")
        return coins
