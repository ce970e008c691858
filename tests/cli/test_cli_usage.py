"""Help, wrong usage, and the options that all commands share."""

from __future__ import annotations

import sys

import pytest

import a2e_async
from a2e_async.cli.exits import ExitCode
from tests.cli.conftest import Run, Service

COMMANDS = (
    *("image", "video", "run", "batch", "jobs", "upload"),
    *("avatars", "voices", "languages", "coins", "demo", "sandbox", "listen"),
)
SHARED = (["--json"], ["--base-url", "{url}"], ["-v"])


def test_help_tells_commands_exit_codes_and_where_the_token_comes_from(bare: Run) -> None:
    ran = bare("--help")

    assert ran.code == 0
    words = " ".join(ran.out.split())
    for command in COMMANDS:
        assert f" {command} " in words
    for code in ExitCode:
        assert f"{code.value} {code.meaning}" in words
    assert "A2E_API_KEY" in words
    assert "no option for it on purpose" in words


@pytest.mark.parametrize(
    "command",
    [
        *("image", "video", "run", "run flux_2", "jobs list"),
        *("sandbox", "demo", "upload", "listen"),
        *("batch run", "batch retry", "batch quote", "batch status", "batch report"),
    ],
)
def test_each_command_has_help_with_the_shared_options(bare: Run, command: str) -> None:
    ran = bare(*command.split(), "-h")

    assert ran.code == 0
    for option in ("--sandbox", "--base-url", "--json", "--verbose"):
        assert option in ran.out


def test_help_of_image_tells_defaults_bounds_and_choices_of_the_request(bare: Run) -> None:
    words = " ".join(bare("image", "--help").out.split())

    assert "[default: 1024]" in words
    assert "[1<=x<=8]" in words
    assert "seedream" in words
    assert "21:9" in words


@pytest.mark.parametrize("argv", [[], ["jobs"], ["batch"]])
def test_without_a_command_there_is_help_and_the_code_of_wrong_usage(
    bare: Run, argv: list[str]
) -> None:
    ran = bare(*argv)

    assert ran.code == 2
    assert "Usage: a2e" in ran.out + ran.err
    assert not ran.errors


def test_version(bare: Run) -> None:
    assert bare("--version").out == f"a2e {a2e_async.__version__}\n"


@pytest.mark.parametrize(
    ("argv", "word"),
    [
        (["imag", "x"], "imag"),
        (["image"], "PROMPT"),
        (["image", "x", "--nope"], "--nope"),
        (["image", "x", "--width", "0"], "--width"),
        (["image", "x", "--width", "wide"], "--width"),
        (["image", "x", "--max-images", "9"], "--max-images"),
        (["image", "x", "--req-key", "oils"], "oils"),
        (["image", "x", "--timeout", "-1"], "--timeout"),
        (["--sandbox", "image", "  "], "prompt"),
        (["--sandbox", "image", "x", "--aspect-ratio", "1:1"], "aspect_ratio"),
        (["--sandbox", "image", "x", "-i", "missing.png"], "missing.png"),
        (["--sandbox", "image", "x", "-i", "http://example.com/a.png"], "input_images[0]"),
        (["video", "--text", "hi"], "--avatar"),
        (["--sandbox", "video", "--avatar", "a"], "--text"),
        (["--sandbox", "video", "--avatar", "a", "--text", "x", "--audio", "y"], "both"),
        (["--sandbox", "video", "--avatar", "a", "--text", "x" * 1001], "1000"),
        (["--sandbox", "video", "--avatar", "a", "--audio", "missing.mp3"], "missing.mp3"),
        (["--sandbox", "jobs", "get", "nonsense"], "kind:id"),
        (["--sandbox", "jobs", "list", "--kind", "oils"], "text_to_image"),
        (["jobs", "list", "--limit", "0"], "--limit"),
        (["upload", "missing.png"], "missing.png"),
        (["demo", "missing.jsonl"], "missing.jsonl"),
        (["sandbox", "--port", "70000"], "--port"),
        (["sandbox", "--speed", "0"], "speed"),
        (["--sandbox", "--base-url", "http://localhost", "coins"], "--base-url"),
        (["coins"], "A2E_API_KEY"),
        (["demo"], "--sandbox"),
    ],
)
def test_wrong_usage_is_one_line_that_names_what_is_wrong(
    bare: Run, argv: list[str], word: str
) -> None:
    ran = bare(*argv)

    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.errors) == 1
    assert word in ran.errors[0]


def test_a_usage_error_names_the_command_whose_help_tells_more(bare: Run) -> None:
    assert "(see a2e jobs list --help)" in bare("jobs", "list", "--nope").err


@pytest.mark.parametrize(
    ("argv", "kind"),
    [
        (["--json", "image"], "UsageError"),
        (["image", "x", "--req-key", "oils", "--json"], "UsageError"),
        (["--json", "coins"], "ConfigurationError"),
        (["--sandbox", "jobs", "get", "nonsense", "--json"], "ValueError"),
    ],
)
def test_errors_are_json_where_results_are(bare: Run, argv: list[str], kind: str) -> None:
    ran = bare(*argv)

    assert ran.code == 2
    [error] = ran.json_errors
    assert error["type"] == kind
    assert error["message"]
    assert error["token"] is None


def test_json_after_the_double_dash_is_no_option(bare: Run) -> None:
    ran = bare("image", "--nope", "--", "--json")

    assert ran.errors


@pytest.mark.parametrize("url", ["http://example.com", "nonsense", "https://api.a2e.ai"])
def test_a_bad_address_is_refused_before_anything_is_sent(
    bare: Run, with_token: None, url: str
) -> None:
    ran = bare("coins", "--base-url", url)

    assert ran.code == 2
    assert "base_url" in ran.errors[0]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
@pytest.mark.parametrize("before", range(4))
def test_shared_options_stand_before_or_after_the_command(
    bare: Run, service: Service, with_token: None, order: tuple[int, ...], before: int
) -> None:
    options = [[word.format(url=service.url) for word in SHARED[index]] for index in order]
    words = ["coins"]
    words[:0] = [word for option in options[:before] for word in option]
    words += [word for option in options[before:] for word in option]

    ran = bare(*words)

    assert ran.code == 0
    assert ran.json == [{"coins": service.sandbox.coins}]
    assert "remainingCoins" in ran.err


def test_shared_options_stand_between_group_and_command(
    bare: Run, service: Service, with_token: None
) -> None:
    ran = bare("--json", "jobs", "--base-url", service.url, "list", "--name", "none")

    assert ran.code == 0
    assert ran.json == []
    assert ran.err == '{"message": "no tasks"}\n'


def test_the_inner_address_counts(bare: Run, service: Service, with_token: None) -> None:
    assert bare("--base-url", "http://127.0.0.1:1", "coins", "--base-url", service.url).code == 0


def test_the_address_may_come_from_the_environment(
    bare: Run, service: Service, with_token: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2E_BASE_URL", service.url)

    assert bare("coins").code == 0


def test_what_looks_like_an_option_may_be_a_value_or_a_prompt(a2e: Run, service: Service) -> None:
    ran = a2e("image", "--name", "--json", "--no-wait", "--", "--sandbox")

    assert ran.code == 0
    assert ran.lines[0].startswith("text_to_image:")
    assert service.started()[-1] == "--json"
    assert service.sandbox.tasks[-1].body["prompt"] == "--sandbox"


def test_the_log_is_shown_where_it_is_asked_for(a2e: Run) -> None:
    assert a2e("coins").err == ""
    assert "a2e_async.http DEBUG: GET /api/v1/user/remainingCoins" in a2e("coins", "-v").err
    assert a2e("coins").err == ""


def test_with_json_the_log_is_json_too(a2e: Run) -> None:
    assert a2e("coins", "-v", "--json").json_errors == []


def test_a_token_of_any_shape_stays_unseen(
    bare: Run, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2E_API_TOKEN", "opensesame")

    ran = bare("--base-url", service.url, "jobs", "get", "text_to_image:opensesame", "-v")

    assert ran.code == 1
    assert "opensesame" not in ran.out + ran.err
    assert "[token]" in ran.err


def test_without_the_extra_one_line_tells_how_to_get_it(
    bare: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("a2e_async.cli.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "typer", None)

    ran = bare("coins")

    assert ran.code == 2
    assert ran.err == ("error: the command line needs typer: pip install 'a2e-async[cli]'\n")


def test_another_missing_module_is_not_taken_for_the_extra(
    bare: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("a2e_async.cli.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "json", None)

    with pytest.raises(ImportError, match="json"):
        bare("coins")


def test_arguments_come_from_the_process(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from a2e_async.cli import main  # noqa: PLC0415

    monkeypatch.setattr(sys, "argv", ["a2e", "--version"])

    assert main() == 0
