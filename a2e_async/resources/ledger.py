"""Coins as the account tells of them: a balance, a price, a change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from a2e_async.wire import named


@attrs.frozen(kw_only=True)
class Balance:
    """What is left to spend.

    Attributes:
        coins: coins.
        diamonds: diamonds, which pay for the continued training of an avatar.
        raw: what the service answered.
    """

    coins: int | float
    diamonds: int | float | None = None
    raw: Any = attrs.field(default=None, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class Quote:
    """What a task would cost.

    Attributes:
        coins: the estimate; None where the answer has none under a name that is known. The service
            does not document the name: look at ``raw`` then.
        generation_request_validated: False where nothing but the price's own fields was checked.
        raw: what the service answered.
    """

    coins: int | float | None = attrs.field(
        default=None,
        metadata=named(
            *("coins", "credits", "cost", "price", "amount", "total"),
            *("estimatedCoins", "estimatedCredits", "estimated_coins", "estimated_credits"),
            *("totalCoins", "totalCredits", "total_coins", "total_credits", "estimate", "quote"),
        ),
    )
    generation_request_validated: bool | None = attrs.field(
        default=None, metadata=named("generationRequestValidated")
    )
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class Transaction:
    """A change of the balance.

    Attributes:
        id: its id.
        amount: coins: above 0 a grant or a purchase, below 0 a use.
        reason: what it was for, where the service tells it under a name that is known.
        created_at: when it was booked, which may be some seconds late.
        raw: the service's JSON object, whose fields are not documented.
    """

    id: str | None = attrs.field(default=None, metadata=named("_id", "id"))
    amount: int | float | None = attrs.field(
        default=None, metadata=named("amount", "coins", "credits", "coin", "credit", "value")
    )
    reason: str | None = attrs.field(
        default=None, metadata=named("reason", "description", "remark", "type")
    )
    created_at: datetime | None = attrs.field(default=None, metadata=named("createdAt"))
    raw: dict[str, Any] = attrs.field(factory=dict, repr=False, hash=False)


@attrs.frozen(kw_only=True)
class Exchange:
    """Diamonds that were bought.

    Attributes:
        diamonds: how many.
        coins: what they cost by the documented price.
        raw: what the service answered, which is not documented.
    """

    diamonds: int
    coins: int
    raw: Any = attrs.field(default=None, repr=False, hash=False)
