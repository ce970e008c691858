"""Operations around the tasks, in groups: the account, avatars, voices, faces and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from a2e_async import lazy

if TYPE_CHECKING:
    from a2e_async.resources.account import Account
    from a2e_async.resources.avatars import Avatars
    from a2e_async.resources.backgrounds import Backgrounds
    from a2e_async.resources.faces import Faces
    from a2e_async.resources.speech import Speech
    from a2e_async.resources.streaming import Streaming
    from a2e_async.resources.tokens import Tokens
    from a2e_async.resources.voices import Voices
    from a2e_async.resources.watermark import Watermark

__all__ = [
    "Account",
    "Avatars",
    "Backgrounds",
    "Faces",
    "Speech",
    "Streaming",
    "Tokens",
    "Voices",
    "Watermark",
]

if not TYPE_CHECKING:
    # Each group is at home in the module of its name.
    __getattr__ = lazy.getter(__name__, lambda name: name.lower() if name in __all__ else None)
