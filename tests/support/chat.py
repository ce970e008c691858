"""A chat as a picture: what people and a bot said, as a page in the look of a chat, as a PNG.

The stand-ins of the chat platforms keep what happened; their tests and the pictures in ``docs/``
turn it into `Said`, one for each message that is seen in the end:

    said = [
        Said("Ann", "/image a fox", own=True, time="09:41"),
        Said("Fox bot", "a fox", picture=png, buttons=("Again",), edited=True, time="09:42"),
    ]
    await paint(page(said, title="Fox bot", look=TELEGRAM), Path("docs/pictures/telegram.png"))
"""

from __future__ import annotations

import asyncio
import base64
import io
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

import attrs

from tests.support.browser import MISSING, Browser, Chromium, find

TELEGRAM = "telegram"
DISCORD = "discord"


@attrs.frozen
class Said:
    """One message, as it stands in the end.

    Attributes:
        who: name of who said it.
        text: what was said, line breaks included; the caption of a picture or video.
        own: whether the person whose screen this is said it.
        picture: bytes of a picture, PNG or JPEG.
        video: bytes of a video, of which the first picture is shown.
        edited: whether it was edited since.
        buttons: labels of the buttons below it.
        answers: what it answers, shown above it: a text, or the command that somebody used.
        time: when, such as ``09:41``.
        private: whether nobody else sees it.
    """

    who: str
    text: str = ""
    own: bool = attrs.field(default=False, kw_only=True)
    picture: bytes | None = attrs.field(default=None, kw_only=True, repr=False)
    video: bytes | None = attrs.field(default=None, kw_only=True, repr=False)
    edited: bool = attrs.field(default=False, kw_only=True)
    buttons: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    answers: str = attrs.field(default="", kw_only=True)
    time: str = attrs.field(default="", kw_only=True)
    private: bool = attrs.field(default=False, kw_only=True)


def page(said: Iterable[Said], *, title: str, subtitle: str = "bot", look: str = TELEGRAM) -> str:
    """Write the chat as an HTML page that needs nothing else.

    Args:
        said: the messages, oldest first.
        title: name of the chat.
        subtitle: what stands below it.
        look: `TELEGRAM` (bubbles) or `DISCORD` (a list).
    """
    lines = "\n".join(map(_line, said))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        f'<meta name=viewport content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><body class={look}>"
        f"<header>{_face(title)}<div><b>{escape(title)}</b><i>{escape(subtitle)}</i></div></header>"
        f"<main>{lines}</main></body></html>"
    )


async def paint(html: str, path: Path, *, width: int = 480, most: int = 4000) -> None:
    """Make a PNG of a page, as high as the page is.

    Args:
        html: the page.
        path: the PNG to write.
        width: width in CSS pixels; the picture has two pixels for each.
        most: height in CSS pixels at the most.

    Raises:
        RuntimeError: there is no Chromium on this machine.
    """
    command = find()
    if command is None:
        raise RuntimeError(MISSING)
    chromium = Chromium(command)
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "chat.html")
            await asyncio.to_thread(file.write_text, html, "utf-8")
            async with Browser(chromium.url) as browser, browser.page() as opened:
                await opened.resize(width, 200, phone=True)
                await opened.open(file.as_uri())
                height = await opened.run("document.documentElement.scrollHeight")
                await opened.resize(width, min(int(height), most), phone=True)
                path.parent.mkdir(parents=True, exist_ok=True)
                await opened.screenshot(path)
    finally:
        chromium.close()


def still(video: bytes) -> bytes:
    """Take the first picture out of a video, as a PNG."""
    import av  # noqa: PLC0415  (slow to import, and for pages with videos only)

    with av.open(io.BytesIO(video), "r") as opened:
        frame = next(opened.decode(video=0))
    written = io.BytesIO()
    frame.to_image().save(written, "PNG")  # type: ignore[no-untyped-call]
    return written.getvalue()


def _line(said: Said) -> str:
    marks = " ".join(filter(None, ("edited" if said.edited else "", said.time)))
    kind = "own" if said.own else "other"
    buttons = "".join(f"<button>{escape(label)}</button>" for label in said.buttons)
    parts = (
        f"<blockquote>{escape(said.answers)}</blockquote>" if said.answers else "",
        f"<h2>{escape(said.who)}</h2>",
        _media(said),
        f"<p>{escape(said.text)}</p>" if said.text else "",
        f"<small>{escape(marks)}</small>" if marks else "",
        f"<div class=buttons>{buttons}</div>" if buttons else "",
        "<em>Only you can see this</em>" if said.private else "",
    )
    return f"<article class={kind}>{_face(said.who)}<section>{''.join(parts)}</section></article>"


def _media(said: Said) -> str:
    if said.video is not None:
        return f"<figure class=video>{_image(still(said.video))}</figure>"
    return "" if said.picture is None else f"<figure>{_image(said.picture)}</figure>"


def _image(data: bytes) -> str:
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    return f'<img alt="" src="data:image/{kind};base64,{base64.b64encode(data).decode()}">'


def _face(name: str) -> str:
    hue = sum(map(ord, name)) * 47 % 360
    initials = escape("".join(word[0] for word in name.split()[:2]).upper())
    return f'<span class=face style="background:hsl({hue} 55% 50%)">{initials}</span>'


_STYLE = """
* { box-sizing: border-box; margin: 0 }
body { font: 15px/1.35 "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif }
header { display: flex; gap: 10px; align-items: center; padding: 10px 14px }
header i { display: block; font-style: normal; font-size: 12px; opacity: .65 }
.face { display: inline-flex; width: 36px; height: 36px; border-radius: 50%; color: #fff;
        align-items: center; justify-content: center; font-weight: 600; font-size: 14px;
        flex: none }
main { padding: 12px; display: flex; flex-direction: column; gap: 8px }
article { display: flex; gap: 8px }
section { min-width: 0 }
p { white-space: pre-wrap; overflow-wrap: anywhere }
h2 { font-size: 14px }
figure { position: relative; width: fit-content }
figure img { display: block; max-width: 100%; max-height: 220px; border-radius: 8px }
figure.video::after { content: "\\25B6"; position: absolute; inset: 0; margin: auto; width: 52px;
                      height: 52px; border-radius: 50%; background: #0009; color: #fff;
                      display: flex; align-items: center; justify-content: center }
button { font: inherit; border: 0; padding: 6px 12px; border-radius: 7px }
blockquote { font-size: 13px; border-left: 3px solid; padding: 1px 8px; margin-bottom: 4px;
             opacity: .75; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
em { font-size: 12px; font-style: normal; opacity: .6 }

.telegram { background: #d3e0cc }
.telegram header { background: #fff; border-bottom: 1px solid #0001 }
.telegram article .face, .telegram article h2 { display: none }
.telegram section { position: relative; max-width: 78%; background: #fff; padding: 6px 10px;
                    border-radius: 14px 14px 14px 4px; box-shadow: 0 1px 1px #0002 }
.telegram .own { justify-content: flex-end }
.telegram .own section { background: #e4fdca; border-radius: 14px 14px 4px 14px }
.telegram small { display: block; text-align: right; font-size: 11px; opacity: .5 }
.telegram .buttons { margin: 6px -4px 0; display: grid; gap: 4px }
.telegram button { background: #d9e8d0; color: #2b6a3c }
.telegram figure { margin: -2px -6px 4px }

.discord { background: #313338; color: #dbdee1 }
.discord header { background: #2b2d31; border-bottom: 1px solid #0004 }
.discord main { gap: 14px }
.discord h2 { color: #f2f3f5; display: inline-block; margin-right: 8px }
.discord small { font-size: 11px; opacity: .5 }
.discord figure { margin: 6px 0 }
.discord .buttons { display: flex; gap: 8px; margin-top: 6px }
.discord button { background: #4e5058; color: #fff }
"""
