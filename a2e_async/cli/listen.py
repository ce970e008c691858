"""``a2e listen``: a webhook to try, or to wait with."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated, Any

import anyio
import attrs
import typer

from a2e_async import A2E, ConfigurationError, Webhook
from a2e_async.cli import follow, run
from a2e_async.cli.follow import Delivery, Result
from a2e_async.cli.jobs import jobs_of
from a2e_async.cli.options import command
from a2e_async.cli.run import Interrupted
from a2e_async.cli.serve import MOST_PORT
from a2e_async.cli.shell import Shell
from a2e_async.cli.start import RESULTS, Timeout
from a2e_async.tasks.webhook import TOKEN, new_token

TOKEN_VARIABLE = "A2E_WEBHOOK_TOKEN"  # noqa: S105  (its name)

_PATH = re.compile(r"/[^\s{}?#]*")
_PROMPT = "a red fox in snow"
_TRIAL = 2.0
"""Seconds that a sandbox has to call after its task was seen to have ended."""


@attrs.frozen(kw_only=True)
class _Place:
    """Where calls come in."""

    here: socket.socket
    path: str
    token: str = attrs.field(repr=False)

    @property
    def address(self) -> str:
        host, port = self.here.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}{self.path}"

    @property
    def webhook(self) -> Webhook:
        """The webhook, under the address that a sandbox in this process reaches."""
        port = self.here.getsockname()[1]
        return Webhook(url=f"http://localhost:{port}{self.path}", token=self.token)


@command
def listen(  # noqa: PLR0913  (each is an option of its own)
    shell: Shell,
    tokens: Annotated[
        list[str] | None,
        typer.Argument(metavar="TOKEN", help="Tokens of jobs to wait for, as kind:id."),
    ] = None,
    *,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            min=0, max=MOST_PORT, metavar="PORT", help="Port to listen on, 0 for a free one."
        ),
    ] = 8080,
    path: Annotated[str, typer.Option(metavar="PATH", help="Path that the service calls.")] = "/",
    out: Annotated[
        Path | None,
        typer.Option(
            *("--out", "--output", "-o"),
            metavar="DIR",
            help="Fetch the results of the jobs to this directory.",
            rich_help_panel=RESULTS,
        ),
    ] = None,
    timeout: Timeout = None,
) -> None:
    """Listen to webhooks: print each call, and wait for jobs by their help.

    The service calls the address that a start has as webhook_url, and says the start's
    webhook_token. It calls https addresses on the internet only: let a reverse proxy with a
    certificate, or a tunnel, pass https://your.host/… on to the address that is printed here.

    The token that calls must have is taken from A2E_WEBHOOK_TOKEN; where that is not set, one is
    made and printed. Calls with another token are shown as such, and change nothing.

    With the tokens of jobs, it ends when they have. A call only makes it look: jobs whose call is
    lost are found out all the same. Without, it ends with Ctrl-C. With --sandbox and without
    tokens, one picture is started in the sandbox, whose call comes here.
    """
    given = os.environ.get(TOKEN_VARIABLE, "").strip()
    if given:
        TOKEN.check(TOKEN_VARIABLE, given)
    with closing(_listening(host, port, path)) as here:
        place = _Place(here=here, path=path, token=given or new_token())
        for_ever = not (tokens or shell.given.sandbox)
        _announce(shell, place, made=not given, for_ever=for_ever)
        if for_ever:
            with suppress(Interrupted):
                run.run(lambda: _serve(shell, place))
        else:
            _finish(shell, place, tokens or (), Delivery(directory=out, timeout=timeout))


def _listening(host: str, port: int, path: str) -> socket.socket:
    if not _PATH.fullmatch(path):
        raise ValueError(f"--path: expected a path such as /a2e, got {path!r}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(f"{host}:{port}: {error.strerror or error}") from error


def _announce(shell: Shell, place: _Place, *, made: bool, for_ever: bool) -> None:
    said: dict[str, Any] = {"listening": place.address}
    until = "until Ctrl-C" if for_ever else "until the jobs have ended"
    lines = [f"Webhooks are listened to on {place.address} {until}."]
    if made:
        said[TOKEN_VARIABLE] = place.token
        lines += [
            f"{TOKEN_VARIABLE} is not set, so a token was made; set it where tasks are started:",
            f"  export {TOKEN_VARIABLE}={place.token}",
        ]
    lines += [
        "There, with the https address under which the service reaches this one:",
        f"  A2E(webhook=Webhook(url='https://…', token=os.environ['{TOKEN_VARIABLE}']))",
    ]
    if shell.out.as_json:
        shell.out.say(lines[0], **said)
        return
    for line in lines:
        shell.out.say(line)


async def _serve(shell: Shell, place: _Place) -> None:
    from a2e_async.cli.door import PrintingDoor  # noqa: PLC0415  (slow to import)

    async with PrintingDoor(shell.out, place.token).open(place.here, place.path):
        await anyio.sleep_forever()


def _finish(shell: Shell, place: _Place, tokens: Sequence[str], wanted: Delivery) -> None:
    outcomes: dict[int, Result | Exception] = {}

    async def work(a2e: A2E) -> None:
        from a2e_async.cli.door import PrintingDoor  # noqa: PLC0415  (slow to import)

        jobs = jobs_of(a2e, tokens)
        door = PrintingDoor(shell.out, place.token, a2e, [job.id for job in jobs])
        async with door.open(place.here, place.path):
            jobs = jobs or [await a2e.text_to_image.start(prompt=_PROMPT)]
            await follow.finish_all(shell, jobs, wanted, outcomes)
            if not tokens:
                # The end may be seen a moment before the call comes, which is what this is about.
                with anyio.move_on_after(_TRIAL):
                    await door.rung.wait()

    try:
        shell.run(work, webhook=place.webhook)
    finally:
        follow.hand_over(shell, outcomes, follow.results_to(shell))
