"""The state behind the routes: tasks and coins, without any I/O.

Nothing runs for a task: where it stands follows from the clock whenever somebody looks.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.dice import dice
from a2e_async.sandbox.faults import Effect
from a2e_async.sandbox.ledger import Ledger
from a2e_async.sandbox.prices import asked, price_of
from a2e_async.sandbox.replies import Refusal
from a2e_async.sandbox.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from a2e_async.sandbox.clock import SimulatedClock
    from a2e_async.sandbox.faults import Fault
    from a2e_async.sandbox.products import Product, Timing

RETENTION = 3 * 24 * 3600.0
"""Simulated seconds for which results live and lists show a task."""


class Service:
    """Tasks and coins of one sandbox.

    Attributes:
        clock: Simulated time.
        ledger: The account; read `coins` for the balance with due refunds.
        tasks: All tasks by id, deleted ones included.
        bells: A heap of the moments at which tasks with a webhook end.
        user: Id of the only user.
    """

    def __init__(
        self,
        clock: SimulatedClock,
        *,
        seed: int,
        coins: int,
        durations: Callable[[str], float] | float | None = None,
        retention: float = RETENTION,
    ) -> None:
        """Open an account.

        Args:
            clock: Simulated time.
            seed: Decides ids and durations.
            coins: First balance.
            durations: Simulated seconds of each task, or a function of the start's path; None
                draws them by product.
            retention: Simulated seconds for which lists show a task.
        """
        self.clock = clock
        self.retention = retention
        self.tasks: dict[str, Task] = {}
        self.bells: list[tuple[float, int, Task]] = []
        self._order = count()
        self._seed = seed
        self._durations = durations
        self._ids = dice(seed, "ids")
        self._timing = dice(seed, "timing")
        self._count = 0
        self._families: dict[str, dict[str, Task]] = {}
        self._refunds: list[tuple[float, int, Task]] = []
        self.user = self.new_id()
        self.ledger = Ledger(coins, self.new_id)

    @property
    def coins(self) -> int:
        """The balance now."""
        self._settle()
        return self.ledger.coins

    def new_id(self) -> str:
        """Draw an id: 24 hexadecimal digits, increasing like the service's own."""
        self._count += 1
        return f"{0x68000000 + self._count:08x}{self._ids.getrandbits(64):016x}"

    def start(
        self, product: Product, path: str, body: Mapping[str, Any], fault: Fault | None = None
    ) -> list[Task]:
        """Charge for the tasks a body asks for and make them.

        Args:
            product: The product.
            path: Catalogue path of the start.
            body: The valid body.
            fault: What was drawn for this start; concerns its tasks when it is about tasks.

        Returns:
            The tasks, at least one.

        Raises:
            Refusal: There are not enough coins; nothing was made then.
        """
        self._settle()
        number, price = asked(product, body), price_of(product, path, body)
        self.charge(number * price, path)
        return [self._make(product, path, body, price, fault) for _ in range(number)]

    def restart(
        self, task: Task, path: str, price: int, timing: Timing, fault: Fault | None = None
    ) -> None:
        """Charge for another attempt at a task and let it run again.

        Args:
            task: The task.
            path: Catalogue path of the operation.
            price: Coins.
            timing: How long it takes, unless the sandbox was told.
            fault: What was drawn for the request.

        Raises:
            Refusal: There are not enough coins; the task stays as it was.
        """
        self._settle()
        self.charge(price, path)
        task.coins += price
        task.begun, task.duration = self.clock.now(), self._duration(timing, path)
        task.fails, task.failed_code, task.failed_message = False, 0, ""
        if fault is not None:
            _befall(task, fault)
        self._hang_bell(task)

    def charge(self, coins: int, reason: str) -> None:
        """Take coins.

        Raises:
            Refusal: There are not enough; none were taken then.
        """
        if not self.ledger.charge(coins, reason, self.clock.now()):
            raise Refusal("Insufficient coins")

    def runs(self, product: Product) -> bool:
        """Tell whether a task of the product is under way."""
        now = self.clock.now()
        return any(task.fraction(now) < 1 for task in self.listed(product))

    def find(self, product: Product | None, task_id: object) -> Task | None:
        """Return a task of the product by id; None if unknown, deleted or another product's."""
        task = self.tasks.get(task_id) if isinstance(task_id, str) else None
        return task if task and not task.deleted and task.product is product else None

    def listed(self, product: Product) -> Iterator[Task]:
        """Walk over the tasks that lists show, newest first."""
        return reversed(self._fresh(product).values())

    def count(self, product: Product) -> int:
        """Return how many tasks lists show."""
        return len(self._fresh(product))

    def delete(self, task: Task) -> None:
        """Delete a task.

        Raises:
            Refusal: The product does not let go of a task under way.
        """
        now = self.clock.now()
        traits = task.product.traits
        if traits.guarded and task.fraction(now) < 1 and not task.waits(now):
            raise Refusal("The task is being processed and cannot be deleted")
        if traits.cancels and task.waits(now):
            self._refund(task, now)
        task.deleted = True
        self._families[task.kind].pop(task.id, None)

    def ringing(self) -> Iterator[Task]:
        """Take the tasks with a webhook that have ended since the last time, oldest end first.

        A task that was deleted rings no more, and one that was begun anew when it ends again.
        """
        now = self.clock.now()
        while self.bells:
            moment, _, task = self.bells[0]
            rings = moment == task.ends and not task.deleted
            if rings and task.fraction(now) < 1:
                return
            heappop(self.bells)
            if rings:
                yield task

    def _make(
        self,
        product: Product,
        path: str,
        body: Mapping[str, Any],
        price: int,
        fault: Fault | None,
    ) -> Task:
        now = self.clock.now()
        task_id = self.new_id()
        task = Task(
            id=task_id,
            product=product,
            path=path,
            body=body,
            name=str(body.get("name") or body.get("title") or f"Untitled {task_id[-6:]}"),
            coins=price,
            number=len(self.tasks),
            created=now,
            duration=self._duration(product.traits.timing, path),
            clock=self.clock,
        )
        _expire(task)
        if fault is not None:
            _befall(task, fault)
        self._keep(task)
        return task

    def _keep(self, task: Task) -> None:
        self.tasks[task.id] = task
        self._families.setdefault(task.kind, {})[task.id] = task
        self._hang_bell(task)
        if task.fails and task.product.traits.refund:
            heappush(self._refunds, (task.ends, task.number, task))

    def _hang_bell(self, task: Task) -> None:
        if task.body.get("webhook_url"):
            heappush(self.bells, (task.ends, next(self._order), task))

    def _duration(self, timing: Timing, path: str) -> float:
        drawn = timing.draw(self._timing)
        if self._durations is None:
            return drawn
        return self._durations(path) if callable(self._durations) else self._durations

    def _fresh(self, product: Product) -> dict[str, Task]:
        """Forget the expired tasks at the old end, which costs nothing where there are none."""
        family = self._families.setdefault(product.name, {})
        limit = self.clock.now() - self.retention * product.traits.keeps
        while family and (oldest := next(iter(family.values()))).ends < limit:
            del family[oldest.id]
        return family

    def _settle(self) -> None:
        """Give the coins of failed tasks back, where the product does so."""
        while self._refunds and self._refunds[0][0] <= self.clock.now():
            moment, _, task = heappop(self._refunds)
            self._refund(task, moment)

    def _refund(self, task: Task, moment: float) -> None:
        task.refunded = True
        self.ledger.refund(task.coins, f"refund {task.path}", moment)


def _expire(task: Task) -> None:
    """Let a task fail at its product's time limit."""
    limit = task.product.traits.limit
    if task.duration > limit:
        task.duration = limit
        task.fails, task.failed_code, task.failed_message = True, 408, "The task has expired"


def _befall(task: Task, fault: Fault) -> None:
    if fault.effect is Effect.FAILED_TASK:
        task.fails, task.failed_code = True, fault.code
        task.failed_message = fault.message
    if fault.effect is Effect.EARLY_404:
        task.hidden_until = task.created + fault.seconds
