"""The command line as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import TOKEN, Service

A2E = (sys.executable, "-m", "a2e_async.cli")
ENVIRONMENT = {**os.environ, "PYTHONWARNINGS": "default::ResourceWarning", "A2E_API_KEY": TOKEN}


@pytest.fixture
def environment(service: Service) -> dict[str, str]:
    return {**ENVIRONMENT, "A2E_BASE_URL": service.url}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_picture_and_nothing_else_on_stdout(environment: dict[str, str]) -> None:
    ran = subprocess.run(
        [*A2E, "image", "x", "-v"], env=environment, capture_output=True, text=True, check=True
    )

    assert Path(ran.stdout.rstrip("\n")).is_file()
    assert TOKEN not in ran.stdout + ran.stderr
    assert "\x1b" not in ran.stdout + ran.stderr


def test_the_exit_code_is_the_process_s(environment: dict[str, str]) -> None:
    ran = subprocess.run(
        [*A2E, "jobs", "get", "x"], env=environment, capture_output=True, check=False
    )

    assert ran.returncode == 2
    assert ran.stderr.startswith(b"error: ")
    assert ran.stderr.count(b"\n") == 1


def test_the_installed_command(environment: dict[str, str]) -> None:
    command = Path(sys.executable).with_name("a2e")
    if not command.exists():
        pytest.skip("not installed")

    subprocess.run([command, "coins"], env=environment, check=True)


def test_ctrl_c(environment: dict[str, str], service: Service) -> None:
    service.seconds = 1000
    before = len(service.sandbox.tasks)
    with subprocess.Popen(
        [*A2E, "image", "x"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr
        assert any(b": initialized" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()

    assert process.returncode == 130
    assert out == b""
    token = f"text_to_image:{service.sandbox.tasks[before].id}"
    assert f"  a2e jobs download {token}\n" in err.decode()
    assert b"Traceback" not in err


def test_a_reader_that_leaves(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        [*A2E, "avatars"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        err = process.stderr.read()

    assert process.returncode == 141
    assert err == b""


def test_an_ascii_terminal_can_be_written_to(environment: dict[str, str]) -> None:
    environment |= {"PYTHONIOENCODING": "ascii"}
    options = ("--no-wait", "--name", "größe")
    subprocess.run([*A2E, "image", "x", *options], env=environment, check=True)

    ran = subprocess.run(
        [*A2E, "jobs", "list", "--limit", "1"], env=environment, capture_output=True, check=True
    )
    subprocess.run(
        [*A2E, "jobs", "get", ran.stdout.decode().split("\t")[0]], env=environment, check=True
    )


@pytest.fixture
def own_sandbox() -> Iterator[dict[str, str]]:
    """The environment that ``a2e sandbox`` tells to set."""
    with subprocess.Popen(
        [*A2E, "sandbox", "--speed", "1000"], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(2)]
        told = dict(line.rstrip("\n").removeprefix("export ").split("=") for line in lines)
        yield {**os.environ, **told}
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0


@pytest.mark.slow
def test_the_sandbox_serves_other_processes(own_sandbox: dict[str, str]) -> None:
    begun = time.monotonic()

    subprocess.run([*A2E, "image", "x"], env=own_sandbox, check=True)

    assert [path.suffix for path in Path().iterdir()] == [".png"]
    assert time.monotonic() - begun < 20
