"""The package's log, among the other messages on stderr."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from a2e_async.cli.output import Output


class _ToStderr(logging.Handler):
    """Writes log records as messages."""

    def __init__(self, out: Output, *, verbose: bool) -> None:
        super().__init__(logging.DEBUG if verbose else logging.WARNING)
        self._out, self._verbose = out, verbose
        words = "%(name)s %(levelname)s: %(message)s" if verbose else "%(message)s"
        self.setFormatter(logging.Formatter(words))

    def emit(self, record: logging.LogRecord) -> None:
        if self._verbose or not self._out.hushed:
            self._out.say(self.format(record), style="dim")


@contextmanager
def shown(out: Output, *, verbose: bool) -> Iterator[None]:
    """Show the package's log.

    Args:
        out: where to.
        verbose: all of it, else its warnings.
    """
    logger, handler = logging.getLogger("a2e_async"), _ToStderr(out, verbose=verbose)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(handler.level)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
