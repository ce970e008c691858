from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from a2e_async.files.naming import LONGEST, object_key, safe_name

DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"
}


@given(st.text(max_size=300), st.sampled_from(["", ".png", "-12.mp4", "n.png", ". "]))
@example("../../etc/passwd", ".png")
@example("CON", ".png")
@example("co", "n.png")
@example("nul .txt", "")
@example("\ud800", "")
@example("😀" * 80, ".png")
@example("a" * 199 + "é", "")
@example(". . .", ". ")
def test_a_name_is_good_everywhere(stem: str, suffix: str) -> None:
    name = safe_name(stem, suffix)
    assert name
    assert len(name.encode()) <= LONGEST
    assert name == name.strip(" .")
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
    assert name.partition(".")[0].strip().lower() not in DEVICES
    assert PurePosixPath(name).name == PureWindowsPath(name).name == name
    assert Path("d", name).parent == Path("d")
    assert safe_name(name) == name


@given(st.text(max_size=300))
def test_the_suffix_is_kept_whole(stem: str) -> None:
    assert safe_name(stem, "-3.png").endswith("-3.png")


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("狐狸 в снегу é", "狐狸 в снегу é"),
        ("e\u0301", "é"),
        ("👩‍🚀", "👩‍🚀"),
        ("a/b\\c:d", "a_b_c_d"),
        ("invoice\u202egpj.exe", "invoice_gpj.exe"),
        (".hidden", "hidden"),
        ("..", "file"),
        ("", "file"),
        ("aux.tar", "_aux.tar"),
    ],
)
def test_names_stay_as_near_to_the_wish_as_they_can(stem: str, name: str) -> None:
    assert safe_name(stem) == name
    assert unicodedata.is_normalized("NFC", safe_name(stem))


def test_an_endless_suffix_leaves_room_for_the_stem() -> None:
    name = safe_name("fox", "." + "x" * 500)
    assert name.startswith("fox.x")
    assert len(name) <= LONGEST


@given(st.text(max_size=200))
def test_a_key_needs_no_quoting(name: str) -> None:
    assert re.fullmatch(r"0a1b(-[A-Za-z0-9._-]{1,80})?", object_key("0a1b", name))


def test_a_key_keeps_the_extension() -> None:
    assert object_key("0a", "狐狸 fox.png") == "0a-fox.png"
    assert object_key("0a", "x" * 200 + ".png").endswith("xx.png")
    assert object_key("0a", "狐狸") == "0a"
