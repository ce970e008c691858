"""The bot as a process that can be killed, quick to look and to retry."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import runpy
import signal
import sys
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from a2e_async import A2E
from examples.telegram_bot import patience
from examples.telegram_bot.app import serve
from examples.telegram_bot.settings import Settings
from tests.batch.conftest import QUICK, SCHEDULE

# Importing aiogram takes seconds: with this it is done once, and each bot is forked off.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


@asynccontextmanager
async def process(
    settings: Mapping[str, str], log: Path, *, program: str | None = None
) -> AsyncIterator[BaseProcess]:
    """Run the bot until the block ends, and kill it then if it still runs.

    Args:
        settings: variables of its environment.
        log: file that gets all that it prints.
        program: the module to run as ``python -m`` does; left out, the quick bot of this one.
    """
    bot = _FORKS.Process(target=_run, args=(dict(settings), log, program), daemon=True)
    await asyncio.to_thread(bot.start)
    try:
        yield bot
    finally:
        bot.kill()
        await asyncio.to_thread(bot.join)


def _run(settings: Mapping[str, str], log: Path, program: str | None) -> None:
    with log.open("ab") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    warnings.simplefilter("error")
    os.environ.update(settings)
    if program is not None:
        runpy.run_module(program, run_name="__main__")
        return
    logging.basicConfig(level=logging.DEBUG, force=True)
    patience._FIRST_PAUSE = 0.05
    asyncio.run(_main(Settings.of(settings)))


async def _main(settings: Settings) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with A2E(
        store=settings.store,
        in_flight=settings.in_flight,
        retry=QUICK,
        schedule=SCHEDULE,
        read_timeout=10,
    ) as a2e:
        await serve(a2e, settings, stop=stop)
