"""Who is let in, and what is refused, over real sockets and on both frameworks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from a2e_async.sandbox import Sandbox
from examples.web.door import Door, new_secret, visitor_of
from examples.web.orders import MOST_FORM, MOST_PROMPT
from tests.examples.web.site import ONE, OTHER, PNG, Guest, Hand, Site, until_started

ID = "0123456789abcdef"


async def test_other_pages_cannot_order(guest: Guest, sandbox: Sandbox) -> None:
    form = {"id": ID, "kind": "picture", "prompt": "x"}
    for origin in (None, "null", "https://evil.example", "http://127.0.0.1"):
        for method, path in (
            ("POST", "/api/cards"),
            ("POST", f"/api/cards/{ID}/cancel"),
            ("PUT", f"/api/cards/{ID}/picture"),
        ):
            status, told = await guest.ask(method, path, origin, json=form)
            assert status == 403, origin
            assert "this page" in told["message"]
    assert sandbox.tasks == ()


async def test_without_a_cookie_there_is_no_gallery(guest: Guest) -> None:
    own = guest.cookie
    for cookie in ("", "x", own[:-1], f"{own}x"):
        guest._http.cookie_jar.clear()
        headers = {"Cookie": f"studio={cookie}", "Origin": guest.url}
        async with guest._http.get(f"{guest.url}/api/events", headers=headers) as answer:
            assert answer.status == 401


@ONE
async def test_a_visitor_sees_only_what_is_his(
    site: Site, guest: Guest, sandbox: Sandbox, hand: Hand
) -> None:
    async with guest.looking():
        card = await guest.ordered(id=ID)
        await until_started(sandbox)
        async with Guest(site.url) as other, other.looking():
            assert await other.ask("POST", f"/api/cards/{card}/cancel") == (
                200,
                {"cancelled": False},
            )
            hand.now = 31
            seen = await guest.sees(card, state="done")
            status, _ = await other.ask("GET", f"/files/{card}/{seen['files'][0]}")
            assert status == 404
            # The same id is another card of his own.
            own = await other.ordered("of the other", id=ID)
            await other.sees(own, title="of the other")
            assert len(other.cards) == 1
    assert guest.cards[card]["title"] == "a red fox"
    await until_started(sandbox, 2)


REFUSED: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({"prompt": "  "}, "prompt"),
    ({"prompt": "x" * (MOST_PROMPT + 1)}, "prompt"),
    ({"prompt": 7}, "prompt"),
    ({"prompt": "\ud800"}, "prompt"),
    ({"kind": "sculpture"}, "kind"),
    ({"kind": []}, "kind"),
    ({"size": {}}, "size"),
    ({"kind": "video"}, "picture"),
    ({"id": "../../etc/passwd"}, None),
    ({"id": None}, None),
)


async def test_a_field_that_cannot_be_is_named(guest: Guest, sandbox: Sandbox) -> None:
    for fields, field in REFUSED:
        status, told = await guest.order(**fields)
        assert (status, told["field"]) == (400, field), fields
        assert told["message"].endswith(".")
    for body in (b"", b"[]", b"{", b"[" * 50_000, b"\xff"):
        assert (await guest.ask("POST", "/api/cards", data=body))[0] == 400
    assert sandbox.tasks == ()


async def test_what_is_too_large_is_not_read_to_its_end(site: Site, guest: Guest) -> None:
    form = json.dumps({"id": ID, "kind": "picture", "prompt": "x" * MOST_FORM}).encode()
    assert (await guest.ask("POST", "/api/cards", data=form))[0] == 413
    site.settings["most_picture"] = 1000
    await site.stop()
    await site.start()
    path = f"/api/cards/{ID}/picture"
    status, told = await guest.ask("PUT", path, data=PNG + bytes(1000))
    assert (status, told["field"]) == (413, "picture")
    status, told = await guest.ask("PUT", path, data=b"<svg onload='alert(1)'/>")
    assert (status, told["field"]) == (415, "picture")
    assert not [*site.folder.rglob("upload*")]


@OTHER
async def test_a_visitor_cannot_fill_the_line(site: Site, sandbox: Sandbox) -> None:
    site.settings["most_open"] = 2
    await site.start()
    async with Guest(site.url) as guest:
        for _ in range(2):
            await guest.ordered()
        status, told = await guest.order()
        assert status == 429
        assert "wait" in told["message"]
        async with Guest(site.url) as other:
            await other.ordered()


async def test_paths_lead_nowhere_else(guest: Guest) -> None:
    for path in (
        "/page/studio.py",
        "/page/..%2fstudio.py",
        "/page/%2e%2e/studio.py",
        f"/files/{ID}/card.json",
        f"/files/{ID}/..%2f..%2fjobs.db",
        "/files/..%2f..%2f..%2f/jobs.db",
    ):
        assert (await guest.ask("GET", path))[0] in {400, 404}, path


async def test_every_answer_is_safe(site: Site, guest: Guest) -> None:
    for path in ("/", "/page/studio.js", "/api/events", "/files/x/y"):
        async with guest._http.get(f"{site.url}{path}") as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    guest._http.cookie_jar.clear()
    async with guest._http.get(f"{site.url}/") as answer:
        cookie = answer.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_with_an_address_of_its_own_the_site_is_strict() -> None:
    door = Door("https://studio.example")
    assert door.secure
    secret = new_secret()
    headers = {"origin": "https://studio.example", "host": "10.0.0.7:8080"}
    visitor = door.admit(secret, "POST", headers)
    assert visitor == visitor_of(secret)
    assert visitor not in secret
    with pytest.raises(Exception, match="did not come from this page"):
        door.admit(secret, "POST", headers | {"origin": "http://10.0.0.7:8080"})
