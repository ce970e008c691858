"""A local look-alike of the A2E service, for tests, demos and work without a token.

    from a2e_async.sandbox import Fault, Faults, Sandbox

    async with Sandbox(seed=7, speed=1000) as sandbox:
        async with sandbox.client() as a2e:
            record = await a2e.text_to_image.run(prompt="a red fox in snow")

The sandbox is driven by the operation facts and knows nothing of the SDK's own families. Importing
this package is light: the server, Pillow, PyAV and jsonschema are loaded when a sandbox starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from a2e_async.sandbox.faults import Effect, Fault, Faults
    from a2e_async.sandbox.sandbox import Sandbox

__all__ = ["Effect", "Fault", "Faults", "Sandbox"]

_HOMES = {
    "Effect": "a2e_async.sandbox.faults",
    "Fault": "a2e_async.sandbox.faults",
    "Faults": "a2e_async.sandbox.faults",
    "Sandbox": "a2e_async.sandbox.sandbox",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415  (lazy)

    return getattr(import_module(_HOMES[name]), name)
