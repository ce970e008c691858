"""A real browser for tests of pages: Chromium without a window, over its DevTools protocol.

It needs nothing but aiohttp and a Chromium on the machine. One process serves a test session
(`Chromium`), each test connects to it (`Browser`) and opens pages with clean profiles (`Page`).
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import aiohttp

VARIABLE = "A2E_TEST_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING = (
    "NO BROWSER: THE PAGES ARE NOT TESTED HERE. Install Chromium (apt-get install chromium), or "
    f"name one in {VARIABLE}"
)

_STARTS_WITHIN = 30.0
_ANSWERS_WITHIN = 30.0
_FLAGS = (
    "--headless=new",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--hide-scrollbars",
    "--mute-audio",
    "--remote-debugging-port=0",
)
_KEYS = {
    "Enter": ("Enter", 13, "\r"),
    "Tab": ("Tab", 9, ""),
    "Escape": ("Escape", 27, ""),
    "ArrowLeft": ("ArrowLeft", 37, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowRight": ("ArrowRight", 39, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "End": ("End", 35, ""),
}
_SHIFT = 8


def find() -> str | None:
    """Find a Chromium on this machine."""
    return os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A browser's process."""

    def __init__(self, command: str) -> None:
        self._profile = tempfile.mkdtemp(prefix="a2e-browser-")
        # Its own sandbox does not work for root, such as in a container.
        root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
        self._process = subprocess.Popen(
            [command, *_FLAGS, *root, f"--user-data-dir={self._profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.url = self._wait_for_url()
        except BaseException:
            self.close()
            raise

    def _wait_for_url(self) -> str:
        told = Path(self._profile, "DevToolsActivePort")
        until = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise RuntimeError(f"the browser ended with {self._process.returncode}")
            lines = told.read_text().split() if told.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.02)
        raise RuntimeError("the browser does not start")

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        # Its helpers outlive it by a moment, and write.
        for _ in range(50):
            shutil.rmtree(self._profile, ignore_errors=True)
            if not Path(self._profile).exists():
                return
            time.sleep(0.05)


class Page:
    """One open page.

    Attributes:
        problems: what its console told of errors and warnings, broken rules of its policy and
            uncaught exceptions among it.
        requests: the URLs that it asked for, in their order.
    """

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        self._loaded = asyncio.Event()
        self.problems: list[str] = []
        self.requests: list[str] = []

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Give a command of the DevTools protocol."""
        return await self._browser.send(method, params, self._session)

    async def prepare(self) -> None:
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.send(f"{domain}.enable")

    def heard(self, method: str, params: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loaded.set()
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(str(params["exceptionDetails"].get("exception", params)))
        elif method == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning"}:
            self.problems.append(str([it.get("value", it) for it in params["args"]]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
            self.problems.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    async def open(self, url: str) -> None:
        """Go to a URL, and come back when the page is loaded."""
        self._loaded.clear()
        answer = await self.send("Page.navigate", url=url)
        assert not answer.get("errorText"), answer
        async with asyncio.timeout(_ANSWERS_WITHIN):
            await self._loaded.wait()

    async def run(self, script: str) -> Any:
        """Evaluate JavaScript, await its promise, and return its value as JSON would have it."""
        answer = await self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        details = answer.get("exceptionDetails")
        assert details is None, details
        return answer["result"].get("value")

    async def wait_for(self, script: str, *, within: float = 10.0) -> Any:
        """Evaluate JavaScript again and again until its value is true."""
        until = time.monotonic() + within
        while not (value := await self.run(script)):
            assert time.monotonic() < until, f"not within {within} s: {script}"
            await asyncio.sleep(0.02)
        return value

    async def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key: one character, or a name such as ``Tab``."""
        code, number, text = _KEYS.get(key, (key, ord(key[0].upper()), key))
        event = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        event["modifiers"] = _SHIFT if shift else 0
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        await self.send("Input.dispatchKeyEvent", **event, **down)
        await self.send("Input.dispatchKeyEvent", **event, type="keyUp")

    async def type(self, text: str) -> None:
        """Write text where the focus is."""
        await self.send("Input.insertText", text=text)

    async def click(self, selector: str, *, count: int = 1) -> None:
        """Click with the mouse in the middle of an element; 2 is the second of a double click."""
        x, y = await self.run(
            f"(() => {{ const it = document.querySelector({selector!r}); "
            "it.scrollIntoView({block: 'center', behavior: 'instant'}); "
            "const box = it.getBoundingClientRect(); "
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        await self.point(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            await self.send(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=count
            )

    async def point(self, x: float, y: float) -> None:
        """Move the mouse."""
        await self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    async def resize(self, width: int, height: int, *, phone: bool = False) -> None:
        """Set the window's size in CSS pixels; a phone has two pixels for each, and no mouse."""
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )

    async def prefer(self, **features: str) -> None:
        """Set what the reader prefers, such as ``prefers_color_scheme="dark"``."""
        wished = [{"name": k.replace("_", "-"), "value": v} for k, v in features.items()]
        await self.send("Emulation.setEmulatedMedia", features=wished)

    async def forbid_scripts(self) -> None:
        """Open pages without JavaScript from now on."""
        await self.send("Emulation.setScriptExecutionDisabled", value=True)

    async def accessible(self) -> list[tuple[str, str]]:
        """Read the page as a screen reader does: role and name of everything it tells of."""
        tree = await self.send("Accessibility.getFullAXTree")
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in tree["nodes"]
            if not node.get("ignored")
        ]

    async def screenshot(self, path: Path) -> None:
        """Take a picture of what the window shows."""
        answer = await self.send("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(answer["data"]))


class Browser:
    """A connection to a browser's process."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._pages: dict[str, Page] = {}

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(self._url, max_msg_size=0)
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()
        await self._http.close()
        await self._reader

    async def _read(self) -> None:
        async for message in self._socket:
            told = message.json()
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            elif page := self._pages.get(told.get("sessionId", "")):
                page.heard(told["method"], told["params"])
        for answer in self._answers.values():
            answer.cancel()

    async def send(
        self, method: str, params: dict[str, Any], session: str | None = None
    ) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        whose = {"sessionId": session} if session else {}
        await self._socket.send_json({"id": number, "method": method, "params": params, **whose})
        async with asyncio.timeout(_ANSWERS_WITHIN):
            told = await answer
        assert "error" not in told, (method, told["error"])
        result: dict[str, Any] = told["result"]
        return result

    @asynccontextmanager
    async def page(self, prepare: Callable[[Page], Any] | None = None) -> AsyncIterator[Page]:
        """Open an empty page in a profile of its own."""
        profile = (await self.send("Target.createBrowserContext", {}))["browserContextId"]
        made = {"url": "about:blank", "browserContextId": profile}
        target = (await self.send("Target.createTarget", made))["targetId"]
        attach = {"targetId": target, "flatten": True}
        session = (await self.send("Target.attachToTarget", attach))["sessionId"]
        page = self._pages[session] = Page(self, session)
        await page.prepare()
        try:
            yield page
        finally:
            del self._pages[session]
            await self.send("Target.disposeBrowserContext", {"browserContextId": profile})
