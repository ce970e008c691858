"""The files of a run: thumbnails made once, and a page whatever the disk holds."""

from __future__ import annotations

import errno
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from a2e_async.batch.report import thumbnails, write_report
from tests.report.runs import film, picture, row, write
from tests.report.test_report_pure import Outline


def items(page: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Outline(page.read_text("utf-8")).scripts[0])
    return found


def files(page: Path) -> list[dict[str, Any]]:
    return [file for item in items(page) for file in item.get("files", [])]


def thumbnails_of(directory: Path) -> list[Path]:
    return sorted(directory.glob("files/.thumbnails/*.webp"))


def test_a_picture_has_its_size_and_a_small_thumbnail(tmp_path: Path) -> None:
    picture(tmp_path / "files" / "a.png", (2000, 1000))
    [file] = files(write(tmp_path, row(0, files=["files/a.png"])))
    assert (file["media"], file["width"], file["height"]) == ("image", 2000, 1000)
    assert file["size"] == (tmp_path / "files" / "a.png").stat().st_size
    with Image.open(tmp_path / file["thumbnail"]) as small:
        assert small.size == (360, 180)


def test_a_film_has_its_length_and_a_poster(tmp_path: Path) -> None:
    film(tmp_path / "files" / "a.mp4")
    [file] = files(write(tmp_path, row(0, files=["files/a.mp4"])))
    assert (file["media"], file["width"], file["height"]) == ("video", 320, 180)
    assert 2 < file["seconds"] < 3
    with Image.open(tmp_path / file["thumbnail"]) as poster:
        assert poster.size == (320, 180)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_picture_gets_one(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "files" / ("a.tif" if mode == "CMYK" else "a.png")
    path.parent.mkdir()
    Image.new("L", (50, 40), 90).convert(mode).save(path)
    [file] = files(write(tmp_path, row(0, files=[f"files/{path.name}"])))
    assert "thumbnail" in file


def test_a_picture_lies_as_its_camera_held_it(tmp_path: Path) -> None:
    path = tmp_path / "files" / "a.jpg"
    path.parent.mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(path, exif=exif)
    [file] = files(write(tmp_path, row(0, files=["files/a.jpg"])))
    assert (file["width"], file["height"]) == (20, 40)
    with Image.open(tmp_path / file["thumbnail"]) as small:
        assert small.size == (20, 40)


def test_thumbnails_are_made_once_and_again_when_their_file_changed(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        picture(tmp_path / "files" / name)
    rows = [row(0, files=["files/a.png"]), row(1, files=["files/b.png"])]
    page = write(tmp_path, *rows)
    first = {path.name: path.stat().st_mtime_ns for path in thumbnails_of(tmp_path)}
    described = files(page)
    assert files(write(tmp_path, *rows)) == described
    assert {path.name: path.stat().st_mtime_ns for path in thumbnails_of(tmp_path)} == first
    picture(tmp_path / "files" / "a.png", (100, 300))
    changed, same = files(write(tmp_path, *rows))
    assert (changed["width"], same) == (100, described[1])
    with Image.open(tmp_path / changed["thumbnail"]) as small:
        assert small.size == (100, 300)
    (tmp_path / described[1]["thumbnail"]).unlink()
    assert files(write(tmp_path, *rows))[1] == described[1]
    assert (tmp_path / described[1]["thumbnail"]).is_file()


@pytest.mark.parametrize("index", [b"", b"{", b"[]", b'{"version": 1, "files": {"a": 1}}', b"\xff"])
def test_a_damaged_index_of_thumbnails_is_made_anew(tmp_path: Path, index: bytes) -> None:
    picture(tmp_path / "files" / "a.png")
    write(tmp_path, row(0, files=["files/a.png"]))
    kept = tmp_path / "files" / ".thumbnails" / "index.json"
    kept.write_bytes(index)
    [file] = files(write(tmp_path, row(0, files=["files/a.png"])))
    assert file["width"] == 640
    assert json.loads(kept.read_bytes())["files"]


def test_damaged_and_missing_files_cost_nobody_the_page(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = picture(tmp_path / "files" / "whole.png").read_bytes()
    (tmp_path / "files" / "half.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "files" / "noise.mp4").write_bytes(os.urandom(5000))
    (tmp_path / "files" / "page.mp4").write_bytes(b"#EXTM3U\nhttp://127.0.0.1:9/x.ts\n")
    (tmp_path / "files" / "empty.webp").write_bytes(b"")
    (tmp_path / "files" / "folder.png").mkdir()
    names = ["half.png", "noise.mp4", "page.mp4", "empty.webp", "folder.png", "gone.png"]
    names += ["zero\x00.png", "x" * 300 + ".png", "\ud800.png", "whole.png"]
    found = files(write(tmp_path, row(0, files=[f"files/{name}" for name in names])))
    assert [file["name"][6:] for file in found if "thumbnail" in file] == ["whole.png"]
    assert [file["name"][6:] for file in found if "size" in file] == [*names[:4], "whole.png"]
    assert capfd.readouterr().err == ""


def test_files_outside_of_the_run_are_named_but_never_read(tmp_path: Path) -> None:
    outside = picture(tmp_path / "outside.png")
    run = tmp_path / "run"
    run.mkdir()
    found = files(write(run, row(0, files=["../outside.png", str(outside)])))
    assert [set(file) for file in found] == [{"media", "name"}] * 2
    assert thumbnails_of(run) == []


def test_without_the_extra_there_is_a_page_without_thumbnails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(tmp_path / "files" / "a.png")
    monkeypatch.setattr(thumbnails, "can_draw", lambda media: False)
    [file] = files(write(tmp_path, row(0, files=["files/a.png"])))
    assert file["url"] == "files/a.png"
    assert "thumbnail" not in file
    assert not (tmp_path / "files" / ".thumbnails").exists()
    monkeypatch.undo()
    [file] = files(write(tmp_path, row(0, files=["files/a.png"])))
    assert "thumbnail" in file, "they come with the extra"


def test_the_libraries_are_loaded_only_for_thumbnails(tmp_path: Path) -> None:
    code = (
        "import sys, datetime as d, pathlib as p; from a2e_async.batch.report import write_report;"
        "write_report(p.Path(sys.argv[1]), [], title='x', now=d.datetime.now(d.UTC));"
        "assert not {'PIL', 'av'} & set(sys.modules)"
    )
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code, str(tmp_path)]) == 0


def test_a_page_is_replaced_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = write(tmp_path, row(0))
    before = page.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path, row(0), row(1))
    assert page.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_a_disk_without_room_for_thumbnails_costs_them_only_until_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(tmp_path / "files" / "a.png")
    blocked = tmp_path / "files" / ".thumbnails"
    blocked.write_text("a file where the folder should be")
    [file] = files(write(tmp_path, row(0, files=["files/a.png"])))
    assert (file["width"], "thumbnail" in file) == (640, False)
    blocked.unlink()
    [file] = files(write(tmp_path, row(0, files=["files/a.png"])))
    assert "thumbnail" in file


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"now: .* has no time zone"):
        write_report(tmp_path, [], title="x", now=datetime(2026, 1, 1))  # noqa: DTZ001
    assert list(tmp_path.iterdir()) == []
