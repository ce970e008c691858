"""What SQLite says of a journal, as a message that says what to do. Pure."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from a2e_async.errors import JournalError
from a2e_async.journal.rows import Damaged

_PRIMARY = 0xFF
"""The part of SQLite's result code that tells the kind of error."""

_DAMAGED = "it is damaged: {told}. Nothing was changed in it; bring back a copy of it, or look at "
_DAMAGED += "what can be saved with `sqlite3 FILE .recover`, before you start anything anew"

_WORDS = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: "it is no journal, or its beginning is damaged: {told}. Choose another "
    "file, or bring back a copy of it",
    sqlite3.SQLITE_BUSY: "another process uses it: {told}. Only one may write it: wait for its "
    "end, or stop it",
    sqlite3.SQLITE_READONLY: "it cannot be written: {told}. Make the file and its folder "
    "writable, or choose another place",
    sqlite3.SQLITE_PERM: "it cannot be opened: {told}. Make the file and its folder writable",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: {told}. See that its folder is there and can "
    "be written",
    sqlite3.SQLITE_FULL: "the disk is full: {told}. What was noted before is safe; make room, "
    "and go on with the same journal",
    sqlite3.SQLITE_IOERR: "the disk refuses: {told}. What was noted before is safe; see that the "
    "disk is there and has room, and go on with the same journal",
}


def explain(path: Path, error: Exception) -> JournalError:
    """Make the error that says which journal it is, what is wrong, and what to do."""
    if isinstance(error, (Damaged, UnicodeDecodeError)):
        what = error if isinstance(error, Damaged) else "a text"
        return _error(path, _DAMAGED.format(told=f"{what} is not what was written"))
    if not isinstance(error, sqlite3.Error):
        words = error.strerror if isinstance(error, OSError) else None
        return _error(path, f"it cannot be used: {words or repr(error)}")
    words = _WORDS.get(_code(error) & _PRIMARY)
    if words is None and type(error) in {sqlite3.DatabaseError, sqlite3.OperationalError}:
        # Such as a column that is not there, or text that is no UTF-8.
        words = _DAMAGED
    return _error(path, (words or "it cannot be used: {told}").format(told=_told(error)))


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether another connection holds what was asked for."""
    return _code(error) & _PRIMARY in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_refused(error: sqlite3.Error) -> bool:
    """Tell whether the file or its folder cannot be written."""
    refused = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
    return _code(error) & _PRIMARY in refused


def _code(error: sqlite3.Error) -> int:
    found: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return found


def _told(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    return f"{error} ({name})" if name else str(error)


def _error(path: Path, words: str) -> JournalError:
    return JournalError(f"journal {path}: {words}", path=path)
