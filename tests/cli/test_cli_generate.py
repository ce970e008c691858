"""``a2e image`` and ``a2e video``."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import pytest
from PIL import Image

from a2e_async.sandbox import Fault
from tests.cli.conftest import Ran, Run, Service, serving

ANN = "65ee00000000000000000001"


def picture(path: Path) -> Path:
    Image.new("RGB", (8, 8), "red").save(path)
    return path


def sound(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0\0" * 800)
    return path


def is_video(path: str) -> bool:
    with av.open(path) as file:
        return bool(file.streams.video)


def body(service: Service) -> dict[str, object]:
    return dict(service.sandbox.tasks[-1].body)


def test_a_picture_lies_in_the_directory_and_its_path_on_stdout(a2e: Run, tmp_path: Path) -> None:
    ran = a2e("image", "a red fox", "--width", 320, "--height", 200, "-o", "out/deep")

    assert ran.code == 0
    [path] = ran.lines
    assert Path(path).parent == Path("out/deep")
    with Image.open(path) as image:
        assert image.size == (320, 200)
    assert [*Path("out/deep").iterdir()] == [Path(path)]


def test_what_goes_on_is_told_on_stderr(a2e: Run) -> None:
    ran = a2e("image", "x")

    told = [line.partition(" (")[0] for line in ran.err.splitlines()]
    assert told[0] == "text_to_image: starting"
    assert told[1].startswith("text_to_image:6")
    assert told[1].endswith(": completed")
    assert told[-1].endswith(": saved")


def test_a_picture_as_json(a2e: Run) -> None:
    ran = a2e("image", "x", "--name", "mine", "--json")

    [result] = ran.json
    assert result["token"] == f"text_to_image:{result['id']}"
    assert result["status"] == "completed"
    assert result["name"] == "mine"
    assert result["coins"] == 10
    assert "raw" not in result
    assert [Path(file).suffix for file in result["files"]] == [".png"]
    assert ran.json_errors == []


def test_progress_is_json_where_results_are(a2e: Run) -> None:
    assert '"status": "saved"' in a2e("image", "x", "--json").err.splitlines()[-1]


def test_the_request_takes_the_options(a2e: Run, service: Service) -> None:
    ran = a2e(
        "image", "x", "--req-key", "high_aes", "--model-type", "a2e", "--skip-face-enhance",
        "-i", picture(Path("me.png")), "-i", "https://example.com/you.png", "--no-wait",
    )  # fmt: skip

    assert ran.code == 0
    sent = body(service)
    assert sent["req_key"] == "high_aes"
    assert sent["model_type"] == "a2e"
    assert sent["skip_face_enhance"] is True
    images = sent["input_images"]
    assert isinstance(images, list)
    assert images[0].startswith("http://127.0.0.1")
    assert images[1] == "https://example.com/you.png"


def test_without_waiting_only_the_token_is_printed(a2e: Run, service: Service) -> None:
    service.seconds = 1000

    ran = a2e("image", "x", "--no-wait")

    assert ran.lines == [f"text_to_image:{service.sandbox.tasks[-1].id}"]
    [result] = a2e("image", "x", "--no-wait", "--json").json
    assert result["status"] == "initialized"


def test_several_pictures(a2e: Run) -> None:
    ran = a2e("image", "x", "--count", 3)

    assert ran.code == 0
    assert len({*ran.lines}) == 3
    assert all(Path(path).is_file() for path in ran.lines)


def test_a_failed_task(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.failed_task("too \x1b[31mblurry\nby far"))

    ran = a2e("image", "x")

    assert ran.code == 3
    assert ran.out == ""
    token = f"text_to_image:{service.sandbox.tasks[-1].id}"
    assert ran.errors == [f"error: {token} failed: too �[31mblurry by far (code 500)"]


def test_some_of_several_failed(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.failed_task())
    failed = a2e("image", "x", "--no-wait").lines
    fine = a2e("image", "x", "--no-wait").lines

    ran = a2e("jobs", "download", *failed, *fine)

    assert ran.code == 3
    assert len(ran.lines) == len(ran.errors) == 1


def test_the_time_is_up_and_the_task_goes_on(a2e: Run, service: Service) -> None:
    service.seconds = 1000

    ran = a2e("image", "x", "--timeout", 0, "--json")

    token = f"text_to_image:{service.sandbox.tasks[-1].id}"
    assert ran.code == 5
    [error] = ran.json_errors
    assert error["type"] == "JobTimeout"
    assert error["token"] == token
    assert f"a2e jobs download {token}" in error["message"]


def test_too_few_coins(bare: Run, with_token: None) -> None:
    with serving(coins=15) as service:
        assert bare("image", "x", "--no-wait", "--base-url", service.url).code == 0
        ran = bare("image", "x", "--base-url", service.url)

    assert ran.code == 4
    assert "coins" in ran.errors[0]


def test_a_lost_answer_is_found_again_by_the_name(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.lost_answer())
    before = len(service.sandbox.tasks)

    ran = a2e("image", "x")

    assert ran.code == 0
    assert len(service.sandbox.tasks) == before + 1
    assert "was lost, looking for 'a2e-" in ran.err


@pytest.mark.slow
def test_an_uncertain_start_tells_the_name(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.lost_request())

    ran = a2e("image", "x", "--name", "where-is-it", "--json")

    assert ran.code == 6
    error = ran.json_errors[-1]
    assert error["type"] == "SubmitUncertain"
    assert error["name"] == "where-is-it"
    assert "a2e jobs list --kind text_to_image --name where-is-it" in error["message"]


@pytest.mark.slow
def test_no_connection(bare: Run, with_token: None) -> None:
    ran = bare("coins", "--base-url", "http://127.0.0.1:1")

    assert ran.code == 1
    assert len(ran.errors) == 1


def test_a_wrong_token_is_refused_by_the_service(bare: Run, with_token: None) -> None:
    with serving(token="sk_other") as service:
        ran = bare("coins", "--base-url", service.url)

    assert ran.code == 1
    assert "401" in ran.errors[0]


def test_a_directory_that_cannot_be_made(a2e: Run) -> None:
    Path("taken").write_text("a file")

    ran = a2e("image", "x", "-o", "taken")

    assert ran.code == 1
    assert "taken" in ran.errors[0]
    assert "[job text_to_image:" in ran.errors[0]


def check_video(ran: Ran) -> None:
    assert ran.code == 0, ran.err
    [path] = ran.lines
    assert is_video(path)


def test_a_video_from_a_text(a2e: Run, service: Service) -> None:
    check_video(a2e("video", "--avatar", ANN, "--text", "Hello.", "--title", "greeting"))

    sent = body(service)
    assert sent["title"] == "greeting"
    assert sent["anchor_type"] == 0
    assert sent["resolution"] == 1080


def test_a_video_from_a_file(a2e: Run, service: Service) -> None:
    check_video(a2e("video", "--avatar", ANN, "--audio", sound(Path("a.wav")), "--captions"))

    sent = body(service)
    assert sent["isCaptionEnabled"] is True
    assert str(sent["audioSrc"]).startswith("http://127.0.0.1")
    assert str(sent["title"]).startswith("a2e-")


def test_a_video_from_a_url_of_any_avatar(a2e: Run, service: Service) -> None:
    url = "https://example.com/a.mp3"

    ran = a2e(
        "video", "--avatar", "mine", "--anchor-type", 1, "--audio", url, "--no-wait", "--json"
    )

    assert ran.code == 0
    assert body(service)["anchor_type"] == 1
    assert body(service)["audioSrc"] == url
    assert ran.json[0]["kind"] == "avatar_video"


def test_an_unknown_avatar(a2e: Run) -> None:
    ran = a2e("video", "--avatar", "nobody", "--audio", "https://example.com/a.mp3")

    assert ran.code == 2
    assert "--anchor-type" in ran.errors[0]


def test_a_speech_that_was_made_is_noted_when_the_video_is_refused(
    a2e: Run, service: Service
) -> None:
    service.sandbox.faults.next("/api/v1/video/generate", Fault.refused(1003, "not this"))

    ran = a2e("video", "--avatar", ANN, "--text", "Hello.")

    assert ran.code == 1
    assert "not this" in ran.errors[0]
    assert "note: The speech was made and can be used again" in ran.err


def test_such_a_note_is_in_the_json_of_the_error(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("/api/v1/video/generate", Fault.refused(1003, "not this"))

    ran = a2e("video", "--avatar", ANN, "--text", "Hello.", "--json")

    assert "audio_src" in ran.json_errors[0]["notes"][0]


@pytest.mark.parametrize("options", [["--speech-rate", "3"], ["--voice", "a", "--user-voice", "b"]])
def test_a_bad_voice_costs_nothing(a2e: Run, service: Service, options: list[str]) -> None:
    before = service.sandbox.coins

    assert a2e("video", "--avatar", ANN, "--text", "Hello.", *options).code == 2
    assert service.sandbox.coins == before
