"""The journal's tables, and the statements on them."""

from __future__ import annotations

from functools import cache
from typing import Final

import attrs

VERSION: Final = 1
"""``PRAGMA user_version``: the format that is written here."""

IDENTITY: Final = (
    "SELECT (SELECT application_id FROM pragma_application_id),"
    " (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master)"
)

# No column has a type where SQLite would change a number into another kind of number: what is
# read has to be what was written, to the checksum. Columns that change are apart from those that
# do not, so that a change neither copies a prompt nor touches an index.
_TABLES: Final = (
    "CREATE TABLE plan (row INTEGER PRIMARY KEY, position INTEGER NOT NULL, key TEXT UNIQUE,"
    " kind TEXT NOT NULL, fingerprint TEXT NOT NULL, planned_at, checksum INTEGER NOT NULL,"
    " request TEXT NOT NULL)",
    "CREATE INDEX plan_position ON plan (position)",
    "CREATE TABLE fate (row INTEGER PRIMARY KEY, state TEXT NOT NULL, attempts INTEGER NOT NULL,"
    " name TEXT, task_id TEXT, coins, coins_before, reserved, record TEXT, error TEXT, files TEXT,"
    " starting_at, started_at, ended_at, checksum INTEGER NOT NULL)",
    "CREATE TABLE task (kind TEXT NOT NULL, task_id TEXT NOT NULL, row INTEGER NOT NULL,"
    " PRIMARY KEY (kind, task_id)) WITHOUT ROWID",
    "CREATE TABLE content (digest TEXT PRIMARY KEY, content BLOB NOT NULL)",
    "CREATE TABLE meta (field TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE owner (only INTEGER PRIMARY KEY CHECK (only = 1), opening TEXT NOT NULL,"
    " process TEXT NOT NULL, since TEXT NOT NULL)",
)

_STORE_TABLES: Final = (
    *_TABLES,
    "CREATE TABLE handover (row INTEGER PRIMARY KEY, tag TEXT NOT NULL, belongs TEXT,"
    " acknowledged_at, checksum INTEGER NOT NULL)",
    "CREATE INDEX handover_open ON handover (row) WHERE acknowledged_at IS NULL",
)

_COLUMNS = "SELECT p.row, p.position, p.key, p.kind, p.fingerprint, p.planned_at, p.checksum, f.*"
_ITEM = f"{_COLUMNS} FROM plan p LEFT JOIN fate f ON f.row = p.row"
_KEPT = (
    f"{_COLUMNS}, h.* FROM plan p LEFT JOIN fate f ON f.row = p.row"
    " LEFT JOIN handover h ON h.row = p.row"
)


@attrs.frozen(kw_only=True)
class Form:
    """What a file of this package is.

    Attributes:
        application: ``PRAGMA application_id``.
        word: what it is called.
        tables: the statements that make it.
        all: the statement that reads all its items.
    """

    application: int
    word: str
    tables: tuple[str, ...]
    all: str


JOURNAL: Final = Form(
    application=0x41324A31, word="journal", tables=_TABLES, all=f"{_ITEM} ORDER BY p.row"
)
STORE: Final = Form(
    application=0x41324B31, word="store", tables=_STORE_TABLES, all=f"{_KEPT} ORDER BY p.row"
)
FORMS: Final = {form.application: form for form in (JOURNAL, STORE)}

BY_KEY: Final = f"{_ITEM} WHERE p.key = ?"
BY_POSITION: Final = f"{_ITEM} WHERE p.position = ? ORDER BY p.row"
BY_STATE: Final = f"{_ITEM} WHERE f.state = ?"

PLAN: Final = (
    "INSERT INTO plan (row, position, key, kind, fingerprint, planned_at, checksum, request)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
TASK: Final = "INSERT OR IGNORE INTO task VALUES (?, ?, ?)"

# What a planned item costs has been spent before: `state.spent` says the same of one item.
SUMMARY: Final = (
    "SELECT coalesce(f.state, 'planned'), count(*), total(f.coins_before),"
    " total(f.coins), total(CASE WHEN f.coins IS NULL THEN f.reserved END)"
    " FROM plan p LEFT JOIN fate f ON f.row = p.row GROUP BY 1"
)

LOST: Final = (
    "SELECT (SELECT count(*) FROM fate WHERE row NOT IN (SELECT row FROM plan))"
    " + (SELECT count(*) FROM task WHERE row NOT IN (SELECT row FROM fate))"
    " + (SELECT count(*) FROM fate f WHERE f.task_id IS NOT NULL AND NOT EXISTS (SELECT 1"
    " FROM task t JOIN plan p USING (kind) WHERE p.row = f.row AND t.task_id = f.task_id))"
)
"""How many rows are there without those that belong to them."""

ANSWERED: Final = (
    "SELECT f.started_at FROM task t JOIN fate f ON f.row = t.row AND f.task_id = t.task_id"
    " WHERE t.kind = ? AND f.starting_at IS NOT NULL AND f.started_at >= ? ORDER BY f.started_at"
)
"""When the tasks of a kind were known, from a moment on."""

HANDOVER: Final = "REPLACE INTO handover VALUES (?, ?, ?, ?, ?)"
KEPT_BY_ROW: Final = f"{_KEPT} WHERE p.row = ?"
KEPT_BY_TASK: Final = f"{_KEPT} JOIN task t ON t.row = p.row WHERE t.kind = ? AND t.task_id = ?"
KEPT_OPEN: Final = (
    "SELECT row FROM handover WHERE acknowledged_at IS NULL AND row > ?"
    " AND (? IS NULL OR belongs = ?) ORDER BY row LIMIT ?"
)
KEPT_UNDER_WAY: Final = (
    f"{_KEPT} WHERE h.acknowledged_at IS NULL AND f.state IN ('started', 'uncertain')"
    " AND p.row > ? ORDER BY p.row LIMIT ?"
)
KEPT_SPENT: Final = (
    "SELECT total(f.coins_before) + total(coalesce(f.coins, f.reserved)) FROM fate f"
    " JOIN handover h ON h.row = f.row WHERE f.starting_at >= ? AND (? IS NULL OR h.belongs = ?)"
)
KEPT_OLD: Final = (
    "SELECT h.row FROM handover h LEFT JOIN fate f ON f.row = h.row"
    " WHERE h.acknowledged_at < ? OR (f.state IN ('completed', 'failed') AND f.ended_at < ?)"
    " ORDER BY h.row LIMIT ?"
)
WITH_MEDIA: Final = "SELECT request FROM plan WHERE instr(request, '\"$bytes\"')"

_FATES = 15


@cache
def page(states: int) -> str:
    """Write the statement that reads the items after a place, of so many states (0 for all)."""
    marks = ", ".join("?" * states)
    chosen = f" AND coalesce(f.state, 'planned') IN ({marks})" if states else ""
    return f"{_ITEM} WHERE (p.position, p.row) > (?, ?){chosen} ORDER BY p.position, p.row LIMIT ?"


@cache
def fates(count: int) -> str:
    """Write the statement that stores what became of so many items, in one go."""
    marks = f"({', '.join('?' * _FATES)})"
    return "REPLACE INTO fate VALUES " + ", ".join([marks] * count)  # noqa: S608  (marks only)


@cache
def known(count: int) -> str:
    """Write the statement that reads the times of so many tasks of a kind."""
    marks = ", ".join("?" * count)
    return (
        "SELECT t.task_id, f.name, f.starting_at, f.started_at, f.ended_at"  # noqa: S608  (marks)
        " FROM task t JOIN fate f ON f.row = t.row AND f.task_id = t.task_id"
        " WHERE t.kind = ? AND f.starting_at IS NOT NULL AND f.started_at IS NOT NULL"
        f" AND t.task_id IN ({marks})"
    )
