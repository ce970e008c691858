"""The products: for each a module with its request, its record and its facts.

A product's module is loaded when one of its names is first used: a bot that makes images does not
pay for the rest of the catalogue at its start. Its names tell the module: ``TextToImage`` and
``TextToImageRecord`` are in ``text_to_image``, which is the product's kind.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from a2e_async import lazy

if TYPE_CHECKING:
    from a2e_async.tasks.avatar_video import AvatarVideo, AvatarVideoRecord
    from a2e_async.tasks.nano_banana import NanoBanana, NanoBananaRecord
    from a2e_async.tasks.request import Request
    from a2e_async.tasks.text_to_image import TextToImage, TextToImageRecord

__all__ = [
    "AvatarVideo",
    "AvatarVideoRecord",
    "NanoBanana",
    "NanoBananaRecord",
    "TextToImage",
    "TextToImageRecord",
]

# Before a capital letter, and between a letter and a number: Sora2ProVideo is sora_2_pro_video.
_WORD = re.compile(r"(?<!^)(?=[A-Z])|(?<=[a-z])(?=\d)")


def kind_of(name: str) -> str:
    """Give the kind of a product by the name of its request or record class."""
    return _WORD.sub("_", name.removesuffix("Record")).lower()


def request_class(kind: str) -> type[Request[Any]]:
    """Give the request class of a product.

    Args:
        kind: the product's name, such as ``text_to_image``.

    Raises:
        KeyError: there is no such product.
    """
    name = next(name for name in [*__all__, None] if name is None or kind_of(name) == kind)
    if name is None:
        raise KeyError(kind)
    found: type[Request[Any]] = getattr(import_module(f"{__name__}.{kind}"), name)
    return found


if not TYPE_CHECKING:
    # Type checkers would take any name for one of the package's.
    __getattr__ = lazy.getter(__name__, lambda name: kind_of(name) if name in __all__ else None)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
