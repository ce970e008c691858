"""Signed URLs on the asset host. Pure."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import attrs

from a2e_async.sandbox.service import RETENTION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from a2e_async.sandbox.clock import SimulatedClock

STEP = 3600
"""Expiry times are rounded up to this many seconds: looks at one task within a simulated hour
show the same URL."""


@attrs.define
class Links:
    """Make and check the URLs of the asset host.

    Attributes:
        clock: Simulated time.
        key: Secret of the signatures.
        base: Scheme, host and port of the asset host; known once the server listens.
        lifetime: Simulated seconds for which a signed URL is good.
    """

    clock: SimulatedClock
    key: bytes = attrs.field(repr=False)
    base: str = "http://127.0.0.1"
    lifetime: float = RETENTION

    def media(self, owner: str, number: int, extension: str, keeps: float = 1.0) -> str:
        """Return the signed URL of one result file, good for `keeps` usual lifetimes."""
        return self.signed(f"/media/{owner}/{number}.{extension}", {}, self.lifetime * keeps)

    def signed(self, path: str, bound: Mapping[str, str], lifetime: float) -> str:
        """Return a signed URL of a path, with further values bound into the signature."""
        moment = self._now() + lifetime
        expires = int(-(-moment // STEP) * STEP)
        query = {**bound, "expires": str(expires)}
        query["signature"] = self.signature(path, query)
        return f"{self.base}{quote(path)}?{urlencode(query)}"

    def public(self, path: str) -> str:
        """Return the plain URL of a path."""
        return self.base + quote(path)

    def problem(self, path: str, query: Mapping[str, str]) -> str | None:
        """Say what is wrong with a signed request; None for a good one."""
        signature = query.get("signature", "")
        bound = {name: value for name, value in query.items() if name != "signature"}
        if not hmac.compare_digest(signature.encode(), self.signature(path, bound).encode()):
            return "SignatureDoesNotMatch"
        return "ExpiredToken" if int(bound["expires"]) < self._now() else None

    def signature(self, path: str, bound: Mapping[str, str]) -> str:
        """Sign a path and the values bound to it."""
        text = "\n".join((path, *(f"{name}={bound[name]}" for name in sorted(bound))))
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def _now(self) -> float:
        return self.clock.epoch + self.clock.now()
