"""The products, by the names that people type."""

from __future__ import annotations

from typing import Any, cast

from a2e_async import A2E, AvatarVideo, Family, Request, TextToImage

REQUESTS: dict[str, type[Request[Any]]] = {
    cls.product.kind: cls for cls in (TextToImage, AvatarVideo)
}


def family(a2e: A2E, kind: str) -> Family[..., Any]:
    """Give a product's family, which has the product's name."""
    return cast("Family[..., Any]", getattr(a2e, kind))


def check_kind(kind: str) -> str:
    """Give a product's name back, or raise `ValueError` with the names that there are."""
    if kind not in REQUESTS:
        raise ValueError(f"kind: expected one of {', '.join(REQUESTS)}, got {kind!r}")
    return kind
