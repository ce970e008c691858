"""The page of a chat, without a browser."""

from __future__ import annotations

from tests.support.chat import DISCORD, Said, page


def test_a_page_shows_all_and_runs_nothing() -> None:
    said = [
        Said("Ann", "<b>a fox</b>\n& a lake", own=True, time="09:41"),
        Said("Bot <1>", picture=b"\x89PNG", edited=True, buttons=("Stop <now>",), answers="/a <b>"),
        Said("Bot", private=True),
    ]
    html = page(said, title="A <title>", look=DISCORD)
    assert "&lt;b&gt;a fox&lt;/b&gt;\n&amp; a lake" in html
    assert "<button>Stop &lt;now&gt;</button>" in html
    assert "<blockquote>/a &lt;b&gt;</blockquote>" in html
    assert html.count("<article") == 3
    assert html.index("09:41") < html.index("edited") < html.index("Only you can see this")
    assert "data:image/png;base64,iVBORw==" in html
    for wild in ("<script", "<1>", "<title>A <"):
        assert wild not in html
