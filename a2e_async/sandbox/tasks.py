"""One task of the sandbox: what was asked, what it cost, and where it stands at a moment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from a2e_async.sandbox.clock import SimulatedClock
    from a2e_async.sandbox.products import Media, Product


@attrs.define(eq=False)
class Task:
    """One task.

    Attributes:
        id: Its id, 24 hexadecimal digits.
        product: The product it belongs to.
        path: Catalogue path of the start.
        body: The body of the start.
        name: Its name, made up when none was given.
        coins: What was charged for it.
        number: Counts all tasks of the sandbox from 0; seeds the result.
        created: Simulated moment of the start, in seconds.
        begun: Simulated moment at which the present attempt began, later after a restart.
        duration: Simulated seconds until it ends.
        fails: Whether it ends in failure.
        failed_code: Code of the failure.
        failed_message: Text of the failure.
        hidden_until: Simulated moment before which details answer 404.
        deleted: Whether it was deleted.
        refunded: Whether its coins were given back.
        clock: Simulated time.
    """

    id: str
    product: Product = attrs.field(repr=lambda product: product.name)
    path: str
    body: Mapping[str, Any] = attrs.field(repr=False)
    name: str
    coins: int
    number: int
    created: float
    duration: float
    begun: float = attrs.field(
        default=attrs.Factory(lambda task: task.created, takes_self=True), kw_only=True
    )
    fails: bool = False
    failed_code: int = 0
    failed_message: str = ""
    hidden_until: float = 0.0
    deleted: bool = False
    refunded: bool = False
    clock: SimulatedClock = attrs.field(kw_only=True, repr=False)

    @property
    def kind(self) -> str:
        """Name of the product, the first segment of its paths."""
        return self.product.name

    @property
    def media(self) -> Media:
        """Kind of its result files."""
        return self.product.traits.made_of(self.body)

    @property
    def files(self) -> int:
        """How many result files it has once it has ended well."""
        traits = self.product.traits
        return int(self.body.get(traits.pages, traits.files)) if traits.pages else traits.files

    @property
    def status(self) -> str:
        """The status word at this moment."""
        return self.product.words.at(self.fraction(self.clock.now()), fails=self.fails)

    @property
    def ends(self) -> float:
        """Simulated moment of the end, in seconds."""
        return self.begun + self.duration

    def fraction(self, now: float) -> float:
        """Return the share of the duration that is over, 1 or more once the task has ended."""
        if self.duration <= 0:
            return math.inf
        return max(0.0, (now - self.begun) / self.duration)

    def updated(self, now: float) -> float:
        """Return the moment at which the current status word was entered."""
        return self.begun + self.duration * self.product.words.since(self.fraction(now))

    def waits(self, now: float) -> bool:
        """Tell whether the task still shows its first word: nothing was done for it yet."""
        words = self.product.words
        return words.at(self.fraction(now), fails=self.fails) == words.running[0]
