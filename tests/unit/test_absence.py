"""What a list has to show before a start is believed to have made no task."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from a2e_async.durable.absence import Dates, Lost, Row, Walk, doubt
from a2e_async.journal.known import Known

NOW = 1_000_000.0
SETTLE = 15.0
SIZE = 10


@attrs.frozen(kw_only=True)
class Task:
    """A task as it really is."""

    id: str
    created: float
    seconds: float = 20.0
    known: bool = True

    @property
    def done(self) -> bool:
        return self.created + self.seconds <= NOW

    def knowledge(self) -> Known | None:
        if not self.known:
            return None
        ended = self.created + self.seconds if self.done else None
        begun, answered = self.created - 0.5, self.created + 0.5
        return Known(name=f"n{self.id}", begun=begun, answered=answered, ended=ended)


@attrs.frozen(kw_only=True)
class Service:
    """How a service lists its tasks, well or badly."""

    most: int = 10**6
    page_size: int = SIZE
    ignores_page: bool = False
    unpaged: bool = False
    names: bool = True
    only_done: bool = False
    lag: float = 0.0
    zone: float = 0.0
    dated: bool = True
    oldest_first: bool = False
    stated: str = "total"
    hiccup: int = 0
    """This page is empty, though it is not the end."""

    def visible(self, tasks: Sequence[Task]) -> list[Task]:
        shown = [
            task
            for task in tasks
            if task.created <= NOW - self.lag and (task.done or not self.only_done)
        ]
        return sorted(shown, key=lambda task: task.created, reverse=not self.oldest_first)

    def page(self, tasks: Sequence[Task], number: int) -> tuple[list[Task], int | None]:
        shown = self.visible(tasks)
        count = {"total": len(shown), "capped": min(len(shown), self.most), "none": None}
        shown = shown[: self.most]
        if number == self.hiccup:
            return [], count[self.stated]
        if self.unpaged:
            return shown, count[self.stated]
        first = 0 if self.ignores_page else (number - 1) * self.page_size
        return shown[first : first + self.page_size], count[self.stated]

    def row(self, task: Task) -> Row:
        return Row(
            id=task.id,
            name=f"n{task.id}" if self.names else None,
            created=task.created + self.zone if self.dated else None,
            took=task.seconds if task.done else None,
            running=not task.done,
            known=task.knowledge(),
        )


def walk_of(service: Service, tasks: Sequence[Task], lost: Lost, *, stop: bool = True) -> Walk:
    """Read the pages as a batch does."""
    walk = Walk(begun=NOW, dates=Dates(0.0), settle=SETTLE)
    by_id = {task.id: task for task in tasks}
    for number in range(1, 100):
        page, stated = service.page(tasks, number)
        fresh = walk.fresh([task.id for task in page])
        rows = [service.row(by_id[task_id]) for task_id in fresh]
        walk.take(rows, stated=stated, more=bool(page))
        if walk.ended or service.unpaged or (stop and walk.dates.reach(lost.begun)):
            break
    under_way = [t for t in tasks if t.known and not t.done and t.created + 0.5 <= NOW - SETTLE]
    walk.end([task.id for task in under_way])
    return walk


def answered_of(tasks: Sequence[Task]) -> list[float]:
    return sorted(task.created + 0.5 for task in tasks if task.known)


def made(ages: Sequence[float], seconds: float = 20.0) -> list[Task]:
    return [Task(id=f"{n}", created=NOW - age, seconds=seconds) for n, age in enumerate(ages)]


def says(service: Service, tasks: Sequence[Task], lost: Lost) -> str | None:
    return doubt(lost, walk_of(service, tasks, lost), answered_of(tasks))


BUSY = made([2, 5, 16, 18, 22, 25, 30, 33, 40, 41, 60, 75, 90, 300, 301, 500])
LOST = Lost(begun=NOW - 35, noticed=NOW - 32)
"""A start between others, which made no task."""


def test_a_good_list_proves_it() -> None:
    for stated in ("total", "none"):
        assert says(Service(stated=stated), BUSY, LOST) is None
        assert says(Service(stated=stated, dated=False), BUSY, LOST) is None
        assert says(Service(stated=stated, page_size=3), BUSY, LOST) is None
        assert says(Service(stated=stated, unpaged=True), BUSY, LOST) is None
    assert says(Service(unpaged=True, dated=False), BUSY, LOST) is None
    assert says(Service(zone=-8 * 3600), BUSY, LOST) is None
    assert says(Service(oldest_first=True), BUSY, LOST) is None


def test_a_list_whose_end_is_not_seen_proves_nothing() -> None:
    words = "does not show where it ends"
    assert says(Service(ignores_page=True, zone=-8 * 3600), BUSY, LOST) == words
    assert says(Service(ignores_page=True, dated=False, stated="none"), BUSY, LOST) == words
    assert says(Service(unpaged=True, most=12), BUSY, LOST) == words
    assert says(Service(unpaged=True, dated=False, stated="none"), BUSY, LOST) == words
    assert says(Service(hiccup=2), BUSY, LOST) == words
    assert says(Service(hiccup=1), BUSY, LOST) == words
    assert says(Service(oldest_first=True, page_size=4, hiccup=3), BUSY, LOST) == words
    walk = walk_of(Service(), BUSY, LOST)
    walk.is_good = False
    assert doubt(LOST, walk, answered_of(BUSY)) == "cannot be read to its end"


def test_the_number_of_what_is_shown_is_no_proof_that_nothing_is_left_out() -> None:
    words = "may not go back so far"
    service = Service(unpaged=True, most=6, stated="capped", dated=False)
    assert says(service, BUSY, LOST) == words
    assert says(attrs.evolve(service, unpaged=False), BUSY, LOST) == words
    assert says(attrs.evolve(service, most=11), BUSY, LOST) is None


def test_a_list_without_a_known_task_or_names_proves_nothing() -> None:
    strangers = [attrs.evolve(task, known=False) for task in BUSY]
    assert says(Service(), strangers, LOST) == "shows no task that is known"
    assert says(Service(), [], LOST) == "does not show where it ends"
    assert says(Service(names=False), BUSY, LOST) == "does not show the names of its tasks"
    walk = Walk(begun=NOW, dates=Dates(0.0), settle=SETTLE)
    rows = [Service().row(task) for task in BUSY]
    rows[3] = attrs.evolve(rows[3], name="task 17")
    walk.take(rows, stated=None, more=True)
    assert walk.named is False


def test_a_list_of_what_has_ended_proves_nothing_before_the_task_could_have() -> None:
    service, words = Service(only_done=True), "may not show tasks that are under way"
    done = [task for task in BUSY if task.done]
    assert says(service, done, LOST) == words
    old = Lost(begun=NOW - 45, noticed=NOW - 42)
    assert says(service, done, old) is None
    assert says(service, BUSY, old) == "does not show all tasks that are known"


def test_a_list_that_may_be_behind_proves_nothing() -> None:
    old = made([60, 70, 80, 200], 100)
    soon = Lost(begun=NOW - 30, noticed=NOW - 29)
    assert says(Service(), old, soon) == "may be behind"
    assert says(Service(), [*old, Task(id="late", created=NOW - 20)], soon) is None
    assert says(Service(), old, Lost(begun=NOW - 32, noticed=NOW - 31)) is None
    # What was started between the start and its loss is no later task.
    between = Lost(begun=NOW - 40, noticed=NOW - 19)
    assert says(Service(), [*old, Task(id="late", created=NOW - 22)], between) == "may be behind"
    # A later task is there and not listed yet.
    behind = Lost(begun=NOW - 40, noticed=NOW - 35)
    assert says(Service(lag=50), [*old, Task(id="late", created=NOW - 3)], behind) == (
        "may be behind"
    )
    early = Lost(begun=NOW - 14, noticed=NOW - 13)
    assert says(Service(), BUSY, early) == "may be behind"


def test_dates_are_worth_something_only_if_they_are_right() -> None:
    walk = walk_of(Service(page_size=100), BUSY, LOST)
    assert walk.dates.reach(LOST.begun)
    for service in (
        Service(page_size=100, zone=8 * 3600),
        Service(page_size=100, zone=-40),
        Service(page_size=100, dated=False),
        Service(page_size=100, oldest_first=True),
    ):
        assert not walk_of(service, BUSY, LOST).dates.reach(LOST.begun)
    # No known task of its time stands before the older ones: perhaps it is sorted in another way.
    assert not walk_of(Service(page_size=100), made([300, 301, 500]), LOST).dates.reach(LOST.begun)
    strangers = [attrs.evolve(task, known=False) for task in BUSY]
    assert not walk_of(Service(page_size=100), strangers, LOST).dates.reach(LOST.begun)


def test_what_is_too_old_to_be_listed_is_not_proven_absent() -> None:
    lost = Lost(begun=NOW - 3 * 86400, noticed=NOW - 100)
    tasks = [*BUSY, Task(id="old", created=NOW - 4 * 86400)]
    assert says(Service(), tasks, lost) == "may not go back so far"


services = st.builds(
    Service,
    most=st.sampled_from([3, 5, 10, 20, 10**6]),
    page_size=st.sampled_from([3, SIZE, 50]),
    ignores_page=st.booleans(),
    unpaged=st.booleans(),
    names=st.sampled_from([True, True, False]),
    only_done=st.booleans(),
    lag=st.sampled_from([0.0, 0.0, 5.0, 14.0, 29.0, 100.0]),
    zone=st.sampled_from([0.0, 0.0, 10.0, -40.0, -8 * 3600.0, 8 * 3600.0]),
    dated=st.booleans(),
    oldest_first=st.booleans(),
    stated=st.sampled_from(["total", "capped", "none"]),
    hiccup=st.sampled_from([0, 0, 1, 2, 3]),
)
ages = st.floats(0, 400) | st.sampled_from([20.0, 40.0, 90.0, 90_000.0])
worlds = st.lists(st.tuples(ages, st.booleans()), max_size=30)
times = st.tuples(st.floats(1, 300), st.floats(0, 20), st.floats(0, 1), st.floats(5, 60))
"""Seconds since a start and from then to its loss, the part of these after which its task was
made, and seconds that tasks take."""


@given(services, worlds, times)
def test_a_task_that_is_there_is_never_taken_for_absent(
    service: Service,
    world: list[tuple[float, bool]],
    when: tuple[float, float, float, float],
) -> None:
    """However badly the list is made, the task is on it or there is a doubt."""
    age, unnoticed, part, seconds = when
    tasks = [
        Task(id=f"{n}", created=NOW - old, seconds=seconds, known=known)
        for n, (old, known) in enumerate(world)
    ]
    noticed = min(NOW, NOW - age + unnoticed)
    lost = Lost(begun=NOW - age, noticed=noticed)
    created = lost.begun + part * (noticed - lost.begun)
    real = Task(id="lost", created=created, seconds=seconds, known=False)
    later = any(task.known and task.created - 0.5 >= noticed for task in tasks)
    older = any(task.known and task.created + 0.5 <= lost.begun for task in tasks)
    # A list that is far behind while nothing is started, or that shows the last few tasks of an
    # account where this was the first, looks like one that is whole.
    assume(service.lag <= 2 * SETTLE or later)
    assume(service.most > len(tasks) or older)
    # A list that gives fewer than it has, and says that this is all, is caught by the next page.
    assume(not service.hiccup or service.stated == "total")
    everything = [*tasks, real]
    walk = walk_of(service, everything, lost)
    seen = service.visible(everything)[: service.most]
    if service.names and real in seen and _is_read(service, everything, lost):
        return
    assert doubt(lost, walk, answered_of(tasks)) is not None


def _is_read(service: Service, tasks: Sequence[Task], lost: Lost) -> bool:
    walk = Walk(begun=NOW, dates=Dates(0.0), settle=SETTLE)
    by_id = {task.id: task for task in tasks}
    for number in range(1, 100):
        page, stated = service.page(tasks, number)
        if any(task.id == "lost" for task in page):
            return True
        fresh = walk.fresh([task.id for task in page])
        rows = [service.row(by_id[task_id]) for task_id in fresh]
        walk.take(rows, stated=stated, more=bool(page))
        if walk.ended or service.unpaged or walk.dates.reach(lost.begun):
            break
    return False


@given(
    st.lists(st.floats(SETTLE + 1, 400), min_size=1, max_size=30, unique=True),
    st.floats(2 * SETTLE + 3, 200),
    st.booleans(),
    st.booleans(),
    st.sampled_from([3, SIZE, 50]),
)
def test_a_good_list_lets_every_lost_start_be_made_again(
    old: list[float], age: float, dated: bool, oldest_first: bool, page_size: int
) -> None:
    service = Service(dated=dated, oldest_first=oldest_first, page_size=page_size)
    lost = Lost(begun=NOW - age, noticed=NOW - age + 2)
    assert says(service, made(old, 14), lost) is None
