"""The web back ends over real sockets, both of them: what comes of an order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from a2e_async.sandbox import Fault, Faults, Sandbox
from tests.examples.web.site import ONE, OTHER, PATIENT, PNG, Guest, Hand, Site, until_started
from tests.jobs.service import until


async def test_an_order_becomes_a_picture_in_the_gallery(
    site: Site, guest: Guest, sandbox: Sandbox, hand: Hand
) -> None:
    async with guest.looking():
        card = await guest.ordered(size="landscape")
        await until_started(sandbox)
        hand.now = 15
        await guest.sees(card, state="running")
        hand.now = 31
        seen = await guest.sees(card, state="done")
    (name,) = seen["files"]
    status, picture = await guest.ask("GET", f"/files/{card}/{name}")
    assert status == 200
    assert picture.startswith(PNG)
    (task,) = sandbox.tasks
    assert (task.body["width"], task.body["height"]) == (1152, 768)
    # Who comes later is shown all of it.
    async with guest.looking():
        guest.cards.clear()
        assert await guest.sees(card, state="done") == seen


async def test_an_order_that_comes_several_times_is_paid_once(
    guest: Guest, sandbox: Sandbox, hand: Hand
) -> None:
    fields = {"id": "0123456789abcdef"}
    answers = await asyncio.gather(*(guest.order(**fields) for _ in range(4)))
    assert {status for status, _ in answers} == {202}
    assert len({card["id"] for _, card in answers}) == 1
    async with guest.looking():
        await until_started(sandbox)
        hand.now = 31
        await guest.sees(fields["id"], state="done")
    assert (await guest.order(**fields))[1]["state"] == "done"
    assert len(sandbox.tasks) == 1


@ONE
async def test_what_waits_in_line_can_be_cancelled_for_nothing(
    site: Site, sandbox: Sandbox, hand: Hand
) -> None:
    site.options["in_flight"] = 1
    await site.start()
    async with Guest(site.url) as guest, guest.looking():
        first = await guest.ordered("first")
        await until_started(sandbox)
        paid = sandbox.coins
        second, third = await guest.ordered("second"), await guest.ordered("third")
        waiting = await guest.sees(second, state="waiting", position=1)
        assert "line" in waiting["text"]
        await guest.sees(third, position=2)
        cancel = f"/api/cards/{second}/cancel"
        assert await guest.ask("POST", cancel) == (200, {"cancelled": True})
        await guest.sees(second, state="cancelled", position=None)
        await guest.sees(third, position=1)
        assert sandbox.coins == paid
        assert await guest.ask("POST", f"/api/cards/{first}/cancel") == (200, {"cancelled": False})
        hand.now = 31
        await guest.sees(first, state="done")
        await until_started(sandbox, 2)
        hand.now = 62
        await guest.sees(third, state="done")
    assert [task.body["prompt"] for task in sandbox.tasks] == ["first", "third"]


async def test_a_restart_loses_nothing(site: Site, sandbox: Sandbox, hand: Hand) -> None:
    site.options["in_flight"] = 1
    await site.start()
    async with Guest(site.url) as guest:
        first = await guest.ordered("first")
        await until_started(sandbox)
        second, third = await guest.ordered("second"), await guest.ordered("third")
        await guest.ask("POST", f"/api/cards/{third}/cancel")
        await site.stop()
        hand.now = 31
        await site.start()
        async with guest.looking():
            await guest.sees(first, state="done")
            await until_started(sandbox, 2)
            hand.now = 62
            await guest.sees(second, state="done")
            await guest.sees(third, state="cancelled")
        # All of it was handed over: nothing is left to go on with.
        await site.stop()
        await site.start()
        assert site.studio is not None
        assert site.studio._tickets == {}
        async with guest.looking():
            guest.cards.clear()
            await guest.sees(first, state="done")
            assert {*guest.cards} == {first, second, third}
    assert len(sandbox.tasks) == 2


@OTHER
async def test_a_failure_is_told_in_words_for_people(
    guest: Guest, sandbox: Sandbox, hand: Hand
) -> None:
    sandbox.faults.next("start", Fault.failed_task("GPU 17 on fire"))
    async with guest.looking():
        failing = await guest.ordered()
        await until_started(sandbox)
        hand.now = 31
        failed = await guest.sees(failing, state="failed")
        sandbox.faults.next("start", Fault.refused(1004, "not allowed: sk_1"))
        refused = await guest.sees(await guest.ordered(), state="failed")
    for card in (failed, refused):
        assert card["text"]
        assert "GPU" not in card["text"]
        assert "sk_" not in card["text"]


@OTHER
async def test_a_lost_answer_of_the_service_costs_nothing_more(
    guest: Guest, sandbox: Sandbox, hand: Hand
) -> None:
    sandbox.faults.next("start", Fault.lost_answer())
    async with guest.looking():
        card = await guest.ordered()
        await until_started(sandbox)
        await guest.sees(card, state="running")
        hand.now = 31
        await guest.sees(card, state="done")
    assert len(sandbox.tasks) == 1


@ONE
async def test_a_result_that_cannot_be_fetched_is_fetched_later(
    guest: Guest, sandbox: Sandbox, hand: Hand
) -> None:
    sandbox.faults.next("download", Fault.status(500), times=12)
    async with guest.looking():
        card = await guest.ordered()
        await until_started(sandbox)
        hand.now = 31
        await guest.sees(card, state="done")


@OTHER
async def test_a_result_that_is_gone_for_good_is_said_to_be(
    guest: Guest, sandbox: Sandbox, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("examples.web.studio._RESULTS_LIVE", 0.0)
    sandbox.faults.set_rate("download", Fault.status(500), 1.0)
    async with guest.looking():
        card = await guest.ordered()
        await until_started(sandbox)
        hand.now = 31
        failed = await guest.sees(card, state="failed")
    assert failed["text"]
    assert "127.0.0.1" not in failed["text"]


async def test_a_call_of_the_service_tells_the_end(site: Site) -> None:
    site.webhook = True
    site.options["schedule"] = PATIENT
    # Its bells are rung by a clock that goes by itself.
    async with Sandbox(speed=100, durations=30.0) as site.sandbox:
        await site.start()
        async with Guest(site.url) as guest, guest.looking():
            status, _ = await guest.ask("POST", "/a2e", None, data=b"{}")
            assert status == 401
            await guest.sees(await guest.ordered(), state="done")
        await site.stop()
        assert [bell.status for bell in site.sandbox.bells] == [204]


async def test_a_page_that_is_left_leaves_nothing_behind(site: Site, guest: Guest) -> None:
    assert site.studio is not None
    viewers = site.studio._board._viewers
    async with guest.looking():
        await until(lambda: guest.comments > 1)
        assert viewers
    await until(lambda: not viewers)


async def test_a_stop_does_not_wait_for_open_pages(site: Site, guest: Guest) -> None:
    site.settings["heartbeat"] = 100.0
    await site.stop()
    await site.start()
    async with guest.looking(), asyncio.timeout(5):
        await site.stop()


@ONE
async def test_a_video_begins_with_the_picture_of_its_visitor(
    guest: Guest, sandbox: Sandbox, hand: Hand
) -> None:
    fields: dict[str, Any] = {"id": "video-0123456789", "kind": "video", "seconds": 10}
    picture = PNG + bytes(1000)
    path = f"/api/cards/{fields['id']}/picture"
    assert (await guest.ask("PUT", path, data=picture))[0] == 204
    async with guest.looking():
        card = await guest.ordered("it turns its head", **fields)
        # Sent once more by an impatient browser, it changes nothing any more.
        assert (await guest.ask("PUT", path, data=picture))[0] == 204
        await until_started(sandbox)
        hand.now = 31
        seen = await guest.sees(card, state="done")
    assert seen["files"] == ["result.mp4"]
    (task,) = sandbox.tasks
    assert task.body["video_time"] == 10


@OTHER
@pytest.mark.slow
async def test_in_all_kinds_of_trouble_each_order_ends_once(site: Site) -> None:
    faults = Faults(
        rate={
            # What leaves open whether there is a task takes the store its time to find out.
            "start": {Fault.lost_answer(): 0.3, Fault.rate_limited(0): 0.3},
            "detail": {Fault.status(500): 0.2, Fault.html(): 0.1},
            "download": {Fault.cut(): 0.3},
        }
    )
    site.options["in_flight"] = 3
    async with Sandbox(seed=5, speed=100, durations=20.0, faults=faults) as site.sandbox:
        await site.start()
        async with Guest(site.url) as guest:
            cards = [await guest.ordered(f"number {n}") for n in range(8)]
            for _ in range(3):
                await asyncio.sleep(0.3)
                await site.stop()
                await site.start()
            async with guest.looking():
                ended = {"done", "failed"}
                states = guest.cards
                await until(
                    lambda: all(states.get(it, {}).get("state") in ended for it in cards), 30
                )
        await site.stop()
        prompts = [task.body["prompt"] for task in site.sandbox.tasks]
        done = {card["title"] for card in guest.cards.values() if card["state"] == "done"}
    assert len(prompts) == len({*prompts}), "none is paid for twice"
    assert done == {*prompts}, "whatever was paid for is in the gallery"
