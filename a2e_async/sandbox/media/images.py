"""Pictures that show their prompt. Needs Pillow."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from a2e_async.sandbox.dice import dice
from a2e_async.sandbox.media import painting

if TYPE_CHECKING:
    from a2e_async.sandbox.media.specs import ImageSpec


def render(spec: ImageSpec) -> bytes:
    """Paint a picture of exactly the asked size.

    Returns:
        The bytes of a PNG file; the same spec gives the same picture.
    """
    random = dice(spec.seed)
    size = (spec.width, spec.height)
    picture = painting.background(size, painting.palette(random), random)
    layer = painting.label(size, spec.text, f"A2E sandbox  ·  {spec.width} x {spec.height}")
    picture.paste(layer, mask=layer)
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=4)
    return file.getvalue()
