"""What voice clones have besides the common verbs."""

from __future__ import annotations

from typing import ParamSpec, TypeAlias

from a2e_async.families.verbs import RenamingFamily
from a2e_async.http.operation import Operation, carries_out
from a2e_async.tasks.voice_clone import VoiceCloneRecord

P = ParamSpec("P")

# `list` is a verb of the family's own.
Records: TypeAlias = list[VoiceCloneRecord]

_COMPLETED = Operation("GET", "/api/v1/userVoice/completedRecord")


class VoiceClones(RenamingFamily[P, VoiceCloneRecord]):
    """The verbs of voice clones. Reached from the client: ``a2e.voice_clone``."""

    @carries_out(_COMPLETED)
    async def completed(self) -> Records:
        """List the voices that can be used (``GET /api/v1/userVoice/completedRecord``).

        Returns:
            The records of the trainings that ended well, newest first. The ``id`` of each is a
            ``user_voice_id`` of ``a2e.text_to_speech``.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        return await self._core.reader.lists.records(self.product, _COMPLETED.call())
