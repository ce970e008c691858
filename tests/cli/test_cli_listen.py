"""``a2e listen``."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from a2e_async.sandbox import Fault
from tests.cli.conftest import Run, Service, Terminal, soon
from tests.cli.test_cli_stop import free_port, kill, listens, looked

SECRET = "webhook-secret-of-mine"
ID = "67ee0000000000000000abcd"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def with_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2E_WEBHOOK_TOKEN", SECRET)


def ring(
    port: int, body: bytes = b"", token: str | None = SECRET, path: str = "/", method: str = "POST"
) -> int:
    headers = {} if token is None else {"X-A2e-Webhook-Token": token}
    url = f"http://127.0.0.1:{port}{path}"
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code


def then_stop(act: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        try:
            act()
        finally:
            kill()()

    return both


def test_calls_are_shown_as_they_come(bare: Run, with_secret: None, port: int) -> None:
    statuses: list[int] = []
    record = json.dumps({"data": {"_id": ID, "note": f"{SECRET} \x1b[2J sk_abc.def.ghi"}}).encode()

    def calls() -> None:
        statuses.extend(
            (
                ring(port, record),
                ring(port, record, "forged"),
                ring(port, record, None),
                ring(port),
                ring(port, b"\xff" * 2_000_000),
                ring(port, record, method="GET"),
                ring(port, record, path="/other"),
            )
        )

    with soon(lambda: listens(port), then_stop(calls)):
        ran = bare("listen", "--port", port)

    assert ran.code == 0
    assert statuses == [204, 401, 401, 204, 204, 405, 404]
    first, forged, missing, empty, huge = ran.lines
    assert f"valid: {ID}: " in first
    assert "[token]" in first
    assert "sk_abc" not in first
    assert "\x1b" not in first
    assert forged.endswith(" wrong token: ignored")
    assert missing.endswith(" no token: ignored")
    assert empty.endswith(" valid: no ids: (empty)")
    assert "more than 1.0 MB" in huge
    assert SECRET not in ran.out + ran.err
    assert f"http://127.0.0.1:{port}/ until Ctrl-C" in ran.err
    assert not listens(port)


def test_calls_as_json(bare: Run, with_secret: None, port: int) -> None:
    def calls() -> None:
        ring(port, f'{{"id":"{ID}"}}'.encode(), path="/a2e")
        ring(port, b"x", "forged", path="/a2e")

    with soon(lambda: listens(port), then_stop(calls)):
        ran = bare("listen", "--port", port, "--path", "/a2e", "--json")

    assert ran.code == 0
    right, forged = ran.json
    assert {"valid": True, "ids": [ID], "payload": f'{{"id":"{ID}"}}'}.items() <= right.items()
    assert {"valid": False, "ids": [], "payload": None}.items() <= forged.items()
    assert right["time"] <= forged["time"]
    assert json.loads(ran.err) == {"listening": f"http://127.0.0.1:{port}/a2e"}


def test_a_token_is_made_where_none_is_set(bare: Run, port: int) -> None:
    statuses: list[int] = []
    with soon(lambda: listens(port), then_stop(lambda: statuses.append(ring(port)))):
        ran = bare("listen", "--port", port)

    [made] = [line for line in ran.err.splitlines() if "export A2E_WEBHOOK_TOKEN=" in line]
    assert len(made.partition("=")[2]) >= 32
    assert "A2E(webhook=Webhook(url='https://…'" in ran.err
    assert statuses == [401]


def start(a2e: Run, service: Service, port: int, seconds: float) -> str:
    service.seconds = seconds
    bell = (f"webhook_url=http://127.0.0.1:{port}/", f"webhook_token={SECRET}")
    token: str = a2e("run", "text_to_image", "prompt=x", *bell, "--no-wait").lines[0]
    return token


def test_it_ends_with_its_jobs(a2e: Run, service: Service, with_secret: None, port: int) -> None:
    tokens = [start(a2e, service, port, seconds) for seconds in (1.0, 1.2)]
    ids = [token.partition(":")[2] for token in tokens]

    ran = a2e("listen", *tokens, "--port", port, "--output", "out")

    assert ran.code == 0
    calls, files = ran.lines[:-2], ran.lines[-2:]
    assert [path for path in files if Path(path).is_file()] == files
    assert all(Path(path).parent == Path("out") for path in files)
    assert all("valid: " in line for line in calls)
    assert set(ids) >= {word.rstrip(":") for line in calls for word in line.split()[2:3]}
    assert "until the jobs have ended" in ran.err


def test_a_lost_call_and_a_failed_job(
    a2e: Run, service: Service, with_secret: None, port: int
) -> None:
    service.sandbox.faults.next("webhook", Fault.lost_request())
    service.sandbox.faults.next("start", Fault.failed_task("no such luck"))
    token = start(a2e, service, port, 0.5)

    ran = a2e("listen", token, "--port", port, "--json")

    assert ran.code == 3
    [error] = ran.json_errors
    assert error["token"] == token
    assert "no such luck" in error["message"]


def test_ctrl_c_tells_the_jobs(a2e: Run, service: Service, with_secret: None, port: int) -> None:
    token = start(a2e, service, port, 1000)

    with soon(looked(service), kill(signal.SIGINT)):
        ran = a2e("listen", token, "--port", port)

    assert ran.code == 130
    assert f"  a2e jobs download {token} --base-url {service.url}" in ran.err


def test_without_the_service_a_sandbox_rings(bare: Run) -> None:
    ran = bare("listen", "--sandbox", "--port", 0)

    assert ran.code == 0
    call, result = ran.lines
    token, status, url = result.split("\t")
    assert f"valid: {token.partition(':')[2]} " in call
    assert status == "completed"
    assert url.startswith("http://127.0.0.1:")


def test_a_terminal(bare: Run, terminal: Callable[..., Terminal]) -> None:
    screen = terminal()
    assert bare("listen", "--sandbox", "--port", 0).code == 0
    screen.close()
    assert "valid: " in screen.text
    assert "completed" in screen.text


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--port", "70000"], "--port"),
        (["--path", "a2e"], "--path: expected a path such as /a2e, got 'a2e'"),
        (["--path", "/{x}"], "--path: expected a path"),
        (["--host", "256.0.0.1"], "256.0.0.1:8080: "),
        (["nonsense", "--port", "0"], "token: expected 'kind:id'"),
    ],
)
def test_wrong_usage(bare: Run, with_token: None, argv: list[str], words: str) -> None:
    ran = bare("listen", *argv)
    assert ran.code == 2
    assert words in ran.errors[0]


def test_a_port_that_is_taken(bare: Run, service: Service) -> None:
    ran = bare("listen", "--port", service.url.rpartition(":")[2])
    assert ran.code == 2
    assert "in use" in ran.errors[0]


def test_a_token_that_is_too_long_is_not_shown(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2E_WEBHOOK_TOKEN", "hush" * 100)
    ran = bare("listen", "--port", "0")
    assert ran.code == 2
    assert "A2E_WEBHOOK_TOKEN: expected a text" in ran.errors[0]
    assert "hush" not in ran.err


def test_jobs_need_the_api_s_token(bare: Run, with_secret: None) -> None:
    ran = bare("listen", f"text_to_image:{ID}", "--port", "0")
    assert ran.code == 2
    assert "no token: set A2E_API_KEY" in ran.errors[0]


def test_the_help_says_how_it_is_reached(bare: Run) -> None:
    words = " ".join(bare("listen", "--help").out.split())
    for said in ("https", "reverse proxy", "tunnel", "A2E_WEBHOOK_TOKEN", "webhook_url"):
        assert said in words
    assert "--webhook-token" not in words
