"""The page of a run in a real browser, from the disk."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.report.runs import at, failed, film, picture, row, write
from tests.support.browser import Page
from tests.support.contrast import contrast

CARDS = "[...document.querySelectorAll('.card')]"
TITLES = f"{CARDS}.map(it => it.querySelector('.title').textContent)"
KEYS = f"{CARDS}.map(it => it.querySelector('.key').textContent)"
LOADED = "[...document.images].every(it => it.complete)"
COUNT = "document.querySelector('#count').textContent"
OPEN = "document.querySelector('#viewer').open"
CONTRAST = contrast("h1, p, dt, dd, small, button, .quiet, .message")


async def show(
    page: Page, directory: Path, *rows: Any, hash: str = "", title: str = "A run"
) -> str:
    url = (await asyncio.to_thread(write, directory, *rows, title=title)).as_uri()
    await page.open(url + hash)
    await page.wait_for(f"{CARDS}.length === Math.min(60, {len(rows)}) || {CARDS}.length > 60")
    return url


async def choose(page: Page, select: str, value: str) -> None:
    await page.run(
        f"(() => {{ const it = document.querySelector('{select}'); it.value = '{value}'; "
        "it.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )


async def search(page: Page, text: str, count: str) -> None:
    await page.run("document.querySelector('#search').select()")
    await page.type(text)
    await page.wait_for(f"{COUNT} === {count!r}")


async def test_it_shows_the_items_and_asks_no_network(page: Page, tmp_path: Path) -> None:
    picture(tmp_path / "files" / "a.png")
    url = await show(
        page, tmp_path, row(0, files=["files/a.png"]), failed(1, "not allowed"), title="Night & day"
    )
    await page.wait_for(LOADED)
    assert await page.run("document.title") == "Night & day"
    assert await page.run(TITLES) == ["prompt number 0", "prompt number 1"]
    text = await page.run("document.body.innerText")
    assert "640 \xd7 480 · 10 coins · 10 s" in text.replace("\n", " ")
    assert "not allowed" in text
    files = [asked for asked in page.requests if not asked.startswith("data:")]
    assert files[0] == url
    assert all(asked.startswith(tmp_path.as_uri()) for asked in files)
    assert len(files) == 2


async def test_the_policy_stops_what_the_page_did_not_bring(page: Page, tmp_path: Path) -> None:
    await show(page, tmp_path, row(0))
    await page.run(
        "window.stopped = []; document.addEventListener('securitypolicyviolation', "
        "it => window.stopped.push(it.effectiveDirective)); "
        "document.body.insertAdjacentHTML('beforeend', "
        '\'<img src="http://127.0.0.1:9/x.png" onerror="window.bad=1">\');'
        "fetch('http://127.0.0.1:9/').catch(() => 0)"
    )
    await page.wait_for("['img-src', 'connect-src'].every(it => window.stopped.includes(it))")
    await page.run(
        "(() => { const it = document.createElement('script'); it.textContent = 'window.bad = 1';"
        "document.body.append(it); })()"
    )
    assert await page.run("window.bad === undefined")
    assert all("Content Security Policy" in problem for problem in page.problems)
    page.problems.clear()


async def test_items_are_filtered_by_state(page: Page, tmp_path: Path) -> None:
    await show(
        page,
        tmp_path,
        row(0),
        failed(1, "no"),
        row(2, "started"),
        failed(3, "no"),
        row(4, "planned"),
    )
    chips = "[...document.querySelectorAll('.chip')]"
    assert await page.run(f"{chips}.map(it => it.textContent)") == [
        "All 5", "Completed 1", "Failed 2", "Under way 1", "Not started 1",
    ]  # fmt: skip
    await page.click('.chip[data-state="failed"]')
    assert await page.run(KEYS) == ["key-1", "key-3"]
    assert await page.run(COUNT) == "2 of 5 items"
    pressed = f"{chips}.filter(it => it.ariaPressed === 'true').map(it => it.dataset.state)"
    assert await page.run(pressed) == ["failed"]
    await page.click('.chip[data-state=""]')
    assert await page.run(COUNT) == "5 items"


async def test_a_result_that_could_not_be_fetched_says_so(page: Page, tmp_path: Path) -> None:
    error = {"type": "DownloadFailed", "message": "the disk is full", "code": None, "status": 507}
    await show(page, tmp_path, row(0, error=error))
    assert await page.run("document.querySelector('.message').textContent") == "the disk is full"
    await page.click(".card")
    text = await page.run("document.querySelector('#trouble').innerText")
    assert " ".join(text.split()) == "DownloadFailed · HTTP 507 the disk is full"


async def test_items_are_searched_in_all_their_words(page: Page, tmp_path: Path) -> None:
    await show(
        page,
        tmp_path,
        row(0, prompt="A red Fox\nin snow"),
        row(1, prompt="a red lake"),
        failed(2, "the FOX was rejected", prompt="x"),
        row(3, prompt=None, key=None, request={"style": "foxglove"}),
    )
    await search(page, "fox", "3 of 4 items")
    assert await page.run(TITLES) == ["A red Fox\nin snow", "x", "Item 3"]
    await search(page, "snow  RED", "1 of 4 items")
    await search(page, "<b>", "0 of 4 items")
    assert await page.run("document.querySelector('#empty').checkVisibility()")
    await page.click("#clear")
    assert await page.run(COUNT) == "4 items"
    assert await page.run("document.querySelector('#search').value") == ""


async def test_items_are_sorted_and_turned_with_the_unknown_last(
    page: Page, tmp_path: Path
) -> None:
    await show(
        page,
        tmp_path,
        row(0, prompt="b", coins=5, kind="nano_banana"),
        row(1, prompt="C", coins=None, key="k10"),
        row(2, prompt="a", coins=30, key="k9", ended_at=at(500)),
    )
    prompts = {"coins": "abC", "seconds": "abC", "prompt": "abC", "input": "bCa"}
    prompts["key"] = "aCb"
    turned = {"coins": "baC", "seconds": "bCa", "prompt": "Cba", "key": "bCa", "input": "aCb"}
    for turn, expected in ((False, prompts), (True, turned)):
        if turn:
            await page.click("#direction")
        for order, wanted in expected.items():
            await choose(page, "#sort", order)
            assert await page.run(f"{TITLES}.join('')") == wanted, order
    await choose(page, "#kind", "nano_banana")
    assert await page.run(KEYS) == ["key-0"]


HOSTILE = (
    "</script><script>window.bad=1</script>",
    "<img src=x onerror='window.bad=1'>",
    "\u202eright to left\u2066",
    "{{script}} &lt;b&gt; ${window.bad=1}",
    "line\u2028separators\u2029and\x00zero",
)


async def test_nothing_in_a_row_is_more_than_text(page: Page, tmp_path: Path) -> None:
    rows = [
        row(n, prompt=text, key=text, name=text, kind=text, token=text, request={text: text})
        for n, text in enumerate(HOSTILE)
    ]
    rows += [failed(len(rows), HOSTILE[0], prompt=None), row(len(rows) + 1, prompt="y" * 10_000)]
    await show(page, tmp_path, *rows, title=HOSTILE[0])
    assert await page.run("document.querySelector('h1').textContent") == HOSTILE[0]
    for number, text in enumerate(HOSTILE):
        await page.run(f"document.querySelectorAll('.title')[{number}].click()")
        assert await page.run("document.querySelector('#prompt').textContent") == text
        facts = "[...document.querySelectorAll('#facts dd')].map(it => it.textContent)"
        assert (await page.run(facts)).count(text) == 4
        await page.press("Escape")
    await page.run("document.querySelectorAll('.title')[5].click()")
    assert await page.run("document.querySelector('#trouble p').textContent") == HOSTILE[0]
    await page.press("ArrowRight")
    assert await page.run("document.querySelector('#prompt').textContent.length") == 10_000
    assert await page.run("document.querySelectorAll('script, img').length") == 2
    assert await page.run("window.bad === undefined")


NAMES = ("a#b.png", "a?b=1&c.png", "50%.png", "%41.png", "a b  c.png", "a:b.png", "ü狐\u202e.png")


async def test_file_names_of_all_kinds_lead_to_their_files(page: Page, tmp_path: Path) -> None:
    names = [*NAMES, "'\".png", "a+b;c=d,e@f.png", "<b>.png"]
    rows = []
    for number, name in enumerate(names):
        picture(tmp_path / "files" / name, (10 + number, 20))
        rows.append(row(number, files=[f"files/{name}"]))
    run = tmp_path / "files"
    await show(page, tmp_path, *rows, hash="#item-0")
    assert run.is_dir()
    for number in range(len(names)):
        await page.wait_for("document.querySelector('#stage img')?.complete")
        width = await page.run("document.querySelector('#stage img').naturalWidth")
        assert width == 10 + number, names[number]
        await page.press("ArrowRight")


async def test_a_damaged_or_missing_file_is_said_to_be(page: Page, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.png").write_bytes(b"no picture")
    picture(tmp_path / "files" / "b.png")
    names = ("a", "b", "gone")
    rows = [row(n, files=[f"files/{name}.png"]) for n, name in enumerate(names)]
    written = await asyncio.to_thread(write, tmp_path, *rows)
    shutil.rmtree(tmp_path / "files" / ".thumbnails")
    await page.open(written.as_uri())
    shown = f"{CARDS}.map(it => it.querySelector('.placeholder')?.textContent ?? 'shown')"
    await page.wait_for(f"{LOADED} && {shown}.join() === 'Damaged,shown,File is missing'")
    await page.run("document.querySelector('.title').click()")
    await page.wait_for("document.querySelector('#stage').textContent.includes('cannot be shown')")
    page.problems.clear()


async def test_a_film_plays_in_the_page_and_stops_with_it(page: Page, tmp_path: Path) -> None:
    await asyncio.to_thread(film, tmp_path / "files" / "a.mp4")
    await show(page, tmp_path, row(0, files=["files/a.mp4"]))
    assert "▶ 0:0" in await page.run("document.querySelector('.badge').textContent")
    assert await page.run("document.querySelectorAll('video').length") == 0
    await page.click(".card")
    # Without an end, so that it can only have been stopped.
    await page.run("document.querySelector('#stage video').loop = true")
    await page.run("document.querySelector('#stage video').play()")
    await page.wait_for("document.querySelector('#stage video').currentTime > 0.1")
    await page.run("window.film = document.querySelector('#stage video')")
    await page.press("Escape")
    await page.wait_for("window.film.paused")
    assert not await page.run(OPEN)


async def test_without_thumbnails_films_load_when_they_come_near(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("a2e_async.batch.report.thumbnails.can_draw", lambda media: False)
    await asyncio.to_thread(film, tmp_path / "files" / "a.mp4")
    rows = [row(n, files=["files/a.mp4"]) for n in range(200)]
    await show(page, tmp_path, *rows)
    assert await page.run("document.querySelector('.frame video[src]') === null")
    await page.run("document.querySelector('#items').scrollIntoView()")
    await page.wait_for("document.querySelector('.frame video').readyState >= 2")
    await page.wait_for(f"{CARDS}.length === 200")
    loaded = await page.run("[...document.querySelectorAll('.frame video[src]')].length")
    assert 0 < loaded < 60


async def test_several_files_of_an_item_are_all_shown(page: Page, tmp_path: Path) -> None:
    names = [f"files/{n}.png" for n in range(3)]
    for number, name in enumerate(names):
        picture(tmp_path / name, (100 + number, 50))
    await show(page, tmp_path, row(0, files=names), hash="#item-0")
    await page.click("#strip li:nth-child(3) button")
    await page.wait_for("document.querySelector('#stage img').naturalWidth === 102")
    pressed = "document.querySelector('#strip [aria-current=true]').ariaLabel"
    assert await page.run(pressed) == "File 3 of 3"


async def test_all_of_it_works_with_the_keyboard(page: Page, tmp_path: Path) -> None:
    await page.resize(1280, 900)
    await show(page, tmp_path, *(row(n) for n in range(30)))
    await page.press("/")
    assert await page.run("document.activeElement.id") == "search"
    focus = "document.activeElement.closest('.card')?.item.index ?? -1"
    for _ in range(20):
        await page.press("Tab")
        if await page.run(focus) == 0:
            break
    assert await page.run(focus) == 0
    outline = "getComputedStyle(document.activeElement, '::after').outlineStyle"
    assert await page.run(outline) == "solid", "the focus is seen"
    await page.press("ArrowRight")
    await page.press("ArrowDown")
    lefts = f"new Set({CARDS}.map(it => it.getBoundingClientRect().left)).size"
    columns = await page.run(lefts)
    assert columns > 2
    assert await page.run(focus) == 1 + columns
    await page.press("Enter")
    assert await page.run(OPEN)
    await page.press("ArrowRight")
    await page.press("ArrowRight")
    await page.press("ArrowLeft")
    title = "document.querySelector('#viewer-title').textContent"
    assert await page.run(title) == f"key-{2 + columns}"
    await page.press("Escape")
    await page.wait_for(f"!{OPEN}")
    # The focus is where the reader was.
    await page.wait_for(f"({focus}) === {2 + columns}")


async def test_a_link_opens_its_item(page: Page, tmp_path: Path) -> None:
    url = await show(page, tmp_path, *(row(n) for n in range(9)), hash="#item-7")
    assert await page.run("document.querySelector('#viewer-title').textContent") == "key-7"
    assert await page.run("document.querySelector('#viewer-place').textContent") == "8 of 9"
    await page.press("ArrowRight")
    assert await page.run("location.href") == f"{url}#item-8"
    await page.press("Escape")
    await page.wait_for(f"location.href === {url!r}")


async def test_an_item_opened_right_after_another_was_closed_stays(
    page: Page, tmp_path: Path
) -> None:
    picture(tmp_path / "files" / "a.png")
    await show(page, tmp_path, *(row(n, files=["files/a.png"]) for n in range(3)), hash="#item-0")
    await page.run(
        "(() => { document.querySelector('#viewer').close(); "
        "document.querySelectorAll('.title')[1].click(); "
        "return new Promise(done => setTimeout(done, 50)); })()"
    )
    assert await page.run("document.querySelectorAll('#stage img').length") == 1
    await page.press("ArrowRight")
    assert await page.run("document.querySelector('#viewer-title').textContent") == "key-2"


async def test_a_screen_reader_is_told_all_of_it(page: Page, tmp_path: Path) -> None:
    picture(tmp_path / "files" / "a.png")
    await show(page, tmp_path, row(0, files=["files/a.png"]), failed(1, "refused by the filter"))
    told = await page.accessible()
    for wanted in (
        ("heading", "A run"),
        ("heading", "Items"),
        ("image", "The run over time"),
        ("search", "Items"),
        ("searchbox", "Search in prompts, keys, errors and settings"),
        ("group", "State"),
        ("button", "Failed 1"),
        ("combobox", "Sort by"),
        ("button", "Reverse the order"),
        ("list", "Items"),
        ("button", "prompt number 0"),
        ("StaticText", "Completed"),
        ("StaticText", "refused by the filter"),
    ):
        assert wanted in told, wanted
    roles = {role for role, _ in told}
    assert {"main", "banner", "contentinfo", "status", "figure"} <= roles
    await page.run("document.querySelector('.title').click()")
    told = await page.accessible()
    assert ("dialog", "key-0") in told
    assert ("image", "Result: files/a.png") in told
    assert ("heading", "Items") not in told, "what is behind an open item is not told"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_can_be_read_by_day_and_by_night(page: Page, tmp_path: Path, scheme: str) -> None:
    await page.prefer(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    states = ("completed", "uncertain", "started", "planned", "odd")
    rows = [row(n, state) for n, state in enumerate(states)]
    await show(page, tmp_path, *rows, failed(9, "refused"))
    back = "getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]"
    assert (int(await page.run(back)) < 100) == (scheme == "dark")
    ratio, where = await page.run(CONTRAST)
    assert ratio >= 4.5, where
    await page.click(".card:last-child")
    ratio, where = await page.run(CONTRAST)
    assert ratio >= 4.5, where


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
async def test_it_fits_every_width(page: Page, tmp_path: Path, width: int) -> None:
    await page.resize(width, 800, phone=width < 700)
    picture(tmp_path / "files" / "a.png")
    await asyncio.to_thread(film, tmp_path / "files" / "a.mp4")
    long = "w" * 300
    rows = [row(0, files=["files/a.png"], prompt=long, key=long, request={long: long})]
    rows += [failed(1, long), row(2, files=["files/a.mp4"], kind="wan")]
    await show(page, tmp_path, *rows, title=long)
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert await page.run(fits)
    for number in range(3):
        await page.run(f"document.querySelectorAll('.title')[{number}].click()")
        assert await page.run(fits)
        assert await page.run(
            "[...document.querySelectorAll('#viewer button, #stage > *')]"
            ".filter(it => it.checkVisibility()).every(it => { "
            "const box = it.getBoundingClientRect(); "
            "return box.left >= 0 && box.right <= innerWidth && box.height > 20; })"
        )
        await page.press("Escape")


async def test_the_chart_tells_its_numbers(page: Page, tmp_path: Path) -> None:
    await page.resize(1280, 900)
    await page.send("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
    rows = [row(n) for n in range(0, 90, 10)] + [failed(90, "no")]
    await show(page, tmp_path, *rows)
    caption = await page.run("document.querySelector('figcaption').textContent")
    assert "22 Nov 2026, 06:00, for 1 min 40 s: 10 of 10 items finished, 1 of them" in caption
    assert "At most 1 item was under way at once" in caption
    labels = "[...document.querySelectorAll('.plot text.time')].map(it => it.textContent)"
    assert (await page.run(labels))[:2] == ["06:00:00", "06:00:30"]
    box = await page.run(
        "(() => { const it = document.querySelector('#plot').getBoundingClientRect(); "
        "return [it.x, it.y, it.width]; })()"
    )
    await page.point(box[0] + box[2] - 1, box[1] + 80)
    tip = "document.querySelector('.tip')"
    lines = f"[...{tip}.children].map(it => it.textContent)"
    assert (await page.run(lines))[:3] == ["06:01:40", "9 completed", "1 failed"]
    assert await page.run(f"{tip}.getBoundingClientRect().right <= innerWidth")
    await page.point(5, 5)
    assert await page.run(f"{tip}.hidden")
    await page.click("summary")
    cells = "[...document.querySelectorAll('tbody tr:last-child td')].map(it => it.textContent)"
    assert await page.run(cells) == ["0", "9", "1", "1"]


async def test_without_scripts_the_summary_is_there(page: Page, tmp_path: Path) -> None:
    await page.forbid_scripts()
    written = await asyncio.to_thread(write, tmp_path, row(0), failed(1, "no"), title="No scripts")
    await page.open(written.as_uri())
    told = await page.accessible()
    text = " ".join(name for role, name in told if role == "StaticText")
    for wanted in ("No scripts", "Failed", "10", "Scripts are off", "results.jsonl", "UTC"):
        assert wanted in text, wanted
    assert ("image", "The run over time") in told
    assert not [it for it in told if it[0] == "searchbox"], "nothing that would not work"


async def test_an_empty_run_is_a_page_too(page: Page, tmp_path: Path) -> None:
    await show(page, tmp_path)
    assert await page.run(COUNT) == "0 items"
    text = await page.run("document.body.innerText")
    assert "No item has been started yet." in text


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_five_thousand_items_are_quick(page: Page, tmp_path: Path) -> None:
    names = [f"files/{n}.png" for n in range(500)]
    for name in names:
        picture(tmp_path / name, (8, 6))
    rows = [
        failed(n, "refused") if n % 50 == 49 else row(n, files=[names[n % 500]])
        for n in range(5000)
    ]
    await show(page, tmp_path, *rows)
    timing = "performance.getEntriesByType('navigation')[0].domInteractive"
    # A fraction of a second on an idle machine; the bound is for one that is very busy.
    assert await page.run(timing) < 5000
    await page.wait_for(f"{CARDS}.length === 5000", within=60)
    asked = {asked for asked in page.requests if ".thumbnails" in asked}
    assert 0 < len(asked) < 250, "only what is near the window is loaded"
    spent = await page.run(
        "(() => { const begin = performance.now(); "
        "document.querySelector('[data-state=failed]').click(); "
        "document.body.offsetHeight; return performance.now() - begin; })()"
    )
    assert spent < 2000
    assert await page.run(COUNT) == "100 of 5,000 items"
