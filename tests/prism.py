"""A second opinion on every request: Prism serves the operation facts, and judges what is sent.

`nox -s prism` runs it. Prism answers with the documented examples, or with nothing where no answer
is documented; so only what it says of the requests counts here.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import socket
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from a2e_async import A2E, A2EError, RetryPolicy, Schedule, facts
from tests.support.everything import Recorder, Seen, calls

# These take a body of which the facts know nothing but that there is one; Prism takes none that is
# not documented. In its copy of the facts they have an open one.
UNDOCUMENTED_BODY = {
    "POST /api/login/account": "the account's name and password, or whatever it takes",
    "POST /api/v1/custom_avatar/add": "media and metadata, says the page",
    "PUT /api/v1/custom_avatar/{_id}": "fields left out keep their values, says the page",
    "POST /api/v1/custom_avatar/del": "a record's id, says the page",
    "POST /api/v1/custom_back/del": "a record's id, says the classic page",
    "POST /api/v1/userCaptionRemoval/retry": "which task, it has to be told somehow",
    "POST /api/v1/userVideoTwin/retry": "which task, it has to be told somehow",
}
STARTS_WITHIN = 60.0
CALL_TAKES = 20.0
REFUSED = 400


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port: int = server.getsockname()[1]
        return port


async def until_up(url: str) -> None:
    async with asyncio.timeout(STARTS_WITHIN), aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientError):
                await session.get(url)
                return
            await asyncio.sleep(0.2)


def write_facts(directory: Path) -> Path:
    """Write the facts down for Prism, with the bodies that the catalogue leaves out."""
    document = copy.deepcopy(facts.load())
    for label in UNDOCUMENTED_BODY:
        method, path = label.split()
        operation = document["paths"][path][method.lower()]
        assert "requestBody" not in operation, f"{label} has a documented body by now"
        operation["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    file = directory / "openapi.json"
    file.write_text(json.dumps(document), "utf-8")
    return file


async def judge(url: str) -> dict[str, list[Seen]]:
    """Send one request of every operation; give what was seen for each."""
    policy = RetryPolicy(attempts=1, searches=())
    recorder = Recorder()
    found: dict[str, list[Seen]] = {}
    async with A2E(
        "sk_prism", base_url=url, middlewares=[recorder], retry=policy, schedule=Schedule()
    ) as a2e:
        for label, call in calls().items():
            recorder.seen.clear()
            # What the answer is like is none of Prism's business.
            with suppress(A2EError, TimeoutError):
                async with asyncio.timeout(CALL_TAKES):
                    await call(a2e)
            found[label] = [seen for seen in recorder.seen if seen.label == label]
    return found


def problems(found: dict[str, list[Seen]]) -> list[str]:
    wanted = {f"{method} {path}" for method, path in facts.operations()}
    lines = [f"{label}: no call for it" for label in sorted(wanted - found.keys())]
    for label, all_seen in found.items():
        if not all_seen:
            lines.append(f"{label}: the call did not send it")
        lines += [
            f"{label}: HTTP {seen.status} {seen.violations or ''}"
            for seen in all_seen
            if seen.status >= REFUSED or "request" in (seen.violations or "")
        ]
    return lines


def main(prism: str) -> None:
    port = free_port()
    logging.disable(logging.WARNING)  # Answers that nobody has documented are empty.
    with TemporaryDirectory() as directory:
        served = write_facts(Path(directory))
        command = [prism, "mock", "--errors", "--port", str(port), str(served)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            try:
                url = f"http://127.0.0.1:{port}"
                asyncio.run(until_up(url))
                found = asyncio.run(judge(url))
            finally:
                server.terminate()
    lines = problems(found)
    verdict = f"{len(found)} operations sent, {len(lines)} problems"
    sys.stdout.writelines(f"{line}\n" for line in [*lines, verdict])
    if lines:
        raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1])
