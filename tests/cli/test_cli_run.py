"""``a2e run``: tasks of every product."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from a2e_async import A2E, tasks
from a2e_async.cli import examples, fields, messages
from a2e_async.sandbox import Fault
from a2e_async.tasks import checks
from tests.cli.conftest import Run, Service, serving, soon
from tests.cli.test_cli_generate import is_video, picture
from tests.cli.test_cli_stop import held_up, kill
from tests.products.examples import of as examples_of

URL = "https://example.com/a.png"

each_kind = pytest.mark.parametrize("kind", A2E.kinds())


def body(service: Service) -> dict[str, Any]:
    return dict(service.sandbox.tasks[-1].body)


def words_of(kind: str) -> list[str]:
    """The fields of a plain start, as a shell hands them over."""
    return shlex.split(" ".join(examples.words(kind)))


@pytest.fixture(scope="module")
def _service() -> Iterator[Service]:
    """A sandbox of these tests: some of their tasks leave more behind than a task."""
    with serving() as service:
        yield service


@pytest.fixture
def nothing_sent(service: Service) -> Iterator[None]:
    """Make sure that a test sends nothing."""
    before = service.sandbox.requests.by_kind.total()
    yield
    assert service.sandbox.requests.by_kind.total() == before


@pytest.fixture
def still(with_token: None) -> Iterator[Service]:
    """A sandbox of the test's own, whose tasks go on and on."""
    with serving() as service:
        service.seconds = 1000
        yield service


@pytest.fixture
def slow(bare: Run, still: Service) -> Run:
    return lambda *argv: bare("--base-url", still.url, *argv)


@pytest.fixture
def asked(still: Service) -> Callable[[], int]:
    """Count the requests so far."""
    return still.sandbox.requests.by_kind.total


# Starts


@each_kind
def test_the_example_can_be_copied(a2e: Run, kind: str) -> None:
    words = shlex.split(examples.line(kind))
    assert (words[0], words[-1]) == ("a2e", "--sandbox")

    ran = a2e(*words[1:-1], "--no-wait")

    assert ran.code == 0, ran.err
    assert ran.lines[0].startswith(f"{kind}:")


def test_the_example_runs_in_the_sandbox(bare: Run) -> None:
    ran = bare(*shlex.split(examples.line("text_to_image"))[1:])

    assert ran.code == 0
    assert [Path(line).suffix for line in ran.lines] == [".png"]


def test_a_picture(a2e: Run, service: Service) -> None:
    ran = a2e("run", "text_to_image", "prompt=a = b", "width=320", "height=200", "-o", "out")

    assert ran.code == 0
    [path] = ran.lines
    assert Path(path).parent == Path("out")
    with Image.open(path) as image:
        assert image.size == (320, 200)
    assert body(service)["prompt"] == "a = b"


def test_a_task_has_a_name_to_be_found_by(a2e: Run, service: Service) -> None:
    a2e("run", "nano_banana", "prompt=x", "--no-wait")
    a2e("run", "nano_banana", "prompt=x", "name=mine", "--no-wait")
    words = ["anchor_id=a", "anchor_type=1", f"audio_src={URL}"]
    a2e("run", "avatar_video", *words, "--no-wait")

    *_, made_up, given, _ = service.started()
    assert made_up.startswith("a2e-")
    assert given == "mine"
    assert body(service)["title"].startswith("a2e-")


def test_several_tasks_of_one_request(a2e: Run) -> None:
    ran = a2e("run", "text_to_image", "prompt=x", "max_images=3", "--no-wait")

    assert ran.code == 0
    assert len({*ran.lines}) == 3


def test_local_files_are_uploaded_and_urls_are_sent(a2e: Run, service: Service) -> None:
    words = [f"input_images=@{picture(Path('me.png'))}", f"input_images={URL}"]

    ran = a2e("run", "nano_banana", "prompt=@me.png", *words)

    assert ran.code == 0, ran.err
    sent = body(service)
    assert sent["input_images"][0].startswith("http://127.0.0.1")
    assert sent["input_images"][1] == URL
    assert sent["prompt"] == "@me.png"


def test_a_list_as_json(a2e: Run, service: Service) -> None:
    picture(Path("me.png"))

    ran = a2e("run", "nano_banana", "prompt=x", f'input_images=["{URL}", "@me.png"]', "--no-wait")

    assert ran.code == 0, ran.err
    first, second = body(service)["input_images"]
    assert first == URL
    assert second.startswith("http://127.0.0.1")


def test_a_file_in_the_home_directory(
    a2e: Run, service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    picture(tmp_path / "me.png")

    ran = a2e("run", "nano_banana", "prompt=x", "input_images=@~/me.png", "--no-wait")

    assert ran.code == 0, ran.err
    assert body(service)["input_images"][0].startswith("http://127.0.0.1")


def test_an_object(a2e: Run, service: Service) -> None:
    images = [f"image_urls={URL}", f"image_urls=@{picture(Path('me.png'))}"]

    ran = a2e("run", "product_avatar", *images, 'product_rect={"x": 1, "scale": 0.5}')

    assert ran.code == 0, ran.err
    assert body(service)["product_rect"] == {"x": 1, "scale": 0.5}


def test_local_files_within_an_object(a2e: Run, service: Service) -> None:
    picture(Path("me.png"))
    given = {"prompt": "x", "media": [{"type": "first_frame", "url": "@me.png"}]}
    words = [f"input={json.dumps(given)}", 'parameters={"resolution": "720P"}']

    ran = a2e("run", "wan_30", *words, "mode=first-frame", "--no-wait")

    assert ran.code == 0, ran.err
    assert body(service)["input"]["media"][0]["url"].startswith("http://127.0.0.1")


def test_values_are_of_the_fields_types(a2e: Run, service: Service) -> None:
    words = [
        *("anchor_id=a", "anchor_type=1", f"audio_src={URL}", "title=12", "msg= two\nlines "),
        *("web_people_x=1.5", "web_people_y=2", "web_bg_width=1e3"),
        *("is_skip_rs=True", "is_skip_gp=false", 'gp_model={"a": [1, "@b"]}'),
    ]

    assert a2e("run", "avatar_video", *words, "--no-wait").code == 0
    sent = body(service)
    assert sent["anchor_type"] == 1
    assert sent["title"] == "12"
    assert sent["msg"] == " two\nlines "
    assert (sent["web_people_x"], sent["web_people_y"], sent["web_bg_width"]) == (1.5, 2, 1000)
    assert (sent["isSkipRs"], sent["isSkipGp"]) == (True, False)
    assert sent["gp_model"] == {"a": [1, "@b"]}


def test_a_video(a2e: Run) -> None:
    ran = a2e("run", "image_to_video", *words_of("image_to_video"))

    assert ran.code == 0, ran.err
    assert is_video(ran.lines[0])


@each_kind
def test_everything_that_can_be_given_can_be_typed(kind: str) -> None:
    cls = tasks.request_class(kind)
    for given in examples_of(cls).EXAMPLES:
        words = [f"{name}={_typed(value)}" for name, value in given.items()]

        request = fields.request(kind, words)

        expected = cls(**given)
        for name in given:
            assert getattr(request, name) == getattr(expected, name)


def _typed(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_what_makes_no_files_is_shown(a2e: Run) -> None:
    ran = a2e("run", "voice_clone", *words_of("voice_clone"))

    assert ran.code == 0, ran.err
    pairs = dict(line.split("\t", 1) for line in ran.lines)
    assert pairs["token"].startswith("voice_clone:")
    assert pairs["status"] == "completed"
    [described] = a2e("run", "voice_clone", *words_of("voice_clone"), "--json").json
    assert described["status"] == "completed"
    assert described["files"] == []
    assert "--out" not in a2e("run", "voice_clone", "--help").out


def test_what_makes_no_files_cannot_be_downloaded(a2e: Run) -> None:
    [token] = a2e("run", "voice_clone", *words_of("voice_clone"), "--no-wait").lines

    ran = a2e("jobs", "download", token)

    assert ran.code == 2
    assert token.partition(":")[0] in ran.errors[0]


def test_a_task_that_fails(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.failed_task("too blurry"))

    ran = a2e("run", "nano_banana", "prompt=x")

    assert ran.code == 3
    assert ran.out == ""
    assert "too blurry" in ran.errors[0]


@pytest.mark.parametrize(("kind", "verb"), [("nano_banana", "download"), ("voice_clone", "wait")])
def test_the_time_is_up(slow: Run, kind: str, verb: str) -> None:
    ran = slow("run", kind, *words_of(kind), "--timeout", 0)

    assert ran.code == 5
    assert f"a2e jobs {verb} {kind}:" in ran.errors[0]


# Starts whose answer does not come

NAMELESS = "head_swap"
UNLISTED = "face_swap_preview"


def test_the_products_are_as_the_tests_below_want_them() -> None:
    nameless, unlisted = (tasks.request_class(kind).product for kind in (NAMELESS, UNLISTED))
    assert nameless.name_field is None
    assert nameless.pages is not None
    assert unlisted.name_field is None
    assert unlisted.pages is None


def test_a_lost_answer_of_a_product_without_names(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.lost_request())

    ran = a2e("run", NAMELESS, *words_of(NAMELESS))

    assert ran.code == 6
    assert f"a2e jobs list --kind {NAMELESS}" in ran.errors[0]
    assert "--name" not in ran.errors[0]
    assert "may exist and be charged; it was not started again" in ran.errors[0]


def test_a_lost_answer_of_a_product_without_a_list(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.lost_request())

    ran = a2e("run", UNLISTED, *words_of(UNLISTED))

    assert ran.code == 6
    assert "a2e jobs list" not in ran.errors[0]
    assert "cannot be looked for, the service documents no list" in ran.errors[0]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("nano_banana", r"a2e jobs list --kind nano_banana --name a2e-\w+ --base-url \S+$"),
        (NAMELESS, rf"a2e jobs list --kind {NAMELESS} --base-url \S+  # it has no name"),
        (UNLISTED, rf"{UNLISTED}: it cannot be looked for, the service documents no list"),
    ],
)
def test_a_start_that_is_interrupted(a2e: Run, service: Service, kind: str, told: str) -> None:
    service.sandbox.faults.next("start", Fault.slow(20))

    with soon(held_up(service), kill()):
        ran = a2e("run", kind, *words_of(kind))

    assert ran.code == 130
    assert "Under way was a start that may have made a task, and charged it" in ran.err
    assert re.search(rf"^  {told}", ran.err, re.MULTILINE)


def test_such_a_start_in_json(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.slow(20))

    with soon(held_up(service), kill()):
        ran = a2e("run", NAMELESS, *words_of(NAMELESS), "--json")

    [error] = ran.json_errors
    assert error["names"] == []
    assert f"a2e jobs list --kind {NAMELESS}" in error["message"]


def test_a_wait_that_is_interrupted(slow: Run, asked: Callable[[], int]) -> None:
    [token] = slow("run", "voice_clone", *words_of("voice_clone"), "--no-wait").lines

    before = asked()

    with soon(lambda: asked() > before, kill()):
        ran = slow("jobs", "wait", token)

    assert ran.code == 130
    assert re.search(rf"^  a2e jobs wait {token} --base-url \S+$", ran.err, re.MULTILINE)


def test_a_name_is_quoted_for_the_shell() -> None:
    product = tasks.request_class("nano_banana").product

    assert messages.look_for(product, "my own").endswith("--name 'my own'")  # type: ignore[union-attr]


# Errors

REFUSED: list[tuple[list[str], str]] = [
    (["nano_banan", "prompt=x"], "did you mean nano_banana?"),
    (["nano_banan", "prompt=x"], "text_to_image"),
    (["[red]", "prompt=x"], "'[red]' is no product"),
    (["--nope"], "--nope"),
    (["nano_banana", "--nope"], "--nope"),
    (["nano_banana"], "prompt: nano_banana needs it"),
    (["avatar_video"], "anchor_id: avatar_video needs it, and anchor_type"),
    (["nano_banana", "a lake"], "expected field=value, such as prompt='a red fox in snow', got"),
    (["nano_banana", "=a lake"], "expected field=value"),
    (["nano_banana", "prompt"], "expected field=value"),
    (["nano_banana", "promt=x"], "promt: nano_banana has no such field; it has aspect_ratio, "),
    (["nano_banana", "promt=x"], "did you mean prompt?"),
    (["nano_banana", "prompt=x", "prompt=y"], "prompt: given 2 times"),
    (["nano_banana", "prompt="], "prompt: expected a text"),
    (["nano_banana", "prompt=x", "google_search=yes"], "expected true or false, got 'yes'"),
    (["nano_banana", "prompt=x", "image_size=3K"], "image_size: expected one of '1K'"),
    (["nano_banana", "prompt=x", "google_search=true"], "google_search: only"),
    (["nano_banana", "prompt=x", "input_images=@no.png"], "there is no file 'no.png'"),
    (["nano_banana", "prompt=x", "input_images=@."], "input_images: there is no file '.'"),
    (["nano_banana", "prompt=x", "input_images=me.png"], "write it as '@me.png'"),
    (["nano_banana", "prompt=x", 'input_images=["me.png"]'], "input_images[0]: 'me.png' is a"),
    (["nano_banana", "prompt=x", "input_images=no.png"], "an https URL, or @ and the path of"),
    (["nano_banana", "prompt=x", f"input_images={'x' * 5000}"], "an https URL, or @ and"),
    (["nano_banana", "prompt=x", f"input_images=@{'x' * 5000}"], "there is no file"),
    (["nano_banana", "prompt=x", "input_images=http://example.com/a"], "expected an https URL"),
    (["nano_banana", "prompt=x", "input_images="], "input_images[0]: expected"),
    (["nano_banana", "prompt=x", "input_images=[1"], "input_images: expected a list"),
    (["text_to_image", "prompt=x", "width=wide"], "width: expected a whole number"),
    (["text_to_image", "prompt=x", "width=1.5"], "width: expected a whole number"),
    (["text_to_image", "prompt=x", "width="], "width: expected a whole number"),
    (["text_to_image", "prompt=x", f"width={'9' * 5000}"], "width: expected a whole number"),
    (["text_to_image", "prompt=x", "max_images=9"], "max_images: expected"),
    (["avatar_video", "anchor_id=a", "anchor_type=0"], "audio_src: expected this or"),
    (["product_avatar", f"image_urls={URL}", "product_rect={x}"], "product_rect: expected"),
    (["product_avatar", "product_rect=[]"], "product_rect: expected a JSON object"),
    (
        ["product_avatar", f"image_urls={URL}", f"image_urls={URL}", "product_rect=1"],
        "product_rect: expected a JSON object",
    ),
    (["nano_banana", "prompt=x", "--timeout", "-1"], "--timeout"),
]


@pytest.mark.parametrize(("argv", "words"), REFUSED)
def test_wrong_usage_is_told_before_anything_is_sent(
    a2e: Run, nothing_sent: None, argv: list[str], words: str
) -> None:
    picture(Path("me.png"))

    ran = a2e("run", *argv)

    assert ran.code == 2
    assert ran.out == ""
    [error] = ran.errors
    assert words in error
    assert error.endswith(" --help)")


def test_wrong_usage_is_told_before_a_missing_token(bare: Run) -> None:
    assert "prompt" in bare("run", "nano_banana").errors[0]


def test_a_usage_error_is_json_where_results_are(bare: Run) -> None:
    [error] = bare("run", "nano_banan", "x=1", "--json").json_errors

    assert "did you mean nano_banana?" in error["message"]


def test_the_webhook_s_token_stays_unseen(a2e: Run) -> None:
    ran = a2e("run", "nano_banana", "prompt=x", f"webhook_token={'hush' * 100}")

    assert ran.code == 2
    assert "hush" not in ran.err


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "many", "[1]", ""])
def test_no_number(text: str) -> None:
    words = ["anchor_id=a", "anchor_type=1", f"audio_src={URL}", f"web_people_x={text}"]

    with pytest.raises(ValueError, match="web_people_x: expected a number"):
        fields.request("avatar_video", words)


def test_media_within_json_of_any_depth() -> None:
    item = checks.ObjectOf({"url": checks.MediaSource(), "type": checks.Text()})
    check = checks.ObjectOf({"media": checks.ListOf(item), "prompt": checks.Text()})
    given = {"media": [{"url": "a", "type": "b"}, 5], "prompt": "c", "more": "d"}

    found = fields.with_media("input", check, given, lambda place, text: (place, text))

    assert found == {
        "media": [{"url": ("input.media[0].url", "a"), "type": "b"}, 5],
        "prompt": "c",
        "more": "d",
    }
