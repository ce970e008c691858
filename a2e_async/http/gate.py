"""What may hold a request back, and wants to know how it went."""

from __future__ import annotations

from typing import Protocol

from a2e_async.errors import A2EError


class Gate(Protocol):
    """Somebody who is asked before each attempt at a request, and told of its outcome."""

    @property
    def resends(self) -> bool:
        """Whether the request is sent again where the policy allows it."""
        raise NotImplementedError

    async def turn(self) -> None:
        """Wait until the request may be sent."""

    def heard(self, error: A2EError | None) -> None:
        """Hear what the attempt ended with: an error, or None for a success."""
