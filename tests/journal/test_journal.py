"""The journal as a batch uses it, on a file."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import attrs
import pytest

from a2e_async import JournalError, TextToImage
from a2e_async.journal import state as steps
from a2e_async.journal.admission import JournalConflict
from a2e_async.journal.item import Item, Note, State
from a2e_async.journal.journal import Journal
from tests.conftest import TOKEN

from .samples import (
    NOTE,
    RECORD,
    all_of,
    begun,
    completed,
    content_of,
    failed,
    image,
    names_in,
    started,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


async def test_everything_is_there_when_it_is_opened_again(path: Path) -> None:
    async with await Journal.open(path) as journal:
        fox = await journal.admit(0, "fox", image(0))
        lake = await journal.admit(1, None, image(1))
        for item in (begun(fox), started(fox), completed(fox)):
            await journal.write(item)
        await journal.write(failed(lake))
        files = steps.fetched(completed(fox), files=["files/00000-fox.png"], error=NOTE)
        await journal.write(files)
        assert await all_of(journal) == [files, failed(lake)]
    assert names_in(path.parent) == ["journal.db"]
    async with await Journal.open(path, create=False) as journal:
        assert await all_of(journal) == [files, failed(lake)]
        assert await journal.admit(0, "fox", image(0)) == files
        assert await journal.admit(1, None, image(1)) == failed(lake)
        assert await journal.request(files) == image(0)
        assert await journal.knows("text_to_image", f"{1:024x}")
        assert not await journal.knows("text_to_video", f"{1:024x}")


async def test_an_open_start_is_uncertain_after_a_crash(path: Path) -> None:
    journal = await Journal.open(path)
    item = await journal.admit(0, None, image(0))
    await journal.write(begun(item))
    # As a kill leaves it: the thread is gone, and with it the open transaction.
    await journal._worker.call(lambda db: db._db.close(), durable=False)
    async with await Journal.open(path) as again:
        [found] = await all_of(again)
        assert (found.state, found.name) == (State.UNCERTAIN, "a2e-1")
        assert found == await again.admit(0, None, image(0)) == steps.recovered(begun(item))
    with pytest.raises(JournalError):
        await journal.write(started(item))
    await journal.aclose()


async def test_items_come_in_order_page_by_page_and_by_state(path: Path) -> None:
    async with await Journal.open(path) as journal:
        given = [(999 - number, None, image(number)) for number in range(1000)]
        items = [it for it in await journal.admit_all(given) if isinstance(it, Item)]
        await asyncio.gather(*(journal.write(begun(it)) for it in items if it.index % 3 == 0))
        assert [item.index async for item in journal.items()] == [*range(1000)]
        open_ = [it.index async for it in journal.items(states=[State.STARTING])]
        assert open_ == [*range(0, 1000, 3)]
        rest = [it async for it in journal.items(states={State.PLANNED, State.FAILED})]
        assert len(rest) == 1000 - len(open_)
        assert [it async for it in journal.items(states=())] == []


async def test_items_may_change_while_they_are_gone_through(path: Path) -> None:
    async with await Journal.open(path) as journal:
        await journal.admit_all([(number, None, image(number)) for number in range(500)])
        async for item in journal.items(states=[State.PLANNED]):
            await journal.write(begun(item))
        assert (await journal.summary()).counts[State.STARTING] == 500


async def test_what_it_costs_is_counted(path: Path) -> None:
    async with await Journal.open(path) as journal:
        given = [(number, None, image(number)) for number in range(5)]
        items = [it for it in await journal.admit_all(given) if isinstance(it, Item)]
        found = [begun(items[0]), started(items[1]), completed(items[2]), failed(items[3])]
        found[3] = steps.begin(steps.retry(found[3]), name="n", reserved=2.5, at=1.0)
        for item in found:
            await journal.write(item)
        summary = await journal.summary()
        assert (summary.coins_spent, summary.coins_reserved) == (10, 22.5)
        assert summary.coins_spent + summary.coins_reserved == sum(map(steps.spent, found))
        assert summary.total == 5
        assert {k.value: n for k, n in summary.counts.items() if n} == {
            "planned": 1,
            "starting": 2,
            "started": 1,
            "completed": 1,
        }


async def test_a_task_is_known_also_after_its_item_was_retried(path: Path) -> None:
    async with await Journal.open(path) as journal:
        item = failed(await journal.admit(0, None, image(0)))
        await journal.write(started(attrs.evolve(item, state=State.PLANNED)))
        await journal.write(item)
        await journal.write(steps.retry(item))
        assert await journal.knows("text_to_image", str(item.task_id))


# Admission


async def test_a_key_or_a_place_has_one_request(path: Path) -> None:
    async with await Journal.open(path) as journal:
        await journal.admit(0, "fox", image(0))
        await journal.admit(1, None, image(1))
        with pytest.raises(JournalConflict, match="key 'fox': it is given twice, first by item 0"):
            await journal.admit(2, "fox", image(0))
        with pytest.raises(JournalConflict, match="item 1: it is given twice"):
            await journal.admit(1, None, image(1))
    async with await Journal.open(path) as journal:
        other = TextToImage(prompt="another", width=512)
        with pytest.raises(JournalConflict, match=r"key 'fox': .* differs in prompt, width"):
            await journal.admit(0, "fox", other)
        with pytest.raises(JournalConflict, match=r"item 1: .* differs in prompt, width"):
            await journal.admit(1, None, other)
        # A conflict leaves what is there as it is.
        assert (await journal.admit(7, "fox", image(0))).index == 0
        assert len(await all_of(journal)) == 2


async def test_keys_that_come_or_go_do_not_start_everything_anew(path: Path) -> None:
    async with await Journal.open(path) as journal:
        await journal.admit(0, "fox", image(0))
        await journal.admit(1, None, image(1))
    async with await Journal.open(path) as journal:
        with pytest.raises(JournalConflict, match=r"item 0: .* with the key 'fox'"):
            await journal.admit(0, None, image(0))
        with pytest.raises(JournalConflict, match=r"key 'lake': .* item 1 without a key"):
            await journal.admit(1, "lake", image(1))


async def test_rows_with_keys_may_move_and_new_ones_come_between(path: Path) -> None:
    async with await Journal.open(path) as journal:
        await journal.admit(0, "fox", image(0))
    async with await Journal.open(path) as journal:
        new = await journal.admit(0, "new", image(9))
        old = await journal.admit(1, "fox", image(0))
        assert [(new.row, new.index), (old.row, old.index)] == [(2, 0), (1, 0)]


async def test_one_conflict_among_many_does_not_keep_out_the_rest(path: Path) -> None:
    async with await Journal.open(path) as journal:
        given = [(0, "a", image(0)), (1, "a", image(1)), (2, "b", image(2))]
        found = await journal.admit_all(given)
        assert [type(it) for it in found] == [Item, JournalConflict, Item]


@pytest.mark.parametrize(
    ("index", "key", "words"),
    [
        (-1, None, "index: expected a whole number of at least 0, got -1"),
        (2**63, None, "index: expected"),
        (True, None, "index: expected a whole number, got True"),
        (0, "", "key: expected a text that is not empty, or None, got ''"),
        (0, "\ud800", "key: expected"),
        (0, 5, "key: expected a text or None, got int"),
    ],
)
async def test_a_bad_index_or_key_is_refused(path: Path, index: Any, key: Any, words: str) -> None:
    async with await Journal.open(path) as journal:
        with pytest.raises((TypeError, ValueError), match=words):
            await journal.admit(index, key, image(0))
        with pytest.raises(TypeError, match="request: expected a request, got dict"):
            await journal.admit(0, None, {})  # type: ignore[arg-type]


async def test_media_is_kept_once_and_made_again(path: Path) -> None:
    content = bytes(range(256)) * 4000
    async with await Journal.open(path) as journal:
        for index in range(10):
            request = TextToImage(prompt=f"{index}", input_images=[content, Path("a.png")])
            item = await journal.admit(index, None, request)
            assert await journal.request(item) == request
    assert len(content_of(path.parent)) < 2 * len(content)


# Notes, secrets


async def test_facts_of_the_run_are_kept(path: Path) -> None:
    async with await Journal.open(path) as journal:
        assert await journal.meta() == {}
        await journal.note("begun", 1.5)
        await journal.note("settings", {"in_flight": 16, "words": f"a {TOKEN}"})
        await journal.note("begun", 2.5)
    async with await Journal.read(path) as journal:
        assert await journal.meta() == {
            "begun": 2.5,
            "settings": {"in_flight": 16, "words": "a [token]"},
        }


async def test_no_secret_is_on_the_disk(path: Path) -> None:
    # Its own name is a part of the result's address, which stays whole.
    address = "https://cdn.example.com/a.png?token=eyJhbGciOi.eyJzdWIi.c2ln"
    record = {
        **RECORD,
        "image_urls": [address],
        "webhook_token": "hook-secret",
        "echo": {"headers": [f"Bearer {TOKEN}"], "webhook_token": "hook-secret"},
    }
    request = TextToImage(
        prompt="a", webhook_url="https://example.com/hook", webhook_token="hook-secret"
    )
    async with await Journal.open(path) as journal:
        item = started(await journal.admit(0, None, request))
        error = Note.of(ValueError(f"refused: {TOKEN}"))
        ended = steps.end(item, state=State.FAILED, record=record, coins=None, error=error, at=1.0)
        await journal.write(ended)
        on_disk = content_of(path.parent)
        [found] = await all_of(journal)
    on_disk += content_of(path.parent)
    assert b"hook-secret" not in on_disk
    assert TOKEN.encode() not in on_disk
    assert TOKEN.rpartition(".")[2].encode() not in on_disk
    assert found.record == {
        **RECORD,
        "image_urls": [address],
        "echo": {"headers": ["[token]"]},
    }


# Its thread


async def test_what_is_no_json_fails_alone(path: Path) -> None:
    async with await Journal.open(path) as journal:
        good, bad, odd = [await journal.admit(n, None, image(n)) for n in range(3)]
        endless: dict[str, Any] = {}
        endless["a"] = endless
        writes = [
            attrs.evolve(completed(bad), record={"a": object()}),
            attrs.evolve(completed(bad), record=endless),
            attrs.evolve(begun(odd), name="\ud800"),
            completed(good),
        ]
        found = await asyncio.gather(*map(journal.write, writes), return_exceptions=True)
        assert [isinstance(it, (TypeError, ValueError)) for it in found] == [True] * 3 + [False]
        assert await all_of(journal) == [completed(good), bad, odd]


async def test_a_cancelled_write_is_written_all_the_same(path: Path) -> None:
    async with await Journal.open(path) as journal:
        item = await journal.admit(0, None, image(0))
        task = asyncio.create_task(journal.write(begun(item)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await all_of(journal) == [begun(item)]


async def test_many_writes_at_once_share_commits(path: Path) -> None:
    async with await Journal.open(path) as journal:
        given = [(number, None, image(number)) for number in range(2000)]
        items = [it for it in await journal.admit_all(given) if isinstance(it, Item)]
        commits: list[str] = []

        def count(statement: str) -> None:
            commits.extend([statement] if statement == "COMMIT" else [])

        await journal._worker.call(lambda db: db._db.set_trace_callback(count), durable=False)
        await asyncio.gather(*(journal.write(begun(it)) for it in items))
        assert 1 <= len(commits) <= 200
        assert (await journal.summary()).counts[State.STARTING] == 2000


async def test_closing_finishes_what_was_asked_for_and_ends_the_thread(path: Path) -> None:
    before = threading.active_count()
    journal = await Journal.open(path)
    item = await journal.admit(0, None, image(0))
    write = asyncio.create_task(journal.write(completed(item)))
    await asyncio.sleep(0)
    await journal.aclose()
    await write
    await journal.aclose()
    assert "a2e journal" not in {it.name for it in threading.enumerate()}
    # The loop's own thread for blocking calls may stay.
    assert threading.active_count() <= before + 1
    for call in (journal.write(item), journal.summary(), journal.admit(1, None, image(1))):
        with pytest.raises(JournalError, match="it was closed"):
            await call
    async with await Journal.read(path) as again:
        assert await all_of(again) == [completed(item)]


async def test_a_journal_that_nobody_has_any_more_is_given_free(path: Path) -> None:
    journal = await Journal.open(path)
    await journal.admit(0, None, image(0))
    del journal
    gc.collect()
    async with await Journal.open(path) as again:
        assert len(await all_of(again)) == 1


async def test_an_opening_that_nobody_waits_for_any_more_is_closed(path: Path) -> None:
    task = asyncio.create_task(Journal.open(path))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with await Journal.open(path):
        pass


# Reading beside a writer


async def test_a_reader_sees_what_is_durable_while_another_writes(path: Path) -> None:
    async with await Journal.open(path) as journal:
        item = await journal.admit(0, None, image(0))
        await journal.write(begun(item))
        async with await Journal.read(path) as view:
            assert await all_of(view) == [begun(item)]
            for number in range(1, 300):
                await journal.write(begun(await journal.admit(number, None, image(number))))
                if number % 50 == 0:
                    assert (await view.summary()).total == number + 1
            assert await view.request(item) == image(0)
            assert await view.knows("text_to_image", "x") is False
            await journal.write(started(item))
            assert (await view.summary()).counts[State.STARTED] == 1
            for call in (view.write(item), view.admit(0, None, image(0)), view.note("a", 1)):
                with pytest.raises(JournalError, match="it was opened to be read"):
                    await call
    assert names_in(path.parent) == ["journal.db"]


# Its size


@pytest.mark.timeout(240)
async def test_memory_does_not_grow_with_the_number_of_items(path: Path) -> None:
    async def peak(items: int) -> int:
        async with await Journal.open(path.with_name(f"{items}.db")) as journal:
            for start in range(0, items, 500):
                numbers = range(start, start + 500)
                await journal.admit_all([(n, f"key {n}", image(n)) for n in numbers])
            tracemalloc.start()
            count = 0
            async for _ in journal.items():
                count += 1
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert count == items
        return most

    assert await peak(20_000) < await peak(2_000) * 1.5


def test_a_journal_is_not_taken_for_something_else(path: Path) -> None:
    async def make() -> None:
        async with await Journal.open(path):
            pass

    asyncio.run(make())
    db = sqlite3.connect(path)
    try:
        assert db.execute("PRAGMA application_id").fetchone() == (0x41324A31,)
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        db.close()
