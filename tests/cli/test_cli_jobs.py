"""``a2e jobs``."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from PIL import Image

from a2e_async import A2E, tasks
from a2e_async.cli import follow
from a2e_async.http.retry import RetryPolicy
from a2e_async.sandbox import Fault
from tests.cli.conftest import Run, Service, serving


@pytest.fixture
def token(a2e: Run) -> str:
    return a2e("image", "a red fox", "--no-wait", "--name", "fox").lines[0]


def test_tasks_of_all_products_newest_first(bare: Run, with_token: None) -> None:
    with serving() as service:
        base = ("--base-url", service.url)
        assert bare("jobs", "list", *base).err == "no tasks\n"
        image = bare("image", "a red fox", "--no-wait", *base).lines
        url = "https://example.com/a.mp3"
        options = ("--avatar", "mine", "--anchor-type", "0", "--audio", url, "--no-wait")
        video = bare("video", "--title", "greeting", *options, *base).lines

        ran = bare("jobs", "list", *base)
        assert [line.split("\t")[0] for line in ran.lines] == video + image
        assert ran.lines[0].endswith("\tgreeting")
        assert ran.lines[1].endswith("\ta red fox")

        images = bare("jobs", "list", "--kind", "text_to_image", "--json", *base).json
        assert [(row["token"], row["prompt"]) for row in images] == [(image[0], "a red fox")]
        assert bare("jobs", "list", "--limit", 1, *base).lines == ran.lines[:1]


def test_one_product_s_failure_does_not_spoil_the_list(
    a2e: Run, service: Service, token: str
) -> None:
    service.sandbox.faults.next("/api/v1/userNanoBanana/allRecords", Fault.refused(1003, "no list"))

    ran = a2e("jobs", "list", "--name", "fox", "--limit", 1)

    assert ran.code == 3
    assert ran.lines[0].startswith(token)
    [error] = ran.errors
    assert error.startswith("error: nano_banana: no list")


def test_products_without_a_list_are_left_out(a2e: Run, service: Service) -> None:
    kinds = [kind for kind in A2E.kinds() if tasks.request_class(kind).product.pages is None]
    assert kinds

    assert a2e("jobs", "list", "--limit", 1).code == 0
    ran = a2e("jobs", "list", "--kind", kinds[0])

    assert ran.code == 2
    [error] = ran.errors
    assert error.startswith(f"error: {kinds[0]}: the service documents no list")


def test_a_list_that_products_share_is_asked_once(bare: Run, with_token: None) -> None:
    with serving() as service:
        base = ("--base-url", service.url)
        fields = ("prompt=a fox", "image_url=https://example.com/a.png")
        [token] = bare("run", "wan_25", *fields, "--no-wait", *base).lines

        assert [line.split("\t")[0] for line in bare("jobs", "list", *base).lines] == [token]
        other = bare("jobs", "list", "--kind", "wan_30", "--json", *base).json
        assert [row["kind"] for row in other] == ["wan_30"]


def test_a_long_prompt_is_shortened_in_the_list(a2e: Run) -> None:
    prompt = "a red fox " * 30 + "in the snow"
    token = a2e("image", prompt, "--no-wait").lines[0]
    listing = ("jobs", "list", "--kind", "text_to_image", "--limit", 1)

    [line] = a2e(*listing).lines
    [row] = a2e(*listing, "--json").json

    assert line.startswith(token)
    about = line.split("\t")[-1]
    assert about.startswith("a red fox a red fox")
    assert about.endswith("…")
    assert len(about) == 100
    assert row["prompt"] == prompt


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["nano_banana"], "a2e jobs list --kind nano_banana"),
        (["oils", "wan_25"], "a2e jobs list --kind wan_25"),
        (["oils"], "a2e jobs list --kind KIND"),
    ],
)
def test_a_bare_product_is_told_its_option(a2e: Run, words: list[str], hint: str) -> None:
    ran = a2e("jobs", "list", *words)

    assert ran.code == 2
    [error] = ran.errors
    assert f"{hint} (see " in error


def test_other_commands_give_no_such_hint(a2e: Run) -> None:
    [error] = a2e("coins", "nano_banana").errors
    assert "--kind" not in error


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_service_that_no_product_reaches_is_told_once(
    bare: Run, with_token: None, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    once = RetryPolicy(attempts=1)
    monkeypatch.setattr("a2e_async.http.session.RetryPolicy", lambda: once)

    ran = bare("jobs", "list", "--base-url", "http://127.0.0.1:1", *options)

    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1


def test_a_wrong_token_is_told_once(bare: Run, with_token: None) -> None:
    with serving(token="sk_other") as service:
        ran = bare("jobs", "list", "--base-url", service.url)
        asked = service.sandbox.requests.by_kind.total()

    assert ran.code == 1
    assert len(ran.errors) == 1
    assert asked <= 16


async def test_no_more_is_done_at_once_than_said() -> None:
    under_way = most = 0
    outcomes: dict[int, int | Exception] = {}

    async def work(number: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await anyio.sleep(0.001)
        under_way -= 1
        return number

    await follow.each(range(20), work, outcomes, at_once=8)

    assert most == 8
    assert outcomes == {number: number for number in range(20)}


def test_help_of_kind_stays_short(bare: Run) -> None:
    assert "a2e run --help" in bare("jobs", "list", "--help").out


def test_tasks_by_name(a2e: Run, token: str) -> None:
    a2e("image", "x", "--no-wait")

    rows = a2e("jobs", "list", "--name", "fox", "--limit", 1, "--json").json

    assert [row["token"] for row in rows] == [token]


def test_a_task_as_it_is_now(a2e: Run, token: str) -> None:
    pairs = dict(line.split("\t") for line in a2e("jobs", "get", token).lines)

    assert pairs["token"] == token
    assert pairs["status"] == "completed"
    assert pairs["prompt"] == "a red fox"
    assert pairs["outputs"].startswith("http://127.0.0.1")
    assert "failed_message" not in pairs
    assert a2e("jobs", "get", token, "--json").json[0]["prompt"] == "a red fox"


def test_a_task_that_does_not_exist(a2e: Run) -> None:
    ran = a2e("jobs", "get", "text_to_image:nope", "--json")

    assert ran.code == 1
    [error] = ran.json_errors
    assert error["type"] == "JobNotFound"
    assert error["token"] == "text_to_image:nope"


def test_waiting_prints_status_and_addresses(a2e: Run, token: str) -> None:
    ran = a2e("jobs", "wait", token)

    assert ran.code == 0
    [line] = ran.lines
    assert line.startswith(f"{token}\tcompleted\thttp://127.0.0.1")
    assert ran.err.count(f"{token}: completed") == 1


def test_the_end_of_a_task_without_files_is_told_once(a2e: Run) -> None:
    voice = "voice_urls=https://example.com/a.mp3"
    ran = a2e("run", "voice_clone", voice, "name=v")
    as_json = a2e("run", "voice_clone", voice, "name=w", "--json")

    assert ran.err.count(": completed") == 1
    assert as_json.err.count('"status": "completed"') == 1


def test_waiting_for_what_is_over_or_never_ends(a2e: Run, service: Service, token: str) -> None:
    service.seconds = 1000
    slow = a2e("image", "x", "--no-wait").lines[0]

    both = a2e("jobs", "wait", token, slow, "--timeout", 0.5)
    alone = a2e("jobs", "wait", slow, "--timeout", 0.5)

    assert both.code == 3
    assert both.lines[0].startswith(token)
    assert slow in both.errors[0]
    assert alone.code == 5


def test_downloading(a2e: Run, token: str) -> None:
    ran = a2e("jobs", "download", token, token, "-o", "out", "--json")

    [result] = ran.json
    [file] = result["files"]
    assert Path(file).parent == Path("out")
    with Image.open(file) as image:
        assert image.format == "PNG"


def test_a_download_that_is_cut_goes_on(a2e: Run, service: Service, token: str) -> None:
    service.sandbox.faults.next("download", Fault.cut())

    assert a2e("jobs", "download", token).code == 0


def test_a_download_that_fails_tells_the_job(a2e: Run, service: Service, token: str) -> None:
    service.sandbox.faults.next("download", Fault.status(404), times=2)

    ran = a2e("jobs", "download", token)

    assert ran.code == 1
    assert token in ran.errors[0]
    assert f"{token}: error" in ran.err
    assert [*Path().iterdir()] == []


def test_deleting(a2e: Run, token: str) -> None:
    ran = a2e("jobs", "delete", token, "avatar_video:nope", "--yes")

    assert ran.code == 3
    assert ran.lines == [f"deleted {token}"]
    assert "avatar_video:nope" in ran.errors[0]
    assert a2e("jobs", "get", token).code == 1


def test_deleting_is_not_done_unasked(a2e: Run, token: str) -> None:
    ran = a2e("jobs", "delete", token)

    assert ran.code == 2
    assert "--yes" in ran.errors[0]
    assert a2e("jobs", "get", token).code == 0
