"""Manifests: what they are read as, and what is said of those that cannot be read."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2e_async import ImageToVideo, NanoBanana, TextToImage, Wan30
from a2e_async.cli import manifest
from a2e_async.cli.entry import BadRows
from a2e_async.cli.manifest import Entry, Format, Manifest

URL = "https://example.com/a.png"
OTHER = "https://example.com/b.png?a=1,2;3"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(
    name: str, text: str | bytes, *, kind: str | None = "text_to_image", format: Any = None
) -> list[Entry]:
    entries: list[Entry] = []
    with Manifest(write(name, text), format=format, kind=kind) as rows:
        rows.check(entries.append)
        assert len(rows) == len(entries)
    return entries


def requests(name: str, text: str | bytes, **options: Any) -> list[Any]:
    return [entry.request for entry in read(name, text, **options)]


def errors(name: str, text: str | bytes, **options: Any) -> list[str]:
    with pytest.raises(BadRows) as caught:
        read(name, text, **options)
    return [str(error) for error in caught.value.errors]


# Sheets


def test_a_sheet_has_a_column_per_field_and_empty_cells_are_left_out() -> None:
    found = read("m.csv", "key,prompt,width,height\nfox,a red fox,64,\n,  a lake ,,32\n")

    assert [entry.key for entry in found] == ["fox", None]
    assert found[0].request == TextToImage(prompt="a red fox", width=64)
    assert found[1].request == TextToImage(prompt="  a lake ", height=32)


def test_rows_may_be_of_several_products() -> None:
    text = f"kind,prompt,image_url\ntext_to_image,x,\nimage_to_video,y,{URL}\n,z,\n"

    found = requests("m.csv", text, kind="text_to_image")

    assert [type(it) for it in found] == [TextToImage, ImageToVideo, TextToImage]


def test_cells_are_read_by_what_their_fields_take() -> None:
    text = (
        "prompt,width,skip_face_enhance,input_images,model_type\n"
        f'7, 640.0 ,TRUE,"{URL} | {OTHER}",a2e\n8,64,false,"[""{URL}""]",\n'
    )

    first, second = requests("m.csv", text)

    assert first == TextToImage(
        prompt="7", width=640, skip_face_enhance=True, input_images=[URL, OTHER],
        model_type="a2e",
    )  # fmt: skip
    assert second == TextToImage(prompt="8", width=64, skip_face_enhance=False, input_images=[URL])


def test_objects_in_cells_are_json() -> None:
    media = [{"type": "first_frame", "url": "me.png"}]
    given = {"prompt": "a lake | a fox", "media": media}
    write("me.png", b"x")
    cell = json.dumps(given).replace('"', '""')

    [found] = requests(
        "m.csv", f'mode,input,parameters\nfirst-frame,"{cell}",{{}}\n', kind="wan_30"
    )

    assert type(found) is Wan30
    written: Any = found.input
    assert written["prompt"] == "a lake | a fox"
    assert written["media"][0]["url"] == Path("me.png").resolve()


def test_media_lies_beside_the_manifest_wherever_the_command_runs() -> None:
    write("deep/a.png", b"x")
    write("deep/b c.png", b"x")

    [found] = requests("deep/m.csv", "prompt,input_images\nx,a.png|b c.png\n", kind="nano_banana")

    here = Path("deep").resolve()
    assert found == NanoBanana(prompt="x", input_images=[here / "a.png", here / "b c.png"])


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_taken_where_they_make_sense_of_the_first_row(delimiter: str) -> None:
    text = delimiter.join(["prompt", "width"]) + "\n" + delimiter.join(["a, b; c"[:4], "64"]) + "\n"

    assert requests("m.csv", text) == [TextToImage(prompt="a, b", width=64)]


def test_a_delimiter_is_not_guessed_from_what_the_rows_say() -> None:
    assert requests("m.csv", "prompt\na;b;c\n") == [TextToImage(prompt="a;b;c")]


def test_tabs_by_the_name_of_the_file() -> None:
    assert requests("m.tsv", "prompt\twidth\na, b\t64\n") == [TextToImage(prompt="a, b", width=64)]


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    text = b"\xef\xbb\xbf" + "prompt\r\nein grüner See\r\n".encode()

    assert requests("m.csv", text) == [TextToImage(prompt="ein grüner See")]


def test_line_breaks_in_cells_are_kept_and_lines_are_counted() -> None:
    text = '\nprompt,width\n"a\nb\r\nc",64\n\n"d ""e""",64\n"x\ny",0\n'

    with pytest.raises(BadRows) as caught:
        read("m.csv", text)

    [error] = caught.value.errors
    assert str(error).startswith("m.csv:8: width: expected")
    first, second = requests("m.csv", text.replace(",0", ",1"))[:2]
    assert first.prompt == "a\nb\r\nc"
    assert second.prompt == 'd "e"'
    assert [entry.line for entry in read("m.csv", text.replace(",0", ",1"))] == [3, 7, 8]


def test_empty_cells_beyond_the_columns_are_of_no_account() -> None:
    assert requests("m.csv", "prompt,,\nx,,\n,,\n") == [TextToImage(prompt="x")]


SHEETS = {
    "prompt,widht\nx,5\n": ["m.csv:1: widht: no product has such a field; did you mean width?"],
    "prompt,prompt\nx,y\n": ["m.csv:1: prompt: two columns have this name"],
    "prompt,,width\nx,1,1\n": ["m.csv:1: column 2: it has no name"],
    "prompt,width\nx\n": ["m.csv:2: expected 2 cells, as many as the first row has, got 1"],
    "prompt\na, b\n": ["m.csv:2: expected 1 cells, as many as the first row has, got 2"],
    "prompt,width\nx,wide\n": ["m.csv:2: width: expected a whole number", "got 'wide'"],
    "prompt,width\nx,1.5\n": ["m.csv:2: width: expected a whole number", "got '1.5'"],
    "prompt,duration\nx,5\n": ["m.csv:2: duration: text_to_image has no such field"],
    "width\n64\n": ["m.csv:2: prompt: text_to_image needs it"],
    "prompt,skip_face_enhance\nx,maybe\n": ["m.csv:2: skip_face_enhance: expected true or false"],
    "prompt,input_images\nx,no.png\n": ["m.csv:2: input_images[0]: expected a URL", "no.png"],
    'prompt,input_images\nx,"[1"\n': ["m.csv:2: input_images: expected a list", "the path of"],
    'prompt\n"a" b\n': ["m.csv:2: expected a row of CSV: ',' expected after '\"'"],
    'prompt\nx\n"a\nb\n': ["m.csv:3: expected a row of CSV: unexpected end of data"],
    "key,prompt\na,x\nb,x\na,y\n": ["m.csv:4: key: 'a' is given twice, first in line 2"],
    f"key,prompt\n{'k' * 201},x\n": ["m.csv:2: key: expected a text of 1 to 200 characters"],
    "prompt,max_images\nx,2\n": ["m.csv:2: a row makes one task, this one makes 2"],
    "prompt,kind\nx,oils\n": ["m.csv:2: kind: 'oils' is no product", "(expected one of "],
    "": ["m.csv: no rows in it"],
    "prompt\n": ["m.csv: no rows in it"],
}  # fmt: skip


@pytest.mark.parametrize("text", SHEETS)
def test_what_is_wrong_with_a_sheet(text: str) -> None:
    [error] = errors("m.csv", text)

    begin, *more = SHEETS[text]
    assert error.startswith(begin)
    assert all(words in error for words in more)


def test_a_sheet_without_kinds_is_one_error() -> None:
    [error] = errors("m.csv", "prompt\nx\ny\n", kind=None)

    assert error == "m.csv:1: kind: expected a column of this name, or the option --kind"


def test_speech_is_not_made_in_a_batch() -> None:
    [error] = errors("m.csv", "anchor_id,text\na,Hello.\n", kind="avatar_video")

    assert error.startswith("m.csv:2: text: a batch does not make speech, and needs audio_src")


# JSON


ROWS = [
    {"kind": "text_to_image", "key": "fox", "prompt": "a fox", "width": 64},
    {"kind": "nano_banana", "key": 7, "prompt": "x", "input_images": [URL]},
]
EQUAL = [TextToImage(prompt="a fox", width=64), NanoBanana(prompt="x", input_images=[URL])]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.jsonl", "\n".join(["", *map(json.dumps, ROWS), " "])),
        ("m.ndjson", "\r\n".join(map(json.dumps, ROWS))),
        ("m.json", json.dumps(ROWS)),
        ("m.json", json.dumps({"about": {"items": [1]}, "items": ROWS, "more": None}, indent=2)),
        ("m.json", b"\xef\xbb\xbf" + json.dumps(ROWS, indent=2).encode()),
    ],
)
def test_json_gives_the_same(name: str, text: str | bytes) -> None:
    found = read(name, text, kind=None)

    assert [entry.request for entry in found] == EQUAL
    assert [entry.key for entry in found] == ["fox", "7"]


def test_the_lines_of_a_json_list_are_counted() -> None:
    rows = [{"prompt": "x"}, {"prompt": "y", "width": 0}, {"prompt": 5}]

    first, second = errors("m.json", json.dumps(rows, indent=1))

    assert first.startswith("m.json:5: #1: width: expected")
    assert second.startswith("m.json:9: #2: prompt: expected a text")


def test_rows_on_one_line_are_told_apart() -> None:
    rows = [{"prompt": "x", "key": "a"}, {"prompt": 5, "key": "b"}, 7]

    first, second = errors("m.json", json.dumps(rows))

    assert first.startswith("m.json:1: #1 (key 'b'): prompt: expected a text")
    assert second.startswith("m.json:1: expected a JSON object, got 7")


def test_a_list_of_unknown_products_names_the_known_ones_once() -> None:
    first, second = errors("m.csv", "prompt,kind\nx,text_to_imag\ny,oils\n", kind=None)

    begin = "m.csv:2: kind: 'text_to_imag' is no product; did you mean text_to_image? (expected one"
    assert first.startswith(begin)
    assert second == "m.csv:3: kind: 'oils' is no product"


def test_a_row_without_a_product_is_told_of_the_option() -> None:
    [error] = errors("m.csv", "prompt,kind\nx,text_to_image\ny,\n", kind=None)

    assert error.startswith("m.csv:3: kind: expected the name of a product, got none; --kind KIND")


def test_a_cell_of_two_quotes_is_an_empty_text() -> None:
    cell = '""' * 3
    [found] = requests(
        "m.csv", f"image_url,video_url,negative_prompt\n{URL},{URL},{cell}\n", kind="actor_swap"
    )

    assert found.negative_prompt == ""
    [error] = errors("m.csv", "prompt,width\n,64\n")
    assert "two quotes in a cell (in the file: six) are an empty text" in error


@pytest.mark.parametrize("text", ["a red fox,64\na lake,64\n", "promt\nx\n"])
def test_a_sheet_without_a_first_row_of_names(text: str) -> None:
    [error] = errors("m.csv", text)

    assert error.startswith("m.csv:1: ")
    assert error.endswith("The first row has to name the columns")


def test_a_workbook_is_to_be_saved_as_csv() -> None:
    with pytest.raises(ValueError, match="save it as CSV"):
        read("m.xlsx", b"PK\x03\x04")


def test_a_line_separator_within_a_text_ends_no_line() -> None:
    text = json.dumps({"prompt": "a\u2028b\x85c"}, ensure_ascii=False)

    assert requests("m.jsonl", text) == [TextToImage(prompt="a\u2028b\x85c")]


JSONS = {
    ("m.jsonl", "{"): "m.jsonl:1: expected a JSON object: ",
    ("m.jsonl", '{"prompt": "x"\n'): (
        "m.jsonl:1: expected a JSON object: Expecting ',' delimiter, at character 15"
    ),
    ("m.jsonl", "\n[1]"): "m.jsonl:2: expected a JSON object, got [1]",
    ("m.jsonl", '{"prompt": "x", "prompt": "y"}'): "m.jsonl:1: prompt: given twice",
    ("m.jsonl", "[" * 100_000): "m.jsonl:1: expected a JSON object: ",
    ("m.jsonl", '{"prompt": ' + "9" * 5000 + "}"): "m.jsonl:1: expected a JSON object: ",
    ("m.jsonl", '{"prompt": "x", "kind": ["a"]}'): "m.jsonl:1: kind: ['a'] is no product",
    ("m.jsonl", '{"prompt": "x", "key": true}'): "m.jsonl:1: key: expected a text of 1 to",
    ("m.jsonl", '{"prompt": "x", "width": NaN}'): "m.jsonl:1: width: expected",
    ("m.json", ""): "m.json:1: expected a JSON list of objects",
    ("m.json", "7"): "m.json:1: expected a JSON list of objects",
    ("m.json", '{"prompt": "x"}\n{"prompt": "y"}'): "m.json:1: expected a JSON list of objects",
    ("m.json", "[\n1]"): "m.json:2: expected a JSON object, got 1",
    ("m.json", '[{"prompt": "x"}\n{}]'): "m.json:2: expected JSON: expected ',' or ']'",
    ("m.json", '[{"prompt": "x"},\n]'): "m.json:2: expected JSON: ",
    ("m.json", '[{"prompt": "x"}'): "m.json:1: expected JSON: expected ',' or ']'",
    ("m.json", '[{"prompt": "x"}] 1'): "m.json:1: expected nothing after the end",
    ("m.json", '{"items": [], "items": []}'): "m.json:1: items: given twice",
    ("m.json", "[" * 100_000): "m.json:1: expected JSON: ",
    ("m.json", "[]"): "m.json: no rows in it",
}


@pytest.mark.parametrize(("name", "text"), JSONS, ids=range(len(JSONS)))
def test_what_is_wrong_with_json(name: str, text: str) -> None:
    [error] = errors(name, text)

    assert error.startswith(JSONS[name, text])


def test_two_keys_on_one_line_are_two_keys() -> None:
    [error] = errors("m.json", '[{"prompt": "x", "key": "a"}, {"prompt": "y", "key": "a"}]')

    assert error == "m.json:1: #1: key: 'a' is given twice, first by #0"


# Whole files


def test_all_errors_are_told_up_to_a_number() -> None:
    rows = [f"{n},{0 if n % 300 == 299 else 64}" for n in range(1000)]

    told = errors("m.csv", "\n".join(["prompt,width", *rows]))

    assert [error.split(": ")[0] for error in told] == ["m.csv:301", "m.csv:601", "m.csv:901"]


def test_errors_beyond_that_are_counted() -> None:
    with pytest.raises(BadRows) as caught:
        read("m.csv", "prompt,width\n" + "x,0\n" * 1000)

    assert len(caught.value.errors) == manifest.MOST_ERRORS
    assert caught.value.more == 1000 - manifest.MOST_ERRORS


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfep\0r\0", "m.csv: expected text in UTF-8, got UTF-16"),
        (b"prompt\nok\na \xe4\n", "m.csv:3: expected text in UTF-8, got the byte 0xe4 after 2"),
    ],
)
def test_text_in_another_encoding(content: bytes, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        read("m.csv", content)

    assert str(caught.value).startswith(words)


def test_the_format_is_told_by_the_name_or_by_the_caller() -> None:
    with pytest.raises(ValueError, match="--format csv, jsonl or json"):
        read("m.txt", "prompt\nx\n")

    assert requests("m.txt", "prompt\nx\n", format=Format.CSV) == [TextToImage(prompt="x")]


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.png", b"x")
    stdin = io.TextIOWrapper(io.BytesIO(b"prompt,input_images\nx,a.png\n,\n"))
    monkeypatch.setattr(sys, "stdin", stdin)

    with Manifest("-", format=Format.CSV, kind="nano_banana") as rows:
        rows.check()
        found = asyncio.run(taken(rows))

    assert found == [NanoBanana(prompt="x", input_images=[Path("a.png").resolve()])]


async def taken(rows: Manifest) -> list[Any]:
    return [it async for it in rows]


def test_what_is_run_is_what_was_checked() -> None:
    path = write("m.csv", "key,prompt,input_images\na,x,a.png\n,y,\n" + ",z,\n" * 200)
    image = write("a.png", b"x")

    with Manifest(path, format=None, kind="text_to_image") as rows:
        rows.check()
        path.write_text("something else")
        image.unlink()
        found = asyncio.run(taken(rows))

    key, first = found[0]
    assert (key, first.prompt, first.input_images) == ("a", "x", (image.resolve(),))
    assert found[1] == TextToImage(prompt="y")
    assert found[2:] == [TextToImage(prompt="z")] * 200


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=5))
def test_any_text_comes_back_as_it_was(prompts: list[str]) -> None:
    prompts = [text for text in prompts if is_unicode(text)] or ["x"]
    quoted = ['"' + text.replace('"', '""') + '"' for text in prompts]

    found = requests("m.csv", "\n".join(["prompt", *quoted]))

    assert [it.prompt for it in found] == prompts
    lines = [json.dumps({"prompt": text}, ensure_ascii=False) for text in prompts]
    assert requests("m.jsonl", "\n".join(lines)) == found
    assert requests("m.json", f"[{','.join(lines)}]") == found


def is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@given(st.text(), st.sampled_from(Format))
def test_no_text_makes_it_fail_otherwise(text: str, format: Format) -> None:
    if not is_unicode(text):
        return
    path = write("m.txt", text)
    with Manifest(path, format=format, kind="text_to_image") as rows:
        try:
            rows.check()
        except BadRows:
            assert len(rows) < len(text.splitlines()) or not text.strip()
