"""What the rows of a manifest would cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from a2e_async import A2E, BudgetExceeded
from a2e_async.batch.outcome import Outcome
from a2e_async.cli import meter
from a2e_async.cli.batch_options import Plan
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
        unknown: how many have no price that somebody knows.
        least: the lowest price.
        most: the highest one.
        coins: all prices together.
    """

    kind: str
    rows: int = 0
    unknown: int = 0
    least: float | None = None
    most: float | None = None
    coins: float = 0

    def add(self, coins: float | None) -> None:
        self.rows += 1
        if coins is None:
            self.unknown += 1
            return
        self.coins += coins
        self.least = coins if self.least is None else min(self.least, coins)
        self.most = coins if self.most is None else max(self.most, coins)

    @property
    def each(self) -> str:
        if self.least is None or self.most is None:
            return "unknown"
        least = meter.number(self.least)
        return least if self.least == self.most else f"{least} to {meter.number(self.most)}"


_COLUMNS: Sequence[Column[_Priced]] = (
    Column(title="kind", value=lambda row: row.kind),
    Column(title="rows", value=lambda row: row.rows, right=True),
    Column(title="coins each", value=lambda row: row.each, right=True),
    Column(title="unknown", value=lambda row: row.unknown or "", right=True),
    Column(title="coins", value=lambda row: meter.number(row.coins), right=True),
)


@attrs.define(eq=False)
class _Quote:
    kinds: dict[str, _Priced] = attrs.field(factory=dict)
    errors: list[tuple[str, Exception]] = attrs.field(factory=list)
    beyond: int = 0

    def add(self, outcome: Outcome) -> None:
        kind: str = outcome.request.product.kind
        if isinstance(outcome.error, BudgetExceeded):
            self.beyond += 1
        elif outcome.error is not None:
            self.errors.append((outcome.key, outcome.error))
        self.kinds.setdefault(kind, _Priced(kind)).add(outcome.coins)

    @property
    def coins(self) -> float:
        return sum(kind.coins for kind in self.kinds.values())

    @property
    def unknown(self) -> int:
        return sum(kind.unknown for kind in self.kinds.values()) - self.beyond

    def as_dict(self) -> dict[str, Any]:
        return {"coins": self.coins, "unknown": self.unknown, "beyond_budget": self.beyond}


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
    found = sorted(quote.kinds.values(), key=lambda priced: priced.kind)
    shell.out.table(found, _COLUMNS, attrs.asdict)
    shell.out.flush()
    _tell(shell, rows, quote, plan)


def _tell(shell: Shell, rows: Manifest, quote: _Quote, plan: Plan) -> None:
    shell.failed(quote.errors, len(rows))
    more = " at least" if quote.unknown or quote.beyond else ""
    text = f"{rows.source}: {count(len(rows), 'row')},{more} {meter.number(quote.coins)} coins"
    shell.out.say(text, style="bold", quote={"rows": len(rows), **quote.as_dict()})
    if quote.unknown:
        shell.out.say(
            f"nothing tells what {count(quote.unknown, 'row')} would cost: the service quotes no "
            "price for them. State it with --estimate KIND=COINS"
        )
    if quote.beyond:
        assert plan.budget is not None
        budget = meter.number(plan.budget)
        shell.out.say(f"{count(quote.beyond, 'row')} would go beyond the budget of {budget} coins")
        shell.code = ExitCode.COINS
