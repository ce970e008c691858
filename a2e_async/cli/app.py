"""The root of the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from a2e_async import A2E
from a2e_async._version import __version__
from a2e_async.cli import (
    batch,
    catalog,
    demo,
    generate,
    jobs,
    kinds,
    listen,
    messages,
    operations,
    serve,
)
from a2e_async.cli.exits import LEGEND, ExitCode
from a2e_async.cli.options import group
from a2e_async.cli.output import Output
from a2e_async.cli.shell import close_stdout

_EPILOG = f"""\
The token comes from A2E_API_KEY or A2E_API_TOKEN. There is no option for it on purpose: it would \
show in the shell's history and in the list of processes.

{LEGEND}"""

app = typer.Typer(
    name="a2e",
    epilog=_EPILOG,
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
)
_MEDIA, _LISTS, _TRIAL = "Media and tasks", "Look around", "Try it without a token"

for _function in (generate.image, generate.video):
    app.command(rich_help_panel=_MEDIA)(_function)
app.add_typer(kinds.app, name="run", rich_help_panel=_MEDIA)
app.add_typer(batch.app, name="batch", rich_help_panel=_MEDIA)
app.add_typer(jobs.app, name="jobs", rich_help_panel=_MEDIA)
for _function in (catalog.avatars, catalog.voices, catalog.languages, catalog.coins):
    app.command(rich_help_panel=_LISTS)(_function)
app.command(rich_help_panel=_LISTS, epilog=operations.LEGEND)(operations.operations)
for _function in (catalog.upload, listen.listen):
    app.command(rich_help_panel=_MEDIA)(_function)
for _function in (demo.demo, serve.sandbox):
    app.command(rich_help_panel=_TRIAL)(_function)


def _show_version(asked: bool) -> None:  # noqa: FBT001  (typer calls it)
    if asked:
        sys.stdout.write(f"a2e {__version__}\n")
        raise typer.Exit


@app.callback()
@group
def root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Tell the version."),
    ] = False,
) -> None:
    """Make images and avatar videos with the A2E media API."""


def run(argv: Sequence[str]) -> int:
    """Run the command line.

    Args:
        argv: the arguments without the program's name.

    Returns:
        The exit code.
    """
    try:
        code = app(list(argv), prog_name="a2e", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        close_stdout()
        return ExitCode.BROKEN_PIPE
    except (typer.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except SystemExit as stop:
        return _status(stop)
    except Exception as error:  # noqa: BLE001  (it becomes a line and an exit code)
        return _misused(error, as_json=_asks_for_json(argv))
    return int(code or 0)


def _status(stop: SystemExit) -> int:
    """Read the code of what typer and rich leave with, as they do on a broken pipe."""
    return stop.code if isinstance(stop.code, int) else ExitCode.SERVICE


def _misused(error: Exception, *, as_json: bool) -> int:
    # Typer's usage errors are click's own classes or copies of them, as its version has it.
    form = getattr(error, "format_message", None)
    text = (
        messages.words(error)
        if form is None
        else messages.clean(form()).replace("Value error, ", "")
    )
    context = getattr(error, "ctx", None)
    if text and context is not None:
        text = f"{text}{_meant(text, context)} (see {context.command_path} --help)"
    if text:
        details = {"type": "UsageError" if form else type(error).__name__, "message": text}
        Output(as_json=as_json).fail(text, details | {"token": None})
    return ExitCode.SERVICE if form is None else ExitCode.USAGE


def _meant(text: str, context: Any) -> str:
    """Tell how a product is named where an option does it, to those who give its bare name."""
    if "extra argument" not in text or "kind" not in {it.name for it in context.command.params}:
        return ""
    words = text.rpartition("(")[2].rstrip(")").split()
    kind = next((word for word in words if word in A2E.kinds()), "KIND")
    return f"; a product is given by its option: {context.command_path} --kind {kind}"


def _asks_for_json(argv: Sequence[str]) -> bool:
    """Guess, where the arguments could not be understood, whether JSON is wanted."""
    return "--json" in [*argv, "--"][: [*argv, "--"].index("--")]
