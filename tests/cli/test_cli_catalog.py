"""Lists, coins and uploads."""

from __future__ import annotations

from pathlib import Path

from a2e_async.sandbox import Fault
from tests.cli.conftest import Run, Service


def test_avatars(a2e: Run) -> None:
    ran = a2e("avatars")

    assert ran.code == 0
    assert ran.lines[0] == "65ee00000000000000000001\tAnn\ten-US\t0"
    assert a2e("avatars", "--type", "custom").lines == []
    assert a2e("avatars", "--json").json[0]["id"] == "65ee00000000000000000001"


def test_voices(a2e: Run, service: Service) -> None:
    assert a2e("voices").lines[0].split("\t")[1:] == ["Ann", "female"]
    assert a2e("voices", "--country", "de", "--region", "DE", "--json").json[0]["label"] == "Ann"


def test_languages(a2e: Run) -> None:
    assert a2e("languages").lines[0] == "en\tEnglish\tUS GB"
    assert a2e("languages", "--json").json[0]["regions"][1]["value"] == "GB"


def test_coins(a2e: Run, service: Service) -> None:
    assert a2e("coins").out == f"{service.sandbox.coins}\n"


def test_uploads(a2e: Run, service: Service) -> None:
    Path("a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    Path("b.wav").write_bytes(b"RIFF....WAVE")

    ran = a2e("upload", "a.png", "b.wav")

    assert ran.code == 0
    assert [Path(url).suffix for url in ran.lines] == [".png", ".wav"]
    assert [row["file"] for row in a2e("upload", "a.png", "b.wav", "--json").json] == [
        "a.png",
        "b.wav",
    ]


def test_one_bad_upload_does_not_stop_the_others(a2e: Run) -> None:
    Path("good.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    Path("empty.png").touch()

    ran = a2e("upload", "empty.png", "good.png")

    assert ran.code == 3
    assert len(ran.lines) == len(ran.errors) == 1


def test_what_the_service_says_of_a_failure_is_one_line(a2e: Run, service: Service) -> None:
    service.sandbox.faults.next("other", Fault.refused(400, "line one\nline two"))

    ran = a2e("coins")

    assert ran.code == 1
    assert "line one line two" in ran.errors[0]
