"""What a start costs, in coins. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.conditions import number
from a2e_async.sandbox.replies import Refusal

if TYPE_CHECKING:
    from a2e_async.sandbox.products import Product

GPT_2 = {"1K": 25, "2K": 35, "4K": 45}


def price_of(product: Product, path: str, body: Mapping[str, Any]) -> int:
    """Return the coins for one task.

    Args:
        product: The product.
        path: Catalogue path of the start.
        body: What it is asked for; of a quote, it need not be valid.
    """
    special = PRICES.get(path)
    return product.traits.price if special is None else special(body, product.traits.price)


def asked(product: Product, body: Mapping[str, Any]) -> int:
    """Return how many tasks a body asks for.

    Raises:
        Refusal: The field that asks for them holds no number, which a quote's body may.
    """
    field = product.traits.count
    count = int(number(body.get(field, 1), field)) if field else 1
    if count < 1:
        raise Refusal(f"{field}: at least 1 is allowed")
    return count


def _gpt_image(body: Mapping[str, Any], usual: int) -> int:
    """Charge the second model by size (auto as 1K), the first one by quality."""
    if body.get("model") != "gpt-image-2":
        return 35 if body.get("quality") == "high" else usual
    resolution = "1K" if body.get("aspect_ratio") == "auto" else str(body.get("resolution"))
    return GPT_2.get(resolution, GPT_2["1K"])


def _twin(body: Mapping[str, Any], usual: int) -> int:
    """Charge nothing for a training from a video."""
    return 0 if body.get("video_url") and not body.get("image_url") else usual


PRICES: dict[str, Callable[[Mapping[str, Any], int], int]] = {
    "/api/v1/userGptImage/start": _gpt_image,
    "/api/v1/userVideoTwin/startTraining": _twin,
}
