"""The one source of chance: what is drawn from the same seed is the same everywhere."""

from __future__ import annotations

from random import Random


def dice(*seed: object) -> Random:
    """Make a source of chance.

    Args:
        *seed: Parts of the seed; each purpose adds its own name, so that drawing for one purpose
            leaves the others as they are.
    """
    return Random(":".join(map(str, seed)))  # noqa: S311  (repeatable is what is wanted)
