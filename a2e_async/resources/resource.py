"""What the groups of calls have in common."""

from __future__ import annotations

from typing import Any

from a2e_async.http.call import Call
from a2e_async.http.once import uncertain_if_lost
from a2e_async.http.retry import Effect
from a2e_async.http.session import Session
from a2e_async.resources import listing


class Resource:
    """A group of calls over one session."""

    def __init__(self, session: Session) -> None:
        """Ask over this session."""
        self._session = session

    def __repr__(self) -> str:
        """Show the group and where it asks."""
        return f"<{type(self).__name__} of {self._session.settings.base_url}>"

    async def _stored(self, noun: str, call: Call, request: object) -> dict[str, Any]:
        """Have a thing stored, once, and give the service's object of it: the first in the answer.

        Raises:
            SubmitUncertain: the answer was lost, or cannot be read.
            A2EError: what `Session.call` raises.
        """
        with uncertain_if_lost(f"the {noun} may have been stored", request):
            answer = await self._session.call(call, effect=Effect.START)
            raw = listing.first(answer.data)
            if not raw:
                raise listing.unexpected(answer, f"the answer holds no {noun}")
        return raw
