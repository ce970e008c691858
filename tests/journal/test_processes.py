"""A journal and the processes that use it, which are killed."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from a2e_async import JournalError
from a2e_async.journal.item import State
from a2e_async.journal.journal import Journal

from .samples import all_of, begun, image

ROOT = Path(__file__).parents[2]
ITEMS = 150


class Place:
    """A journal, and the service that its process talks to."""

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "journal.db"
        self.service = folder / "service.txt"
        self.service.touch()

    def spawn(self, *more: str) -> subprocess.Popen[str]:
        arguments = [str(self.journal), str(self.service), str(ITEMS), *more]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.journal.child", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def running(self, *more: str) -> Iterator[subprocess.Popen[str]]:
        """A process that is at work on the journal, and killed in the end."""
        with self.spawn(*more) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == "open\n"
                yield process
            finally:
                process.kill()

    def said(self, word: str) -> list[list[str]]:
        lines = (line.split() for line in self.service.read_text().splitlines())
        return [line[1:] for line in lines if line[0] == word]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_killed_again_and_again_nothing_is_lost_and_nothing_started_twice(
    place: Place,
) -> None:
    kills = 0
    while len(place.said("ended")) < ITEMS * 0.9 and kills < 12:
        with place.running():
            await asyncio.sleep(random.random() * 0.06)
        kills += 1
        async with await Journal.read(place.journal) as journal:
            items = {item.index: item for item in await all_of(journal)}
        # What the process went on from is there.
        for index, task_id in place.said("told"):
            assert items[int(index)].task_id == task_id
        for index, _ in place.said("ended"):
            assert items[int(index)].state is State.COMPLETED
        for index, name, _ in place.said("start"):
            assert items[int(index)].name == name
            assert items[int(index)].state is not State.PLANNED
    with place.spawn() as process:
        out, err = process.communicate(timeout=60)
    assert (out, err) == ("open\ndone\n", "")
    assert kills > 1
    starts = Counter(index for index, *_ in place.said("start"))
    assert starts == {str(index): 1 for index in range(ITEMS)}
    async with await Journal.open(place.journal) as journal:
        assert {item.state for item in await all_of(journal)} == {State.COMPLETED}
        assert (await journal.summary()).coins_spent == 10 * ITEMS


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_a_second_process_is_refused_until_the_first_has_gone(place: Place) -> None:
    with place.running("stay") as process:
        words = rf"process {process.pid} on .* writes it, since .*: wait for its end, or stop it"
        for _ in range(3):
            with pytest.raises(JournalError, match=words) as caught:
                await Journal.open(place.journal)
            assert caught.value.path == place.journal
        async with await Journal.read(place.journal) as view:
            assert (await view.summary()).total <= ITEMS
        # Also one that stands still for a while is alive.
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(JournalError, match=words):
            await Journal.open(place.journal)
    async with await Journal.open(place.journal) as journal:
        assert len(await all_of(journal)) <= ITEMS


@pytest.mark.timeout(120)
async def test_looking_for_the_owner_does_not_disturb_it(place: Place) -> None:
    with place.running("stay") as process:
        while len(place.said("ended")) < ITEMS:
            assert process.poll() is None
            with pytest.raises(JournalError):
                await Journal.open(place.journal)
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
    starts = Counter(index for index, *_ in place.said("start"))
    assert starts == {str(index): 1 for index in range(ITEMS)}


async def test_in_one_process_too_there_is_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await Journal.open(path) as journal:
        with pytest.raises(JournalError, match=f"process {os.getpid()} on .* writes it"):
            await Journal.open(path)
        item = await journal.admit(0, None, image(0))
        await journal.write(begun(item))
    async with await Journal.open(path):
        pass


async def test_a_process_that_was_held_up_too_long_writes_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    held_up = await Journal.open(path)
    item = await held_up.admit(0, None, image(0))
    await held_up.write(begun(item))
    # It loses its lock in the moment between two transactions, as if it stood still there.
    await held_up._worker.call(lambda db: db._db.execute("ROLLBACK"), durable=False)
    async with await Journal.open(path) as journal:
        assert [it.state for it in await all_of(journal)] == [State.UNCERTAIN]
    await held_up._worker.call(lambda db: db._db.execute("BEGIN"), durable=False)
    await held_up.note("a", 1)
    with pytest.raises(JournalError, match="another process took it over"):
        await held_up.write(begun(item))
    await held_up.aclose()
    async with await Journal.read(path) as view:
        assert [it.state for it in await all_of(view)] == [State.UNCERTAIN]
