"""Options that all commands share, and options that are a request's fields."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Annotated, Any, get_args, get_type_hints

import attrs
import typer

from a2e_async.cli.exits import ExitCode
from a2e_async.cli.shell import Given, Shell, perform
from a2e_async.config import BASE_URL_VARIABLE, DEFAULT_BASE_URL
from a2e_async.tasks.checks import Number

_PANEL = "Options of all commands, before or after the command's name"


def _shared(
    *,
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox",
            help="Use a sandbox inside this command: no token, no network, no coins.",
            rich_help_panel=_PANEL,
        ),
    ] = False,
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            metavar="URL",
            help=f"The service's address, else {BASE_URL_VARIABLE}, else {DEFAULT_BASE_URL}.",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Write results as JSON lines, and errors as JSON to stderr.",
            rich_help_panel=_PANEL,
        ),
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Write what is done to stderr.", rich_help_panel=_PANEL
        ),
    ] = False,
) -> Given:
    """Take the shared options of one level of the command line."""
    return Given(sandbox=sandbox, base_url=base_url, as_json=as_json, verbose=verbose)


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Make a typer command of a function: its parameters after the shell, and the shared options.

    The shared options are parameters of each level, so that the parser knows where one stands and
    where its name is another option's value.
    """

    def perform_command(ctx: typer.Context, **values: Any) -> None:
        given = _take_shared(ctx, values)
        code = perform(Shell(given), lambda shell: function(shell, **values))
        if code is not ExitCode.OK:
            raise typer.Exit(code)

    return _with_parameters(perform_command, function, own=_parameters(function)[1:])


def group(function: Callable[..., None]) -> Callable[..., None]:
    """Make a typer callback of a function: its parameters, and the shared options."""

    def take(ctx: typer.Context, **values: Any) -> None:
        ctx.obj = _take_shared(ctx, values)
        function(**values)

    return _with_parameters(take, function, own=_parameters(function))


def _take_shared(ctx: typer.Context, values: dict[str, Any]) -> Given:
    given = _shared(**{field.name: values.pop(field.name) for field in attrs.fields(Given)})
    return given.under(ctx.obj or Given())


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(function, include_extras=True)
    found = inspect.signature(function).parameters.values()
    return [
        parameter.replace(kind=parameter.KEYWORD_ONLY, annotation=hints[parameter.name])
        for parameter in found
    ]


def _with_parameters(
    wrapper: Callable[..., None], function: Callable[..., Any], own: list[inspect.Parameter]
) -> Callable[..., None]:
    context = inspect.Parameter(
        "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )
    parameters = [context, *own, *_parameters(_shared)]
    wrapper.__name__ = function.__name__
    wrapper.__doc__ = function.__doc__
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return wrapper


def defaults(cls: type[attrs.AttrsInstance]) -> SimpleNamespace:
    """Give the defaults of a request's fields, by their names."""
    return SimpleNamespace(**{field.name: field.default for field in attrs.fields(cls)})


def number(
    cls: type[attrs.AttrsInstance], field: str, help: str, *names: str, metavar: str = "N"
) -> Any:
    """Make the option of a request's number, with its bounds."""
    check = attrs.fields_dict(cls)[field].validator
    assert isinstance(check, Number)
    return typer.Option(*names, help=help, min=check.least, max=check.most, metavar=metavar)


def choice(words: Any, help: str, metavar: str = "WORD") -> Any:
    """Make the option of a request's word, with all words that it can be.

    Args:
        words: the ``Literal`` of the words.
        help: what the word is.
        metavar: what stands for it in the help.
    """
    return typer.Option(help=f"{help}: {', '.join(get_args(words))}.", metavar=metavar)
