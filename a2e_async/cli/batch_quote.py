"""What the rows of a manifest would cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from a2e_async import A2E, BudgetExceeded
from a2e_async.batch.outcome import Outcome
from a2e_async.cli import exits, messages, meter
from a2e_async.cli.batch_errors import blame
from a2e_async.cli.batch_plan import Plan
from a2e_async.cli.exits import ExitCode
from a2e_async.cli.manifest import Manifest
from a2e_async.cli.output import Column, count
from a2e_async.cli.shell import Shell


@attrs.define(eq=False)
class _Priced:
    """The rows of a product.

    Attributes:
        kind: the product.
        rows: how many there are.
        not_asked: for how many the service could not be asked.
        unknown: how many have no price that somebody knows.
        least: the lowest price.
        most: the highest one.
        coins: all prices together.
    """

    kind: str
    rows: int = 0
    not_asked: int = 0
    unknown: int = 0
    least: float | None = None
    most: float | None = None
    coins: float = 0

    def add(self, coins: float | None, error: Exception | None) -> None:
        self.rows += 1
        if coins is None:
            self.unknown += error is None
            self.not_asked += error is not None
            return
        self.coins += coins
        self.least = coins if self.least is None else min(self.least, coins)
        self.most = coins if self.most is None else max(self.most, coins)

    @property
    def each(self) -> str:
        if self.least is None or self.most is None:
            return "unknown"
        least = messages.number(self.least)
        return least if self.least == self.most else f"{least} to {messages.number(self.most)}"


def _rows(row: _Priced) -> str:
    return messages.number(row.rows)


_COLUMNS: Sequence[Column[_Priced]] = (
    Column(title="kind", value=lambda row: row.kind),
    Column(title="rows", value=lambda row: row.rows, shown=_rows, right=True),
    Column(title="coins each", value=lambda row: row.each, right=True),
    Column(title="unknown", value=lambda row: row.unknown or "", right=True),
    Column(title="coins", value=lambda row: messages.number(row.coins), right=True),
)


@attrs.define(eq=False)
class _Quote:
    """What all rows would cost.

    Attributes:
        kinds: the rows of each product.
        errors: why some could not be asked for, each with its row.
        beyond: how many rows the budget does not cover.
        covered: coins of those that it covers.
    """

    kinds: dict[str, _Priced] = attrs.field(factory=dict)
    errors: list[tuple[str, Exception]] = attrs.field(factory=list)
    beyond: int = 0
    covered: float = 0

    def add(self, outcome: Outcome) -> None:
        kind: str = outcome.request.product.kind
        is_beyond = isinstance(outcome.error, BudgetExceeded)
        if is_beyond:
            self.beyond += 1
        elif outcome.error is not None:
            self.errors.append((outcome.key, outcome.error))
        else:
            self.covered += outcome.coins or 0
        error = None if is_beyond else outcome.error
        self.kinds.setdefault(kind, _Priced(kind)).add(outcome.coins, error)

    def settle(self) -> None:
        """Count as not asked for what nothing is known of after a question that failed."""
        for priced in self.kinds.values():
            if priced.not_asked:
                priced.not_asked += priced.unknown
                priced.unknown = 0

    @property
    def coins(self) -> float:
        return sum(kind.coins for kind in self.kinds.values())

    @property
    def unknown(self) -> int:
        return sum(kind.unknown for kind in self.kinds.values())

    @property
    def not_asked(self) -> int:
        return sum(kind.not_asked for kind in self.kinds.values())

    def as_dict(self) -> dict[str, Any]:
        return {
            "coins": self.coins,
            "unknown": self.unknown,
            "not_asked": self.not_asked,
            "beyond_budget": self.beyond,
            "covered": self.covered,
        }


def show(shell: Shell, rows: Manifest, plan: Plan) -> None:
    """Ask what checked rows would cost, and tell it. Nothing is started.

    Args:
        shell: what the command has in hand.
        rows: the rows.
        plan: the budget, and what is known of prices.
    """
    quote = _Quote()

    async def work(a2e: A2E) -> None:
        batch = a2e.batch(rows, budget=plan.budget, estimate=plan.estimate, dry_run=True)
        async with batch, meter.shown(shell.out, lambda: batch.progress, plan.budget):
            async for outcome in batch:
                quote.add(outcome)

    shell.run(work)
    quote.settle()
    found = sorted(quote.kinds.values(), key=lambda priced: priced.kind)
    shell.out.table(found, _COLUMNS, attrs.asdict)
    shell.out.flush()
    _tell(shell, rows, quote, plan)


def _tell(shell: Shell, rows: Manifest, quote: _Quote, plan: Plan) -> None:
    shell.failed(quote.errors, len(rows))
    more = " at least" if quote.unknown or quote.not_asked else ""
    price = f"{more} {messages.number(quote.coins)} coins"
    if quote.not_asked == len(rows):
        price = " the price could not be asked for"
        shell.code = exits.combined([error for _, error in quote.errors], len(quote.errors))
    text = f"{rows.source}: {count(len(rows), 'row')},{price}"
    shell.out.say(text, style="bold", quote={"rows": len(rows), **quote.as_dict()})
    for line in _advice(shell, quote):
        shell.out.say(line)
    if quote.beyond:
        assert plan.budget is not None
        covers = f"{count(len(rows) - quote.beyond, 'row')} for {messages.number(quote.covered)}"
        shell.out.say(
            f"the budget of {messages.number(plan.budget)} coins covers {covers}; "
            f"{count(quote.beyond, 'row')} would go beyond it"
        )
        shell.code = ExitCode.COINS


def _advice(shell: Shell, quote: _Quote) -> Iterator[str]:
    if quote.not_asked:
        yield from blame(Counter(type(error) for _, error in quote.errors), shell)
        yield "nothing was started; the same command asks again"
    if quote.unknown:
        yield (
            f"nothing tells what {count(quote.unknown, 'row')} would cost: the service quotes no "
            "price for them. State it with --estimate KIND=COINS"
        )
