"""The house: imports go down only, and the token stays in its room."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

import a2e_async
from a2e_async import tasks

ROOT = Path(a2e_async.__file__).parent

# From the top floor down. A room may import from its own floor only within itself.
FLOORS = (
    ("cli",),
    ("catalogue",),
    ("client",),
    ("orders",),
    ("store",),
    ("batch", "webhooks", "sandbox"),
    ("durable", "products"),
    ("recipes", "families", "texts"),
    ("jobs",),
    ("journal", "parts", "portal"),
    ("tasks", "resources", "files"),
    ("http",),
    ("telemetry",),
    ("wire", "errors", "config", "clock", "status", "facts", "lazy", "logs", "_version"),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# On the same floor: results name media types, requests are checked where resources are asked.
NEIGHBOURS = {("resources", "tasks"), ("files", "tasks"), ("wire", "errors"), ("config", "errors")}
NEIGHBOURS |= {("logs", "errors")}

# Lazy imports upwards, inside a function: the sandbox hands out clients of the SDK on itself.
LAZY_UPWARDS = {("sandbox/sandbox.py", "client"), ("sandbox/pytest_plugin.py", "client")}

MODULES = sorted(
    path for path in ROOT.rglob("*.py") if path.parent != ROOT or "__" not in path.name
)


def imports_of(tree: ast.AST, *, lazy: bool = False) -> Iterator[tuple[ast.stmt, str, bool]]:
    """Go through the imports of this package, and tell whether each is made inside a function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from ((node, alias.name, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            names = [alias.name for alias in node.names]
            whole = node.module == "a2e_async"
            rooms = [f"a2e_async.{room_named(n)}" for n in names] if whole else [node.module or ""]
            yield from ((node, name, lazy) for name in rooms)
        else:
            inside = lazy or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            yield from imports_of(node, lazy=inside)


def room_named(name: str) -> str:
    """Find the room of a name that is imported from the package itself."""
    return a2e_async._home_of(name) or name


def room_of(module: str) -> str | None:
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] if package == "a2e_async" and rest else None


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down_only(path: Path) -> None:
    relative = path.relative_to(ROOT)
    own = relative.parts[0].removesuffix(".py")
    for node, module, lazy in imports_of(ast.parse(path.read_text())):
        room = room_of(module)
        if room is None or room == own:
            continue
        assert room in FLOOR_OF, f"{room} stands on no floor"
        if FLOOR_OF[own] < FLOOR_OF[room] or (own, room) in NEIGHBOURS:
            continue
        upwards = (relative.as_posix(), room)
        assert lazy, f"line {node.lineno}: {own} imports {room}"
        assert upwards in LAZY_UPWARDS, f"line {node.lineno}: {own} imports {room} lazily"


def test_every_room_stands_on_a_floor() -> None:
    rooms = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in MODULES}
    assert rooms <= FLOOR_OF.keys()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nobody_but_the_session_touches_the_token(path: Path) -> None:
    if path.relative_to(ROOT).as_posix() in {"config.py", "http/session.py"}:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr == "token":
            assert "settings" not in ast.unparse(node.value), f"line {node.lineno}"


PURE = ["http/envelope.py", "http/retry.py", "http/shapes.py", "http/call.py", "jobs/schedule.py"]
PURE += ["status.py", "wire.py", "tasks/product.py", "tasks/record.py", "tasks/text_to_image.py"]
PURE += ["http/events.py", "jobs/congestion.py", "jobs/fairness.py", "jobs/pace.py"]
PURE += [f"journal/{name}.py" for name in ("state", "item", "requests", "rows", "admission")]
PURE += ["journal/summary.py", "journal/faults.py", "journal/schema.py", "journal/known.py"]
PURE += [f"batch/{name}.py" for name in ("budget", "files", "outcome", "rows", "shape", "tally")]
PURE += [f"durable/{name}.py" for name in ("absence", "patience", "reservation")]
PURE += ["journal/memory.py"]
PURE += ["jobs/snapshot.py", "texts.py"]


@pytest.mark.parametrize("name", PURE)
def test_pure_rooms_have_no_clock_no_chance_and_no_socket(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text())
    nodes = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in nodes
    }
    assert not imported & {"time", "random", "asyncio", "anyio", "aiohttp", "secrets", "os"}
    assert not [n for n in ast.walk(tree) if isinstance(n, (ast.AsyncFunctionDef, ast.Await))]


def test_generic_rooms_know_no_product() -> None:
    for room in ("jobs", "http"):
        for path in (ROOT / room).glob("*.py"):
            source = path.read_text()
            assert "kind ==" not in source, path
            assert "tasks.text_to_image" not in source, path
            assert "tasks.avatar_video" not in source, path


def test_the_public_names_are_sorted_complete_and_there() -> None:
    names = a2e_async.__all__
    assert {*a2e_async._HOMES, *tasks.__all__, "__version__"} == {*names}
    assert [name for name in names if name not in tasks.__all__] == sorted(
        {*a2e_async._HOMES, "__version__"}
    )
    for name in names:
        assert getattr(a2e_async, name) is not None
        assert name in dir(a2e_async)
    with pytest.raises(AttributeError, match="nothing_such"):
        getattr(a2e_async, "nothing_such")  # noqa: B009  (type checkers know that it is not)
    assert importlib.util.find_spec("a2e_async") is not None
    assert (ROOT / "py.typed").exists()
