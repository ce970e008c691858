"""``a2e sandbox``: the local service."""

from __future__ import annotations

import inspect
from contextlib import suppress
from typing import Annotated

import anyio
import typer

from a2e_async import ConfigurationError
from a2e_async.cli import run
from a2e_async.cli.options import command
from a2e_async.cli.run import Interrupted
from a2e_async.cli.shell import Shell
from a2e_async.config import BASE_URL_VARIABLE, TOKEN_VARIABLES
from a2e_async.sandbox import Sandbox

_OPTIONS = inspect.signature(Sandbox).parameters
MOST_PORT = 65535


@command
def sandbox(
    shell: Shell,
    *,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = _OPTIONS[
        "host"
    ].default,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=MOST_PORT, metavar="PORT", help="Port to listen on, 0 for a free one."
        ),
    ] = _OPTIONS["port"].default,
    speed: Annotated[
        float, typer.Option(metavar="FACTOR", help="Simulated seconds per real second.")
    ] = _OPTIONS["speed"].default,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Decides ids, durations and pictures.")
    ] = _OPTIONS["seed"].default,
) -> None:
    """Run a local look-alike of the service until Ctrl-C. Nothing is charged.

    Any program that uses the service can use it, by the two variables that it prints.
    """
    service = Sandbox(host=host, port=port, speed=speed, seed=seed)

    async def serve() -> None:
        try:
            await service.start()
        except OSError as error:
            raise ConfigurationError(f"{host}:{port}: {error.strerror or error}") from error
        try:
            _announce(shell, service)
            await anyio.sleep_forever()
        finally:
            await service.aclose()

    with suppress(Interrupted):
        run.run(serve)


def _announce(shell: Shell, service: Sandbox) -> None:
    variables = {BASE_URL_VARIABLE: service.base_url, TOKEN_VARIABLES[0]: service.token}
    shell.out.result(variables, *(f"export {name}={value}" for name, value in variables.items()))
    shell.out.flush()
    shell.out.say(f"The sandbox listens on {service.base_url} until Ctrl-C.")
