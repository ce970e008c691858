"""``a2e run``: tasks of every product. Each product is a command, made when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from a2e_async import A2E, Job
from a2e_async.cli import fields, manual
from a2e_async.cli.follow import Delivery
from a2e_async.cli.options import command, group
from a2e_async.cli.products import check_kind, name_field, request_class
from a2e_async.cli.shell import Shell
from a2e_async.cli.start import Out, Start, Timeout, Wait, start_and_fetch

_PANELS = {
    "image": "Pictures",
    "video": "Videos",
    "any": "Pictures or videos, as the input is",
    "audio": "Sounds",
    None: "Without files",
}

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FIELD=VALUE",
        help="Fields of the task, listed below. Media: a URL, or @ and the path of a local file, "
        "which is uploaded. Objects: JSON, media in it as before. Lists: JSON, or the field "
        "given several times.",
    ),
]


class _Command(TyperCommand):
    """The command of a product; its help has the product's fields."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        super().format_help(ctx, formatter)
        manual.show(str(self.name))


class _Commands(TyperGroup):
    """The commands of all products."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the products, those with files of the same sort together."""
        del ctx
        order = [*_PANELS]
        return sorted(A2E.kinds(), key=lambda k: (order.index(request_class(k).product.media), k))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Make the command of a product."""
        del ctx
        return _made(cmd_name) if cmd_name in A2E.kinds() else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find a product's command, or tell which products there are."""
        if not (ctx.resilient_parsing or args[0].startswith("-")):
            try:
                check_kind(args[0])
            except ValueError as error:
                ctx.fail(str(error))
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=_Commands, no_args_is_help=True, subcommand_metavar="KIND FIELD=VALUE...")


@app.callback()
@group
def run() -> None:
    """Start a task of any product, wait for it and fetch its results. It is charged.

    Each product has help of its own, which tells its fields: a2e run KIND --help.
    """


def _made(kind: str) -> Any:
    product = request_class(kind).product
    about = manual.purpose(kind)
    # A program of one command is that command.
    alone = typer.Typer(add_completion=False)
    alone.command(
        kind,
        cls=_Command,
        help=escape(f"{product.title}: {about}"),
        short_help=escape(f"{product.title}: {about}"),
        rich_help_panel=_PANELS.get(product.media),
    )(command(_function(kind)))
    return typer.main.get_command(alone)


def _function(kind: str) -> Callable[..., None]:
    def with_files(
        shell: Shell,
        words: Words = None,
        *,
        out: Out = Path(),
        wait: Wait = True,
        timeout: Timeout = None,
    ) -> None:
        _start(shell, kind, words or (), Delivery(directory=out, timeout=timeout), wait=wait)

    def without_files(
        shell: Shell, words: Words = None, *, wait: Wait = True, timeout: Timeout = None
    ) -> None:
        _start(shell, kind, words or (), Delivery(timeout=timeout), wait=wait)

    return without_files if request_class(kind).product.media is None else with_files


def _start(shell: Shell, kind: str, words: Sequence[str], wanted: Delivery, *, wait: bool) -> None:
    try:
        request = fields.request(kind, words)
    except ValueError as error:
        raise ValueError(f"{error} (see a2e run {kind} --help)") from None
    named = name_field(kind)

    async def make(a2e: A2E) -> Sequence[Job[Any]]:
        return await a2e.family(kind).submit_all(request)

    start = Start(kind=kind, name=getattr(request, named) if named else None, make=make)
    start_and_fetch(shell, start, wanted, wait=wait)
