"""What the tests of downloads share."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from a2e_async.files.download import Downloads
from tests.files.asset_host import AssetHost

DATE = "Wed, 21 Oct 2025 07:28:00 GMT"


async def save(downloads: Downloads, host: AssetHost, out: Path, **options: Any) -> list[Path]:
    options = {"stem": "fox", "media": "image", **options}
    return await downloads.save([host.url()], out, **options)


def listed(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def everything_told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)
