"""Everything that is checked, built and measured. `nox` alone runs what a change has to pass."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests", "build"]
nox.needs_version = ">=2025.2"

NEWEST_MINOR = 19
PRISM_VERSION = "5.16.0"


def _add_pyenv_to_path() -> None:
    # Its shims answer for versions that are not switched on, and then fail.
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    bins = sorted(str(path) for path in root.glob("versions/3.*/bin"))
    os.environ["PATH"] = os.pathsep.join([*bins, os.environ["PATH"]])


def _installed() -> list[str]:
    names = [f"3.{minor}" for minor in range(11, NEWEST_MINOR + 1)]
    return [name for name in names if shutil.which(f"python{name}")]


_add_pyenv_to_path()
# Where no Python has its version in its name, the one that runs nox has to do.
PYTHONS = _installed() or None


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests on every Python from 3.11 that is installed, slow ones on the newest only."""
    session.install(".[dev,fast]")
    # Many tests wait for sockets, so more workers than there are cores are no burden.
    workers = ("-n", str(2 * (os.cpu_count() or 1))) if not session.posargs else ()
    # One is enough: coverage and slow tests take their time, and tell the same of each Python.
    if session.posargs or session.python not in (None, *(PYTHONS or ())[-1:]):
        chosen = session.posargs or ("-m", "not slow")
        session.run("python", "-m", "pytest", *workers, *chosen)
        return
    session.env["COVERAGE_FILE"] = str(Path(session.create_tmp()) / "coverage")
    if session.python not in (None, "3.11"):
        # Far quicker than tracing; it is there from 3.12 on.
        session.env["COVERAGE_CORE"] = "sysmon"
    session.run("coverage", "run", "-m", "pytest", *workers)
    session.run("coverage", "combine")
    session.run("coverage", "report", "--fail-under=95")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install("ruff>=0.12")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of package and tests, with mypy and pyright."""
    session.install("-e", ".[dev,fast]", "mypy>=1.17", "pyright[nodejs]>=1.1.400", "nox")
    session.install("types-jsonschema")
    session.run("mypy", "a2e_async", "tests", "benchmarks", "examples", "noxfile.py")
    session.run("pyright")


@nox.session
def build(session: nox.Session) -> None:
    """Build both packages, check them, and try the wheel in an empty environment."""
    session.install("build", "twine", "check-wheel-contents")
    out = Path(session.create_tmp()) / "dist"
    session.run("python", "-c", f"import shutil; shutil.rmtree({str(out)!r}, ignore_errors=True)")
    session.run("python", "-m", "build", "--outdir", str(out))
    packages = sorted(map(str, out.iterdir()))
    wheel = next(path for path in packages if path.endswith(".whl"))
    session.run("twine", "check", "--strict", *packages)
    session.run("check-wheel-contents", wheel)
    session.run("python", "-m", "venv", str(out.parent / "empty"), "--clear")
    python = next((out.parent / "empty").glob("[bS]*/python*"))
    session.run(str(python), "-m", "pip", "install", "-q", wheel, external=True)
    # Without -P, the packages of tests/ would stand before those of the environment.
    session.run(str(python), "-P", "tests/wheel.py", external=True)


@nox.session
def prism(session: nox.Session) -> None:
    """Have Prism judge one request of every operation, sent by the client."""
    if shutil.which("npm") is None:
        session.skip("npm is missing: Prism needs Node (https://nodejs.org)")
    tools = Path(session.create_tmp()) / "prism"
    install = ("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(tools))
    session.run(*install, f"@stoplight/prism-cli@{PRISM_VERSION}", external=True)
    session.install(".[dev]")
    session.run("python", "-m", "tests.prism", str(tools / "node_modules" / ".bin" / "prism"))


@nox.session
def demo(session: nox.Session) -> None:
    """Run the main job on the embedded sandbox, and leave its files in a2e-demo."""
    session.install(".[cli,sandbox]")
    session.run("a2e", "demo", "--sandbox", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what the documentation states, beside the packages that people know.

    Arguments choose benchmarks by their names; ``--write`` puts the results into the README.
    """
    session.install(".[fast,sandbox]", "fal-client", "httpx", "matplotlib", "openai", "replicate")
    session.install("runwayml")
    session.run("python", "-m", "benchmarks", *session.posargs)
