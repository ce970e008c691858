"""The command line: ``a2e``. It needs the extra ``cli`` (typer and rich)."""

from __future__ import annotations

import sys
from collections.abc import Sequence

_EXTRA = ("typer", "rich")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments without the program's name, by default the process's.

    Returns:
        The exit code, a value of `a2e_async.cli.exits.ExitCode`.
    """
    try:
        from a2e_async.cli.app import run  # noqa: PLC0415  (an extra)
    except ImportError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRA:
            raise
        print(  # noqa: T201
            f"error: the command line needs {missing}: pip install 'a2e-async[cli]'",
            file=sys.stderr,
        )
        return 2
    return run(sys.argv[1:] if argv is None else argv)
