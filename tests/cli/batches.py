"""Manifests, and what runs of them leave behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

OUT = Path("out")


def sheet(*rows: str, head: str = "key,prompt,width,height") -> Path:
    path = Path("m.csv")
    path.write_text("\n".join([head, *rows]), "utf-8")
    return path


def foxes(count: int, first: int = 0) -> Path:
    return sheet(*(f"fox-{n},a red fox {n},64,64" for n in range(first, first + count)))


def results() -> list[dict[str, Any]]:
    lines = (OUT / "results.jsonl").read_text("utf-8").splitlines()
    return sorted(map(json.loads, lines), key=lambda row: row["index"])


def files() -> list[str]:
    return sorted(path.name for path in (OUT / "files").glob("*.*") if path.name[0] != ".")
