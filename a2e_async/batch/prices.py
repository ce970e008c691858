"""What a start is likely to cost, before it is made."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Any, TypeAlias

import anyio
import attrs

from a2e_async import clock, logs
from a2e_async.batch.shape import shape_of
from a2e_async.durable.reservation import Reservation
from a2e_async.errors import A2EError, AuthenticationFailed
from a2e_async.http.retry import is_transient
from a2e_async.http.session import Session
from a2e_async.resources.account import Account
from a2e_async.tasks.request import Request

_log = logs.get("a2e_async.batch")

Estimate: TypeAlias = float | Mapping[str, float] | None

_MOST_SHAPES = 10_000
"""Prices of so many shapes of requests are remembered at the most."""
_ASK_SOON = 5.0
_ASK_AGAIN = 600.0
"""Seconds before a quote that could not be had is asked for anew, where a price was seen."""


@attrs.define
class _Known:
    seen: float | None = None
    quoted: float | None = None
    ask_at: float = 0.0
    on_trial: bool = False
    tried: bool = False


class Prices:
    """The prices of one batch: seen in answers, quoted by the service, or stated by the caller."""

    def __init__(self, session: Session, estimate: Estimate, *, asks: bool) -> None:
        """Prepare.

        Args:
            session: where quotes are asked for.
            estimate: coins of a start, or of a start by product, where nothing else tells.
            asks: whether quotes are asked for at all.
        """
        self._account = Account(session)
        self._estimate = estimate
        self._asks = asks
        self._known: OrderedDict[Hashable, _Known] = OrderedDict()
        self._locks: dict[Hashable, anyio.Lock] = {}

    def shape(self, request: Request[Any]) -> Hashable:
        """Give what the price of a start depends on; None where no prices are needed."""
        return shape_of(request) if self._asks else None

    async def of(self, request: Request[Any], shape: Hashable) -> float | None:
        """Tell what a start is likely to cost.

        Args:
            request: the request.
            shape: its shape.

        Returns:
            Coins: the higher one of the service's quote and the last price that such a request
            had, or before there was one the caller's estimate; None where nothing is known.

        Raises:
            A2EError: nothing else is known, and the quote may be had later; or the token is bad.
        """
        stated = self._stated(request.product.kind)
        if shape is None:
            return stated
        known = self._of_shape(shape)
        if known.quoted is None and clock.now() >= known.ask_at:
            error = await self._ask(shape, known, request)
            if isinstance(error, AuthenticationFailed) or (
                error is not None and known.seen is None and stated is None
            ):
                raise error
        # A quote may be for something cheaper; what such a request has cost says more.
        other = stated if known.seen is None else known.seen
        told = [coins for coins in (other, known.quoted) if coins is not None]
        return max(told, default=None)

    def is_on_trial(self, shape: Hashable) -> bool:
        """Tell whether a start is under way that will tell what the caller only estimates."""
        return shape is not None and self._of_shape(shape).on_trial

    def reservation(self, shape: Hashable, coins: float) -> Reservation:
        """Make the reservation of a start; the first one of its shape is a trial."""
        if shape is None:
            return Reservation(coins, None)
        known = self._of_shape(shape)
        is_trial = known.seen is None and not known.tried
        known.on_trial = known.on_trial or is_trial
        return Reservation(coins, shape, is_trial)

    def settle(self, reservation: Reservation, told: float | None, *, started: bool) -> None:
        """Take in what the answer to a start says that it has cost.

        Args:
            reservation: the reservation.
            told: coins; None where the answer does not tell.
            started: whether there is a task, or may be. Its price may be told in the end only.
        """
        if told:
            self.learn(reservation, told)
        elif not started and reservation.is_trial:
            self._of_shape(reservation.shape).on_trial = False

    def learn(self, reservation: Reservation, coins: float | None) -> None:
        """Take in what a task has cost in the end; None where nothing tells."""
        if reservation.shape is None:
            return
        known = self._of_shape(reservation.shape)
        if coins is not None:
            known.seen = coins
        if reservation.is_trial:
            known.on_trial, known.tried = False, True

    def _of_shape(self, shape: Hashable) -> _Known:
        known = self._known.get(shape)
        if known is None:
            known = self._known[shape] = _Known()
            if len(self._known) > _MOST_SHAPES:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(shape)
        return known

    def _stated(self, kind: str) -> float | None:
        if isinstance(self._estimate, Mapping):
            return self._estimate.get(kind)
        return self._estimate

    async def _ask(self, shape: Hashable, known: _Known, request: Request[Any]) -> A2EError | None:
        """Ask for a quote; give an error that tells nothing of the price."""
        # Requests of one shape that come together share one question.
        lock = self._locks.setdefault(shape, anyio.Lock())
        try:
            async with lock:
                if known.quoted is None and clock.now() >= known.ask_at:
                    return await self._quote(known, request)
        finally:
            if not lock.statistics().tasks_waiting:
                self._locks.pop(shape, None)
        return None

    async def _quote(self, known: _Known, request: Request[Any]) -> A2EError | None:
        try:
            coins = (await self._account.quote(request)).coins
        except A2EError as error:
            kind = request.product.kind
            _log.info("%s: no quote: %s", kind, error, kind=kind)
            if is_transient(error) or isinstance(error, AuthenticationFailed):
                pause = _ASK_SOON if known.seen is None else _ASK_AGAIN
                known.ask_at = clock.now() + pause
                return error
            coins = None
        known.quoted = None if coins is None or coins < 0 else coins
        known.ask_at = float("inf")
        return None
