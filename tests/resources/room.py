"""A room as the service answers it."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.scripted import Scripted, ok

PATH = "/api/v1/streaming-avatar"
OPEN = f"{PATH}/agora-token"
LEAVE = f"{PATH}/leave"
NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
AGORA = "007 a made-up token"
ROOM = {
    "appId": "abc",
    "channel": "f00ba",
    "token": AGORA,
    "uid": 123456,
    "expire_epoch_timestamp": 1735689600,
    "expire_date_UTC": "2025-01-01T00:00:00.000Z",
}


def with_room(scripted: Scripted) -> Scripted:
    return scripted.on("POST", f"{PATH}/*", ok({})).on("POST", OPEN, ok(ROOM))
