"""What was asked of a sandbox: enough for tests that count requests, and no header values."""

from __future__ import annotations

from collections import Counter, deque
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 10_000


class Logged(NamedTuple):
    """One request.

    Attributes:
        method: HTTP method.
        path: Path without query.
        status: HTTP status of the answer, 0 when the connection was dropped.
        kind: Kind of the operation, download, upload, or nothing for a wrong path.
    """

    method: str
    path: str
    status: int
    kind: str


class RequestLog:
    """The last requests one by one, and counts of all of them.

    Attributes:
        total: All requests so far.
        by_kind: How many there were of each kind.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.total = 0
        self.by_kind: Counter[str] = Counter()
        self._last: deque[Logged] = deque(maxlen=LENGTH)

    def __iter__(self) -> Iterator[Logged]:
        """Walk over the last requests, oldest first."""
        return iter(tuple(self._last))

    def __len__(self) -> int:
        """Return how many requests are kept, 10,000 at most."""
        return len(self._last)

    def add(self, method: str, path: str, status: int, kind: str) -> None:
        """Note a request."""
        self.total += 1
        self.by_kind[kind] += 1
        self._last.append(Logged(method, path, status, kind))

    def count(self, method: str = "*", path: str = "*", status: int | None = None) -> int:
        """Count the kept requests.

        Args:
            method: Method or glob.
            path: Path or glob.
            status: HTTP status, 0 for dropped connections, None for all.
        """
        return sum(
            fnmatchcase(it.method, method)
            and fnmatchcase(it.path, path)
            and status in (None, it.status)
            for it in self._last
        )

    def clear(self) -> None:
        """Forget everything."""
        self.total = 0
        self.by_kind.clear()
        self._last.clear()
