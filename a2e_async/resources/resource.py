"""What the groups of calls have in common."""

from __future__ import annotations

from a2e_async.http.session import Session


class Resource:
    """A group of calls over one session."""

    def __init__(self, session: Session) -> None:
        """Ask over this session."""
        self._session = session

    def __repr__(self) -> str:
        """Show the group and where it asks."""
        return f"<{type(self).__name__} of {self._session.settings.base_url}>"
