"""What the service may answer, as hypothesis strategies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
"""JSON values without parts, of the sizes that every codec takes."""


def objects_of(keys: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects that have some of these keys, and any values under them."""
    return st.dictionaries(keys, JSON | st.dictionaries(keys, JSON, max_size=4), max_size=8)


JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
"""JSON values of every kind."""
