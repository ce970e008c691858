"""``a2e demo``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from a2e_async.cli import rows
from a2e_async.sandbox import Fault
from tests.cli.conftest import Run, Service


def opens(path: Path) -> bool:
    if path.suffix == ".png":
        with Image.open(path) as image:
            image.verify()
            return True
    with av.open(str(path)) as file:
        return bool(file.streams.video and file.streams.audio)


def prompts(path: Path, *items: dict[str, Any] | str) -> Path:
    lines = [item if isinstance(item, str) else json.dumps(item) for item in items]
    path.write_text("\n".join(lines), "utf-8")
    return path


def image(**fields: Any) -> dict[str, Any]:
    return {"kind": "text_to_image", "prompt": "a lake", "width": 64, "height": 64, **fields}


def video(**fields: Any) -> dict[str, Any]:
    return {"kind": "avatar_video", "text": "Hello.", **fields}


def test_the_shipped_prompts_have_many_shapes() -> None:
    items = [json.loads(line) for line in rows.shipped().splitlines()]
    images = [item for item in items if item["kind"] == "text_to_image"]

    assert len(images) >= 12
    assert sum(item["kind"] == "avatar_video" for item in items) == 2
    shapes = {(i["width"] > i["height"]) - (i["width"] < i["height"]) for i in images}
    assert shapes == {-1, 0, 1}
    assert any(item["width"] >= 3 * item["height"] for item in images)
    assert len({item["key"] for item in items}) == len(items)


def test_the_demo_leaves_files_that_open(a2e: Run) -> None:
    ran = a2e("demo", "--yes")

    assert ran.code == 0, ran.err
    files = sorted(Path("a2e-demo").iterdir())
    assert len(files) == 14
    assert all(map(opens, files))
    assert [line.split("\t")[0] for line in ran.lines] == [str(path) for path in files]
    path, size, kind, coins, _ = ran.lines[2].split("\t")
    assert path == "a2e-demo/03-red-fox.png"
    assert int(size) == Path(path).stat().st_size
    assert (kind, coins) == ("image/png", "10")
    assert "03-red-fox: started text_to_image:6" in ran.err
    assert "14 of 14 tasks completed: 14 files in a2e-demo, 180 coins" in ran.err


def test_an_own_file_as_json(a2e: Run) -> None:
    file = prompts(Path("p.jsonl"), image(prompt="Ein See, groß!"), "", video(key="hi"))

    ran = a2e("demo", file, "--yes", "--json", "-o", "out", "--in-flight", 1)

    assert ran.code == 0
    [report] = ran.json
    assert [Path(item["file"]).name for item in report["files"]] == [
        "01-ein-see-groß.png",
        "02-hi.mp4",
    ]
    assert report["coins"] == 40
    assert report["directory"] == "out"
    assert (report["tasks"], report["completed"]) == (2, 2)


@pytest.mark.slow
def test_no_more_tasks_are_under_way_than_said(a2e: Run, service: Service) -> None:
    service.seconds = 0.2
    file = prompts(Path("p.jsonl"), image(), image())

    assert a2e("demo", file, "--yes", "--in-flight", 1).code == 0
    tasks = service.sandbox.tasks[-2:]
    assert tasks[1].created >= tasks[0].ends


def test_one_failure_does_not_stop_the_others(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next(
        "start", Fault.failed_task("bad luck"), Fault.refused(1003, "not this")
    )
    file = prompts(Path("p.jsonl"), image(), image(), image(key="good"))

    ran = a2e("demo", file, "--yes", "--in-flight", 1)

    assert ran.code == 3
    assert [path.name for path in Path("a2e-demo").iterdir()] == ["03-good.png"]
    assert [line.split(": ")[:2] for line in ran.errors] == [
        ["error", "01-a-lake"],
        ["error", "02-a-lake"],
    ]
    assert "bad luck" in ran.errors[0]
    assert "not this" in ran.errors[1]
    assert "1 of 3 tasks completed: 1 file in a2e-demo, 20 coins" in ran.err


def test_all_failed_the_same_way(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("start", Fault.refused(1003, "not this"), times=2)

    ran = a2e("demo", prompts(Path("p.jsonl"), image(), image()), "--yes")

    assert ran.code == 1
    assert len(ran.errors) == 1
    assert ran.errors[0].startswith("error: 2 times: not this")


def test_media_lies_beside_the_file_of_prompts(a2e: Run, service: Service) -> None:
    Path("deep").mkdir()
    Image.new("RGB", (8, 8)).save("deep/me.png")
    images = ["me.png", "https://example.com/you.png"]
    file = prompts(Path("deep/p.jsonl"), image(input_images=images))

    assert a2e("demo", file, "--yes").code == 0
    sent = service.sandbox.tasks[-1].body["input_images"]
    assert sent[0].startswith("http://127.0.0.1")
    assert sent[1] == images[1]


def test_media_may_lie_within_an_object(a2e: Run, service: Service) -> None:
    Image.new("RGB", (8, 8)).save("me.png")
    media = [{"type": "first_frame", "url": "me.png"}]
    row = {
        "kind": "wan_30",
        "mode": "first-frame",
        "input": {"prompt": "a lake", "media": media},
        "parameters": {},
    }

    assert a2e("demo", prompts(Path("p.jsonl"), row), "--yes").code == 0
    sent = service.sandbox.tasks[-1].body["input"]
    assert sent["media"][0]["url"].startswith("http://127.0.0.1")
    assert sent["prompt"] == "a lake"


def test_a_video_from_a_sound(a2e: Run, service: Service) -> None:
    row = {
        "kind": "avatar_video",
        "anchor_id": "mine",
        "anchor_type": 1,
        "audio_src": "https://example.com/a.mp3",
        "title": "My title",
    }

    assert a2e("demo", prompts(Path("p.jsonl"), row), "--yes").code == 0
    assert Path("a2e-demo/01-my-title.mp4").is_file()
    assert service.started()[-1] == "My title"


BAD = {
    "{": "expected a JSON object",
    "[1]": "expected a JSON object",
    '{"prompt": "x"}': "kind: expected the name of a product",
    '{"kind": "oils"}': "kind: 'oils' is no product",
    '{"kind": "text_to_image"}': "prompt: text_to_image needs it",
    '{"kind": "text_to_image", "prompt": 5}': "prompt: expected a text",
    '{"kind": "text_to_image", "prompt": "x", "widht": 5}': "widht: text_to_image has no such",
    '{"kind": "text_to_image", "prompt": "x", "max_images": 2}': "a row makes one task",
    '{"kind": "text_to_image", "prompt": "x", "input_images": ["no.png"]}': "no.png",
    '{"kind": "text_to_image", "prompt": "x", "input_images": 5}': "input_images: expected",
    '{"kind": "wan_30", "input": {"media": [{"url": "no.png"}]}}': "input.media[0].url: expected",
    '{"kind": "avatar_video"}': "anchor_id: avatar_video needs it",
    '{"kind": "avatar_video", "text": ""}': "msg: expected a text",
    '{"kind": "avatar_video", "text": "x", "speech_rate": 9}': "speech_rate: expected",
    '{"kind": "avatar_video", "text": "x", "audio_src": "https://a.b/c"}': "got both",
    '{"kind": "avatar_video", "text": "x", "back_id": "b"}': "web_bg_width: expected",
}


def test_every_row_is_checked_before_the_first_start(a2e: Run, service: Service) -> None:
    before = len(service.sandbox.tasks)
    file = prompts(Path("p.jsonl"), image(), *BAD)

    ran = a2e("demo", file, "--yes")

    assert ran.code == 2
    assert len(service.sandbox.tasks) == before
    assert ran.out == ""
    for line, (error, words) in enumerate(zip(ran.errors, BAD.values(), strict=True), 2):
        assert error.startswith(f"error: p.jsonl:{line}: ")
        assert words in error


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe"])
def test_a_file_without_prompts(a2e: Run, content: bytes) -> None:
    Path("p.jsonl").write_bytes(content)

    ran = a2e("demo", "p.jsonl", "--yes")

    assert ran.code == 2
    assert len(ran.errors) == 1


def test_it_does_not_start_anything_unasked(a2e: Run, service: Service) -> None:
    ran = a2e("demo")

    assert ran.code == 2
    assert "starts 14 tasks (2 avatar_video, 12 text_to_image)" in ran.errors[0]
    assert service.url in ran.errors[0]
    assert "--yes" in ran.errors[0]


def test_the_sandbox_is_not_asked_about(bare: Run) -> None:
    file = prompts(Path("p.jsonl"), image())

    ran = bare("--sandbox", "demo", file)

    assert ran.code == 0, ran.err
    assert opens(Path("a2e-demo/01-a-lake.png"))
