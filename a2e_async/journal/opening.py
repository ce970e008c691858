"""Opening a journal's file: whose it is, whether it is sound, and that only one writes it.

The writer has a write transaction open all the time, so that SQLite keeps others out and lets go
when the process is killed. Between two transactions there is a moment in which another one gets in;
it finds the owner's row then, steps back, and knows after a few looks whether that owner is alive.
All of this blocks: it runs in the journal's thread.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import time
import uuid
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from a2e_async.errors import JournalError
from a2e_async.journal import faults, rows, schema
from a2e_async.journal.rows import Damaged

_PATIENCE_SECONDS = 1.0
"""How long the lock is tried for. A reader that closes may hold it for a moment."""

_LOOKS = 3
_LOOK_SECONDS = 0.15
"""How often and how long apart an opening looks whether the owner of a free journal is alive. A
live one asks for its lock again within a few milliseconds."""

_WORDS = {"journal": "the journal of a batch", "store": "the store of a client"}

_OWNER_PATIENCE_MS = 10_000
"""How long the owner tries to get its lock back from those that look."""


@attrs.frozen
class Owner:
    """Who writes a journal.

    Attributes:
        process: the process, in words.
        since: when it was begun, as ISO 8601.
    """

    process: str
    since: str


def for_writing(path: Path, form: schema.Form, *, create: bool) -> tuple[sqlite3.Connection, str]:
    """Open a journal as the only one that writes it.

    Args:
        path: its file.
        form: what it is.
        create: whether it is made if it is missing.

    Returns:
        The connection, with a transaction open, and the name of this opening.

    Raises:
        JournalError: it cannot be used.
        sqlite3.Error, Damaged: the same, still to be explained.
    """
    _check_place(path, create=create)
    db = _connect(path, "rwc" if create else "rw")
    try:
        _identify(db, path, form, may_be_empty=create)
        _set_up(db, path)
        _seize(db, path)
        if _identify(db, path, form, may_be_empty=create):
            _make(db, form)
        verify(db, form)
        return db, _own(db)
    except BaseException:
        db.close()
        raise


def for_reading(path: Path, form: schema.Form) -> sqlite3.Connection:
    """Open a journal to look at it, while another process may write it.

    Args:
        path: its file. Where it cannot be written, it is read as it stands.
        form: what it is.

    Raises:
        JournalError: it cannot be used.
        sqlite3.Error, Damaged: the same, still to be explained.
    """
    _check_place(path, create=False)
    try:
        return _reading(path, form, "rw")
    except sqlite3.Error as error:
        if not faults.is_refused(error):
            raise
        # Such as a medium that cannot be written. With nothing beside it the file is all there is.
        beside = path.with_name(f"{path.name}-wal").exists()
        return _reading(path, form, "ro" if beside else "ro&immutable=1")


def _reading(path: Path, form: schema.Form, mode: str) -> sqlite3.Connection:
    # Not "ro" where it can be helped: such a connection leaves SQLite's files behind.
    db = _connect(path, mode)
    try:
        db.execute("PRAGMA query_only = ON")
        _identify(db, path, form, may_be_empty=False)
        db.execute("BEGIN")
        verify(db, form)
        db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db


def owner_of(path: Path) -> Owner | None:
    """Tell which process writes a journal at this moment; None if none does.

    Args:
        path: its file.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    with closing(_connect(path, "rw")) as db:
        found = _owner(db)
        if not found:
            return None
        db.execute("PRAGMA busy_timeout = 0")
        for _ in range(_LOOKS):
            if not _is_free(db):
                return Owner(*found[1:])
            time.sleep(_LOOK_SECONDS)
    return None


def _is_free(db: sqlite3.Connection) -> bool:
    """Tell whether nobody has the lock, which a live owner lacks for moments only."""
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if faults.is_busy(error):
            return False
        if faults.is_refused(error):
            return True
        raise
    with suppress(sqlite3.Error):
        db.execute("ROLLBACK")
    return True


def begin(db: sqlite3.Connection, opening: str, path: Path) -> None:
    """Begin the owner's next transaction.

    Raises:
        JournalError: another process took the journal over, while this one stood still.
        sqlite3.Error: it cannot be begun.
    """
    db.execute("BEGIN IMMEDIATE")
    if _owner(db)[:1] != (opening,):
        raise JournalError(
            f"journal {path}: another process took it over while this one was held up; nothing "
            "is written here any more. Stop one of the two",
            path=path,
        )


def verify(db: sqlite3.Connection, form: schema.Form) -> None:
    """Check the whole file: its structure, its tables, and what the rows hold.

    Raises:
        Damaged: it is not what was written.
        sqlite3.Error: it cannot be read.
    """
    [(told, *_), *_] = db.execute("PRAGMA integrity_check(1)").fetchall()
    if told != "ok":
        raise Damaged(f"its structure ({told})")
    found = {sql for (sql,) in db.execute("SELECT sql FROM sqlite_master")}
    if not found.issuperset(form.tables):
        raise Damaged("the description of its tables")
    with closing(db.execute(form.all)) as items:
        for item in items:
            rows.check(item)
    if one(db, schema.LOST):
        raise Damaged("what belongs to its items")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=_PATIENCE_SECONDS, isolation_level=None)


def _check_place(path: Path, *, create: bool) -> None:
    if path.is_dir():
        raise JournalError(f"journal {path}: it is a folder; name a file", path=path)
    if not path.parent.is_dir():
        raise JournalError(f"journal {path}: there is no folder {path.parent}", path=path)
    if not create and not path.exists():
        raise JournalError(f"journal {path}: there is no such file", path=path)
    # SQLite writes the file's beginning before it writes anything beside it, and would throw away
    # what is beside an empty one.
    beside = path.with_name(f"{path.name}-wal")
    if path.exists() and not path.stat().st_size and beside.exists() and beside.stat().st_size:
        words = f"it is empty, and {beside.name} beside it is not: it was damaged. Nothing was"
        words += " changed; bring back a copy of it before you start anything anew"
        raise JournalError(f"journal {path}: {words}", path=path)


def _identify(db: sqlite3.Connection, path: Path, form: schema.Form, *, may_be_empty: bool) -> bool:
    """Tell whether the file is empty, after making sure that it is a journal otherwise."""
    # At one moment: another process may be making the journal.
    application, version, tables = db.execute(schema.IDENTITY).fetchone()
    if application == version == tables == 0:
        if may_be_empty:
            return True
        words = f"it is no {form.word}: it is empty, and nothing was noted in it"
        raise JournalError(f"journal {path}: {words}", path=path)
    if application != form.application:
        raise _is_another(path, form, schema.FORMS.get(application))
    if version != schema.VERSION:
        raise JournalError(
            f"journal {path}: it has format {version}, and this version of a2e_async writes format "
            f"{schema.VERSION}. Use the version that wrote it, or begin another journal",
            path=path,
        )
    return False


def _is_another(path: Path, form: schema.Form, other: schema.Form | None) -> JournalError:
    is_what = "another file" if other is None else _WORDS[other.word]
    words = f"it is no {form.word}, but {is_what}. Choose another name, and keep this one"
    return JournalError(f"journal {path}: {words}", path=path)


def _set_up(db: sqlite3.Connection, path: Path) -> None:
    mode = one(db, "PRAGMA journal_mode = WAL")
    if mode != "wal":
        words = f"its place does not allow SQLite's WAL mode (it stays {mode}); use a local disk"
        raise JournalError(f"journal {path}: {words}", path=path)
    db.execute("PRAGMA synchronous = FULL")
    # Where fsync alone leaves data in the drive's cache, as on macOS.
    db.execute("PRAGMA fullfsync = ON")


def _seize(db: sqlite3.Connection, path: Path) -> None:
    for _ in range(_LOOKS):
        _lock(db, path)
        if not _owner(db):
            return
        db.execute("ROLLBACK")
        time.sleep(_LOOK_SECONDS)
    _lock(db, path)


def _lock(db: sqlite3.Connection, path: Path) -> None:
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if not faults.is_busy(error):
            raise
        _, process, since = _owner(db) or ("", "another process", "a moment ago")
        raise JournalError(
            f"journal {path}: {process} writes it, since {since}. Only one may: wait for its end, "
            "or stop it",
            path=path,
        ) from error


def _owner(db: sqlite3.Connection) -> tuple[str, ...]:
    """Give the opening that owns the journal, its process and since when; nothing if none does."""
    if not one(db, "SELECT count(*) FROM sqlite_master WHERE name = 'owner'"):
        return ()
    found = db.execute("SELECT opening, process, since FROM owner").fetchone()
    return tuple(map(str, found or ()))


def _make(db: sqlite3.Connection, form: schema.Form) -> None:
    for statement in form.tables:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {form.application}")
    db.execute(f"PRAGMA user_version = {schema.VERSION}")


def _own(db: sqlite3.Connection) -> str:
    opening = uuid.uuid4().hex
    process = f"process {os.getpid()} on {platform.node()}"
    since = datetime.now(UTC).isoformat(timespec="seconds")
    db.execute("REPLACE INTO owner VALUES (1, ?, ?, ?)", (opening, process, since))
    db.execute(f"PRAGMA busy_timeout = {_OWNER_PATIENCE_MS}")
    return opening


def one(db: sqlite3.Connection, statement: str) -> Any:
    """Read one value."""
    return db.execute(statement).fetchone()[0]
