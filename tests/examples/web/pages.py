"""The page as a browser sees it."""

from __future__ import annotations

from tests.support.browser import Page

CARDS = "[...document.querySelectorAll('.card')]"
STATES = f"{CARDS}.map(it => it.card.state).join()"
SHOWN = "document.querySelector('.done img')?.naturalWidth"
FOCUS = "document.activeElement"
CONNECTION = "document.querySelector('#connection').textContent"


async def order(page: Page, prompt: str) -> None:
    await page.click("#prompt")
    await page.type(prompt)
    await page.click("#send")
