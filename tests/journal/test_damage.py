"""Files that are damaged, foreign or of another format, and disks that refuse."""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2e_async import JournalError, TextToImage
from a2e_async.journal import opening, requests
from a2e_async.journal import state as steps
from a2e_async.journal.database import Database
from a2e_async.journal.item import Item, State
from a2e_async.journal.journal import Journal

from .samples import NOTE, all_of, begun, completed, content_of, failed, image, names_in, started

DAMAGED = "it is damaged: .* Nothing was changed in it; bring back a copy"
FOREIGN = "it is no journal"

STAGES = (begun, started, completed, failed, lambda item: item)


async def fill(path: Path, items: int = 60) -> None:
    async with await Journal.open(path) as journal:
        for number in range(items):
            item = await journal.admit(number, f"key {number}", image(number))
            stage = STAGES[number % len(STAGES)]
            if stage(item) != item:
                await journal.write(stage(item))


def contents(path: Path) -> list[Any]:
    """All that a journal tells, read through its public face."""

    async def read() -> list[Any]:
        async with await Journal.read(path) as journal:
            items = await all_of(journal)
            told: list[Any] = [(item, await journal.request(item)) for item in items]
            return [*told, await journal.meta(), await journal.summary()]

    return asyncio.run(read())


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "journal.db"
    asyncio.run(fill(path))
    return path


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_wrong_byte_is_reported_or_does_no_harm(sound: Path, data: st.DataObject) -> None:
    whole = contents(sound)
    content = bytearray(sound.read_bytes())
    for _ in range(data.draw(st.sampled_from([1, 1, 2, 20]))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
    path = sound.with_name(f"{random.getrandbits(64):x}.db")
    path.write_bytes(content)
    try:
        found = contents(path)
    except JournalError as error:
        told = str(error)
    else:
        assert found == whole
        return
    finally:
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()
    assert str(path) in told


def test_each_item_s_fate_is_guarded(sound: Path, tmp_path: Path) -> None:
    """What would be dearest: an item that was started, and seems not to be."""
    path = tmp_path / "journal.db"
    for state in ("started", "starting", "completed"):
        content = sound.read_bytes()
        for at in range(content.count(state.encode())):
            parts = content.split(state.encode())
            whole = state.encode().join(parts[: at + 1])
            rest = state.encode().join(parts[at + 1 :])
            path.write_bytes(whole + b"planned".ljust(len(state)) + rest)
            with pytest.raises(JournalError, match=DAMAGED):
                Database.for_reading(path)
            with pytest.raises(JournalError, match=DAMAGED):
                Database.for_writing(path, create=True)


@pytest.mark.parametrize("statement", [
    "DELETE FROM fate WHERE row = 2",
    "DELETE FROM plan WHERE row = 2",
    "DELETE FROM task WHERE row = 2",
    "UPDATE fate SET row = 1000 WHERE row = 2",
    "UPDATE fate SET task_id = 'another' WHERE row = 2",
    "UPDATE fate SET state = 'planned' WHERE row = 1",
    "UPDATE fate SET record = NULL WHERE row = 3",
    "UPDATE plan SET key = 'another' WHERE row = 2",
    "UPDATE plan SET position = 7 WHERE row = 2",
    "DROP TABLE fate",
    "DROP INDEX plan_position",
    "ALTER TABLE fate RENAME COLUMN coins TO coin",
])  # fmt: skip
async def test_what_others_change_in_it_is_reported(
    sound: Path, tmp_path: Path, statement: str
) -> None:
    path = Path(shutil.copy(sound, tmp_path / "journal.db"))
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()
    with pytest.raises(JournalError, match=DAMAGED):
        await Journal.open(path)
    with pytest.raises(JournalError, match=DAMAGED):
        await Journal.read(path)


async def test_a_request_that_was_changed_is_reported(sound: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(sound, tmp_path / "journal.db"))
    with sqlite3.connect(path) as db:
        db.execute('UPDATE plan SET request = \'{"prompt":"a bear"}\' WHERE row = 1')
    db.close()
    async with await Journal.read(path) as journal:
        with pytest.raises(JournalError, match=DAMAGED):
            await journal.request((await all_of(journal))[0])


async def test_media_that_was_changed_or_is_gone_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await Journal.open(path) as journal:
        await journal.admit(0, None, TextToImage(prompt="a", input_images=[b"picture"]))
    for statement in ("UPDATE content SET content = x'00'", "DELETE FROM content"):
        with sqlite3.connect(path) as db:
            db.execute(statement)
        db.close()
        async with await Journal.read(path) as journal:
            with pytest.raises(JournalError, match=DAMAGED):
                await journal.request((await all_of(journal))[0])


@pytest.mark.parametrize("share", [0.001, 0.02, 0.3, 0.5, 0.9])
def test_a_file_that_was_cut_off_is_reported(sound: Path, tmp_path: Path, share: float) -> None:
    path = tmp_path / "journal.db"
    content = sound.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    before = path.read_bytes()
    with pytest.raises(JournalError, match=f"{DAMAGED}|{FOREIGN}"):
        Database.for_writing(path, create=True)
    with pytest.raises(JournalError, match=f"{DAMAGED}|{FOREIGN}"):
        Database.for_reading(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"key,prompt\n", b"\x89PNG" * 999, bytes(5000)])
async def test_another_file_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    for call in (Journal.open(path), Journal.read(path)):
        with pytest.raises(JournalError, match=FOREIGN):
            await call
    assert content_of(tmp_path) == content
    assert names_in(tmp_path) == ["rows.csv"]


async def test_another_program_s_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (a)")
    db.close()
    content = content_of(tmp_path)
    for call in (Journal.open(path), Journal.read(path)):
        with pytest.raises(JournalError, match=FOREIGN):
            await call
    assert content_of(tmp_path) == content


@pytest.mark.parametrize("version", [0, 2])
async def test_another_format_is_left_as_it_is(sound: Path, tmp_path: Path, version: int) -> None:
    path = Path(shutil.copy(sound, tmp_path / "journal.db"))
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {version}")
    db.close()
    content = content_of(tmp_path)
    for call in (Journal.open(path), Journal.read(path)):
        with pytest.raises(JournalError, match=f"format {version}, .* writes format 1"):
            await call
    assert content_of(tmp_path) == content


async def test_a_request_of_a_later_version_is_named(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await Journal.open(path) as journal:
        item = await journal.admit(0, None, image(0))

        def change(db: Database) -> None:
            text = '{"prompt":"a","telepathy":true}'
            mark = requests.fingerprint("text_to_image", text)
            db._db.execute("UPDATE plan SET request = ?, fingerprint = ?", (text, mark))

        await journal._worker.call(change, durable=True)
        mark = await journal._worker.call(
            lambda db: db._db.execute("SELECT fingerprint FROM plan").fetchone()[0], durable=False
        )
        with pytest.raises(JournalError, match=r"this version .* cannot make item 1"):
            await journal.request(attrs.evolve(item, fingerprint=mark))


async def test_a_place_where_no_journal_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, words in {
        tmp_path: "it is a folder; name a file",
        tmp_path / "none" / "journal.db": "there is no folder .*none",
        tmp_path / "file" / "journal.db": "there is no folder .*file",
    }.items():
        with pytest.raises(JournalError, match=words):
            await Journal.open(path)
    missing = tmp_path / "journal.db"
    for call in (Journal.open(missing, create=False), Journal.read(missing)):
        with pytest.raises(JournalError, match="there is no such file"):
            await call
    for call in (Journal.open(tmp_path / "file", create=False), Journal.read(tmp_path / "file")):
        with pytest.raises(JournalError, match=FOREIGN):
            await call
    assert names_in(tmp_path) == ["file"]


async def test_a_journal_that_was_emptied_is_not_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with await Journal.open(path) as journal:
        await journal.note("a", 1)
        beside = path.with_name("journal.db-wal").read_bytes()
    path.write_bytes(b"")
    path.with_name("journal.db-wal").write_bytes(beside)
    for call in (Journal.open(path), Journal.read(path)):
        with pytest.raises(JournalError, match=r"it is empty, and journal\.db-wal .* damaged"):
            await call
    assert path.with_name("journal.db-wal").read_bytes() == beside


async def test_an_empty_file_is_a_new_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.touch()
    async with await Journal.open(path) as journal:
        await journal.note("a", 1)
        assert path.stat().st_size, "never empty once something is beside it"


@pytest.mark.parametrize("name", ["a b?c#d%41.db", "ä ☃.db", "-.db"])
async def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    await fill(tmp_path / name, items=3)
    async with await Journal.read(tmp_path / name) as journal:
        assert len(await all_of(journal)) == 3
    assert names_in(tmp_path) == [name]


# Disks


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A small disk of its own, where this user may mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.name != "posix" or os.geteuid() or subprocess.run(command, check=False).returncode:
        pytest.skip("only root can mount a disk for this")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def seal(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


@pytest.mark.parametrize("read_only", ["file", "folder"])
async def test_what_cannot_be_written_is_named_and_can_be_read(
    sound: Path, tmp_path: Path, read_only: str
) -> None:
    with mounted(tmp_path / "disk", "size=4m") as disk:
        path = Path(shutil.copy(sound, disk / "journal.db"))
        seal(disk)
        if read_only == "folder":
            path = disk / "new.db"
        with pytest.raises(JournalError, match=r"cannot be (written|opened).*(writable|written)"):
            await Journal.open(path)
        if read_only == "file":
            async with await Journal.read(path) as journal:
                assert len(await all_of(journal)) == 60


async def test_a_full_disk_is_told_to_everybody_and_nothing_written_is_lost(
    tmp_path: Path,
) -> None:
    with mounted(tmp_path / "disk", "size=1m") as disk:
        await fill_up(disk / "journal.db")


async def test_a_file_that_may_not_grow_is_like_a_full_disk(tmp_path: Path) -> None:
    await fill_up(tmp_path / "journal.db", pages=40)


async def fill_up(path: Path, pages: int = 0) -> None:
    """Write until the disk is full, then make sure of what was written."""
    written: dict[int, Item] = {}
    journal = await Journal.open(path)
    if pages:
        await journal._worker.call(
            lambda db: db._db.execute(f"PRAGMA max_page_count = {pages}").fetchall(), durable=False
        )

    async def one(number: int) -> None:
        request = TextToImage(prompt=f"{number} {'x' * 500}")
        item = started(await journal.admit(number, None, request))
        await journal.write(item)
        written[number] = item

    problem: BaseException | None = None
    for start in range(0, 100_000, 20):
        some = [one(number) for number in range(start, start + 20)]
        found = await asyncio.gather(*some, return_exceptions=True)
        problem = next(filter(None, found), None)
        if problem is not None:
            break
    assert isinstance(problem, JournalError)
    assert re.search(r"the disk is full: .* make room, and go on", problem.message)
    assert written
    calls = (journal.note("a", 1), journal.summary(), journal.admit(0, None, image(0)))
    for call in calls:
        with pytest.raises(JournalError, match="the disk is full"):
            await call
    await journal.aclose()
    async with await Journal.read(path) as view:
        there = {item.index: item for item in await all_of(view)}
    for number, item in written.items():
        assert (there[number].task_id, there[number].state) == (item.task_id, State.STARTED)


async def test_a_file_that_goes_away_hangs_nobody(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = await Journal.open(path)
    item = await journal.admit(0, None, image(0))

    def fail(db: Database) -> None:
        db._db.close()
        raise OSError(5, "Input/output error")

    writes = [journal.write(begun(item)), journal._worker.call(fail, durable=True)]
    writes += [journal.write(steps.refuse(item, error=NOTE, at=1.0))]
    found = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(it) for it in found] == [JournalError] * 3
    with pytest.raises(JournalError, match="Input/output error"):
        await journal.write(begun(item))
    await journal.aclose()


async def test_closing_tells_what_could_not_be_put_on_the_disk(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.db")
    await journal.admit(0, None, image(0))
    pages = "PRAGMA max_page_count = 1"
    await journal._worker.call(lambda db: db._db.execute(pages).fetchall(), durable=False)
    wanted = [(n, None, TextToImage(prompt="x" * 9000)) for n in range(1, 9)]
    with pytest.raises(JournalError, match="the disk is full"):
        await journal.admit_all(wanted)
    # That was told before; what fails at the very end is told by the closing.
    await journal.aclose()
    journal = await Journal.open(tmp_path / "other.db")
    await journal._worker.call(lambda db: db._db.execute("DROP TABLE owner"), durable=False)
    with pytest.raises(JournalError, match="no such table: owner"):
        await journal.aclose()


def test_the_lock_is_asked_for_longer_than_it_takes_to_get_it_back() -> None:
    assert opening._LOOKS * opening._LOOK_SECONDS >= 0.3
