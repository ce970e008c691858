"""The account: what is left to spend, what things cost, what was spent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, overload

import attrs

from a2e_async import wire
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.operation import Operation, carries_out
from a2e_async.http.paging import check_page_size, walk
from a2e_async.http.retry import Effect
from a2e_async.resources import listing
from a2e_async.resources.ledger import Balance, Exchange, Quote, Transaction
from a2e_async.resources.resource import Resource
from a2e_async.tasks import checks, media
from a2e_async.tasks.request import Request

_COINS = Operation("GET", "/api/v1/user/remainingCoins")
_QUOTE = Operation("POST", "/api/v1/generation/quote")
_HISTORY = Operation("GET", "/api/v1/transactionRecord/creditsHistory")
_EXCHANGE = Operation("POST", "/api/v1/user/exchangeDiamonds")
_PUBLIC_POOL = Operation("POST", "/api/v1/video/auto-public-pool")

COINS_PER_DIAMOND = 100
_LARGEST_PAGE = 100
_LOCAL_MEDIA = "https://example.com/local-media"


class Account(Resource):
    """The account of the token. Reached from the client: ``a2e.account``."""

    @carries_out(_COINS)
    async def coins(self) -> float | int:
        """Tell the coins that are left (``GET /api/v1/user/remainingCoins``).

        Returns:
            Coins.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        return (await self.balance()).coins

    @carries_out(_COINS)
    async def balance(self) -> Balance:
        """Tell the coins and diamonds that are left (``GET /api/v1/user/remainingCoins``).

        Returns:
            The balance.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        answer = await self._session.call(_COINS.call())
        told = answer.data if isinstance(answer.data, dict) else {"coins": answer.data}
        coins = wire.read_number(told.get("coins"))
        if coins is None:
            raise listing.unexpected(answer, "the answer holds no number of coins")
        diamonds = wire.read_number(told.get("diamonds"))
        return Balance(coins=coins, diamonds=diamonds, raw=answer.data)

    @overload
    async def quote(self, request: Request[Any]) -> Quote: ...

    @overload
    async def quote(self, request: str, body: Mapping[str, Any]) -> Quote: ...

    @carries_out(_QUOTE)
    async def quote(
        self, request: Request[Any] | str, body: Mapping[str, Any] | None = None
    ) -> Quote:
        """Estimate what a task would cost (``POST /api/v1/generation/quote``). Nothing is charged.

        Nothing is uploaded either: in place of local media a made-up address is sent. Where the
        price goes by the media, as by the length of a video, give URLs.

        The service looks at the fields of the price only. A quote does not say that the request
        would be accepted.

        Args:
            request: the request, such as ``TextToImage(prompt="a lake")``; or the path of a start,
                such as ``/api/v1/userText2Image/start``.
            body: with a path, the start's JSON object with the service's own field names.

        Returns:
            The quote.

        Raises:
            TypeError: an argument of the wrong type, or a body beside a request.
            ValueError: a path that is none.
            InvalidRequest: the service gives no quotes for this.
            APIError: it refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        endpoint, asked = _quoted(request, body)
        call = _QUOTE.call(json={"endpoint": endpoint, "requestBody": asked})
        answer = await self._session.call(call)
        told = answer.data
        if wire.read_number(told) is not None:
            told = {"coins": told}
        if not isinstance(told, dict):
            raise listing.unexpected(answer, "the answer holds no quote")
        return listing.read(told, Quote)

    @carries_out(_HISTORY)
    async def history(
        self,
        *,
        is_consumption: bool | None = None,
        start_date: datetime | str | None = None,
        end_date: datetime | str | None = None,
        page_size: int = 50,
    ) -> AsyncIterator[Transaction]:
        """Go through the changes of the balance (``GET /api/v1/transactionRecord/creditsHistory``).

        Args:
            is_consumption: True for spending only, False for income only.
            start_date: the earliest moment, itself included: a `datetime` with a time zone, or the
                same as ISO 8601 text.
            end_date: the latest moment, itself included.
            page_size: transactions in one request, 1 to 100.

        Yields:
            The transactions, in the service's order.

        Raises:
            TypeError: an argument of the wrong type.
            ValueError: one out of bounds, or a moment without a time zone.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        check_page_size(page_size, _LARGEST_PAGE)
        filters = {"startDate": _moment("start_date", start_date)}
        filters["endDate"] = _moment("end_date", end_date)
        if is_consumption is not None:
            checks.Flag().check("is_consumption", is_consumption)
            filters["is_consumption"] = "true" if is_consumption else "false"
        given = {name: value for name, value in filters.items() if value is not None}

        async def read(number: int) -> list[Transaction]:
            params = {"pageNum": str(number), "pageSize": str(page_size), **given}
            answer = await self._session.call(_HISTORY.call(params=params))
            return [listing.read(item, Transaction) for item in listing.items(answer)]

        # Two spendings may be alike where the service gives them no ids.
        async for transaction in walk(read, listing.key_of, twins=True):
            yield transaction

    @carries_out(_EXCHANGE)
    async def exchange_diamonds(self, diamonds: int) -> Exchange:
        """Buy diamonds for 100 coins each (``POST /api/v1/user/exchangeDiamonds``).

        There is no way back. It is never sent twice.

        Args:
            diamonds: how many to buy, at least 1.

        Returns:
            What was bought. `balance` tells what is left.

        Raises:
            TypeError: no whole number.
            ValueError: less than 1.
            InsufficientCoins: there are too few coins.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
            SubmitUncertain: the answer was lost; the diamonds may have been bought.
        """
        checks.Integer(1).check("diamonds", diamonds)
        call = _EXCHANGE.call(json={"diamonds": diamonds})
        with uncertain_if_lost(f"{diamonds} diamonds may have been bought", call.json):
            answer = await self._session.call(call, effect=Effect.START)
        return Exchange(diamonds=diamonds, coins=diamonds * COINS_PER_DIAMOND, raw=answer.data)

    @carries_out(_PUBLIC_POOL)
    async def auto_public_pool(self, enabled: bool) -> bool:  # noqa: FBT001  (the one argument)
        """Let tasks go over to the public machines (``POST /api/v1/video/auto-public-pool``).

        This is for accounts with machines of their own.

        Args:
            enabled: whether tasks may go over.

        Returns:
            The setting that is stored now.

        Raises:
            TypeError: neither True nor False.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        checks.Flag().check("enabled", enabled)
        answer = await self._session.call(_PUBLIC_POOL.call(json={"isAutoToPublicPool": enabled}))
        told = answer.data
        stored = wire.read_flag(told.get("isAutoToPublicPool") if isinstance(told, dict) else told)
        if stored is None:
            raise listing.unexpected(answer, "the answer does not tell the setting")
        return stored


def _quoted(
    request: Request[Any] | str, body: Mapping[str, Any] | None
) -> tuple[str, Mapping[str, Any]]:
    if isinstance(request, Request):
        if body is not None:
            raise TypeError("body: a request has its own, got one beside it")
        return request.product.start, _body_of(request)
    if not isinstance(request, str):
        raise TypeError(
            f"request: expected a request such as TextToImage(…) or a path, got {request!r}"
        )
    if not request.removeprefix("POST ").startswith("/"):
        raise ValueError(
            f"request: expected a path such as /api/v1/userText2Image/start, got {request!r}"
        )
    checks.JsonObject().check("body", body)
    return request, dict(body or {})


def _body_of(request: Request[Any]) -> dict[str, Any]:
    changes = {}
    for name in media.media_fields(type(request)):
        value = getattr(request, name)
        local = dict.fromkeys((place for place, _ in media.local_media(name, value)), _LOCAL_MEDIA)
        changes[name] = media.with_urls(name, value, local)
    return wire.unstructure(attrs.evolve(request, **changes))


def _moment(field: str, value: datetime | str | None) -> str | None:
    if value is None:
        return None
    allowed = f"{field}: expected a datetime with a time zone, or the same as ISO 8601 text"
    if not isinstance(value, (datetime, str)):
        raise TypeError(f"{allowed}, got {value!r}")
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        utc = None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        utc = None
    if utc is None:
        raise ValueError(f"{allowed}, got {value!r}")
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
