"""The command: ``python -m examples.web fastapi`` or ``python -m examples.web aiohttp``."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

from a2e_async import A2E, A2EError, Webhook, WebhookReceiver
from examples.web.studio import Settings, Studio

SECRET = "A2E_WEBHOOK_TOKEN"  # noqa: S105  (the name of the variable)


def main(arguments: list[str] | None = None) -> None:
    """Run a back end until it is stopped."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        _run(asked)
    except (A2EError, OSError, OverflowError, ValueError) as error:
        sys.exit(str(error))


def _run(asked: argparse.Namespace) -> None:
    asked.folder.mkdir(parents=True, exist_ok=True)
    webhook = _webhook(asked.origin)
    a2e = _client(asked, webhook)
    studio = Studio(a2e, Settings(folder=asked.folder.resolve(), origin=asked.origin))
    receiver = WebhookReceiver(a2e) if webhook else None
    if asked.framework == "fastapi":
        from examples.web.fastapi_app import Server  # noqa: PLC0415  (only one has to be there)

        Server(studio, receiver, host=asked.host, port=asked.port).run()
    else:
        from examples.web.aiohttp_app import make_app  # noqa: PLC0415

        web.run_app(make_app(studio, receiver), host=asked.host, port=asked.port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m examples.web", description=__doc__)
    parser.add_argument("framework", choices=("fastapi", "aiohttp"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument(
        "--folder", type=Path, default=Path("studio"), help="keeps jobs, uploads and results"
    )
    parser.add_argument("--in-flight", type=int, default=4, help="tasks under way at once")
    parser.add_argument(
        "--origin",
        type=_origin,
        help="address in browsers, such as https://studio.example; with it and "
        f"{SECRET} in the environment, the service calls when a task ends",
    )
    parser.add_argument("--sandbox", action="store_true", help="no token, no network, no coins")
    return parser


def _origin(text: str) -> str:
    """Check an address as browsers have it."""
    if not text.startswith(("https://", "http://")) or text.count("/") != 2:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"expected such as https://studio.example, got {text!r}")
    return text


def _webhook(origin: str | None) -> Webhook | None:
    secret = os.environ.get(SECRET)
    return Webhook(url=f"{origin}/a2e", token=secret) if origin and secret else None


def _client(asked: argparse.Namespace, webhook: Webhook | None) -> A2E:
    options: dict[str, Any] = {
        "store": asked.folder / "jobs.db",
        "webhook": webhook,
        "in_flight": asked.in_flight,
    }
    if asked.sandbox:
        # Ids of another process's tasks, which its sandbox took along, must not come again.
        return A2E.sandbox(**options, speed=5.0, seed=secrets.randbits(32))
    return A2E(**options)


if __name__ == "__main__":
    main()
