"""The README's webhook, as printed but for the addresses, rings."""

from __future__ import annotations

from pathlib import Path

from tests.docs.test_readme import blocks, python

HEAD = """
import asyncio
import os
from aiohttp import web
from a2e_async import A2E, Webhook, WebhookReceiver
from a2e_async.sandbox import Sandbox

sandbox = Sandbox(speed=10, durations=3)
"""
# The application is served here beside its own client.
TAIL = """

async def main():
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.SockSite(runner, here).start()
    await a2e.text_to_image.run(prompt="a lake")
    await asyncio.sleep(0.3)
    print([bell.status for bell in sandbox.bells])
    await runner.cleanup()
    await sandbox.aclose()

asyncio.run(main())
"""


def test_the_webhook_rings(tmp_path: Path) -> None:
    (example,) = (block for block in blocks("python") if "WebhookReceiver" in block)
    code = example.replace("A2E(webhook", "A2E.sandbox(sandbox=sandbox, webhook")
    code = code.replace('"https://bot.example/a2e"', 'f"http://127.0.0.1:{port}/a2e"')
    code = code.replace("web.run_app(app)\n", TAIL)
    socket = 'import socket\nhere = socket.create_server(("127.0.0.1", 0))\n'
    port = 'port = here.getsockname()[1]\nos.environ["A2E_WEBHOOK_TOKEN"] = "a secret"\n'
    (tmp_path / "bell.py").write_text(HEAD + socket + port + code, "utf-8")
    assert python(["-W", "error", "bell.py"], tmp_path) == "[204]\n"
