"""Files that are written in one step."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path


def replace_file(target: Path, content: bytes) -> None:
    """Write a file in one step: who reads it meanwhile sees all of the old or all of the new.

    Args:
        target: the file.
        content: all of its bytes.

    Raises:
        OSError: the disk refuses; what was there is still there.
    """
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException as error:
        with suppress(OSError):
            part.unlink()
        if isinstance(error, OSError):
            # A full disk does not tell which file it was, and nobody asked for the other name.
            error.filename, error.filename2 = str(target), None
        raise
