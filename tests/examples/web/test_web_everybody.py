"""The page for everybody: by keyboard, by ear, on a phone, by day and by night."""

from __future__ import annotations

from a2e_async.sandbox import Fault, Sandbox
from tests.examples.web.pages import FOCUS, SHOWN, STATES, order
from tests.examples.web.site import ONE, OTHER, Hand, Site, until_started
from tests.support.browser import Page
from tests.support.contrast import contrast


@ONE
async def test_all_of_it_works_with_the_keyboard(
    site: Site, opened: Page, sandbox: Sandbox, hand: Hand
) -> None:
    seen = []
    for _ in range(8):
        await opened.press("Tab")
        seen.append(await opened.run(f"{FOCUS}.id || {FOCUS}.value || {FOCUS}.className"))
        if seen[-1] == "prompt":
            await opened.type("a lake")
        if seen[-1] == "square":
            await opened.press("ArrowRight")
        if seen[-1] == "send":
            break
    assert seen == ["skip", "picture", "prompt", "square", "send"]
    await opened.press("Enter")
    await opened.wait_for(f"{STATES} === 'running'")
    hand.now = 31
    await opened.wait_for(SHOWN)
    (task,) = sandbox.tasks
    assert (task.body["width"], task.body["height"]) == (768, 1152)
    await opened.press("Tab")
    assert await opened.run(f"{FOCUS}.querySelector('img') !== null")
    await opened.press("Tab")
    assert await opened.run(f"{FOCUS}.download") == "result.png"


@OTHER
async def test_it_is_for_everybody(site: Site, opened: Page, sandbox: Sandbox, hand: Hand) -> None:
    await order(opened, "a red fox in snow")
    await until_started(sandbox)
    hand.now = 31
    await opened.wait_for(SHOWN)
    sandbox.faults.next("start", Fault.refused(1004, "no"))
    await order(opened, "w" * 300)
    await opened.wait_for(f"{STATES} === 'failed,done'")
    await order(opened, "a lake")
    await opened.wait_for(f"{STATES} === 'running,failed,done'")
    await hears_all_of_it(opened)
    await fits_every_width(opened)
    await can_be_read_by_day_and_by_night(opened)


async def hears_all_of_it(page: Page) -> None:
    told = await page.accessible()
    for wanted in (
        ("heading", "Studio"),
        ("form", "Make something new"),
        ("group", "What"),
        ("radio", "A picture"),
        ("textbox", "Describe it"),
        ("group", "Shape"),
        ("radio", "Landscape"),
        ("button", "Make it"),
        ("heading", "Your gallery"),
        ("list", "Your gallery"),
        ("image", "a red fox in snow"),
        ("link", "Download a red fox in snow"),
        ("heading", "a lake"),
    ):
        assert wanted in told, wanted
    roles = {role for role, _ in told}
    assert {"main", "banner", "region", "status", "listitem"} <= roles
    named = {"button", "link", "image", "radio", "textbox", "progressbar"}
    assert not [it for it in told if it[0] in named and not it[1]]
    unnamed = "[...document.querySelectorAll('input, textarea')].filter(it => !it.labels[0])"
    assert await page.run(f"{unnamed}.length") == 0


async def fits_every_width(page: Page) -> None:
    for width in (320, 390, 768, 1280):
        await page.resize(width, 800, phone=width < 700)
        assert await page.run("document.documentElement.scrollWidth <= innerWidth"), width


async def can_be_read_by_day_and_by_night(page: Page) -> None:
    texts = "h1, h2, h3, p, label > span, .field > label, legend, a, time, button"
    for scheme in ("light", "dark"):
        await page.prefer(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
        back = "getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]"
        assert (int(await page.run(back)) < 100) == (scheme == "dark")
        ratio, where = await page.run(contrast(texts))
        assert ratio >= 4.5, where
