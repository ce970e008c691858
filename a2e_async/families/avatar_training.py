"""What avatar training has besides the common verbs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal, ParamSpec, TypeAlias, get_args

import attrs

from a2e_async.families.verbs import RetryingFamily
from a2e_async.http.operation import Operation, carries_out
from a2e_async.jobs.family import PAGE_SIZE, Family
from a2e_async.jobs.job import Job
from a2e_async.tasks import checks
from a2e_async.tasks.avatar_training import PATH, AvatarTrainingRecord
from a2e_async.tasks.product import objects_in, read_id
from a2e_async.tasks.voice_clone import VoiceClone, VoiceCloneRecord

P = ParamSpec("P")

# `list` is a verb of the family's own.
Records: TypeAlias = list[AvatarTrainingRecord]
TrainingStatus = Literal["pending", "processing", "completed", "failed"]

_CONTINUE = Operation("POST", f"{PATH}/continueTraining", body="_id")
_CONTINUE_CLASSIC = Operation("POST", f"{PATH}/continueTranining", body="_id")
_EYE_CONTACT = Operation("POST", f"{PATH}/eyeContact")
_CLONE_VOICE = Operation("POST", f"{PATH}/addVoiceClone", body="_id")
_TRAINING = Operation("POST", f"{PATH}/training")
_UPLOAD = Operation("POST", f"{PATH}/upload")
_UPLOAD_STATUS = Operation("GET", f"{PATH}/uploadStatus")
_TRAINING_RECORDS = Operation("GET", f"{PATH}/trainingRecords")
_USER_RECORDS = Operation("GET", f"{PATH}/userRecords")


class AvatarTrainings(RetryingFamily[P, AvatarTrainingRecord]):
    """The verbs of avatar training. Reached from the client: ``a2e.avatar_training``.

    A record with an ``anchor_id`` counts as completed whatever its word says: the avatar can be
    used. Where a training was continued or tried again by this client, its jobs wait for the word.
    """

    async def list(
        self, *, page_size: int = PAGE_SIZE, status: TrainingStatus | None = None
    ) -> AsyncIterator[AvatarTrainingRecord]:
        """Go through the trainings, newest first (``GET /api/v1/userVideoTwin/records``).

        Args:
            page_size: trainings in one request, 1 to 100.
            status: only those of this status word.

        Yields:
            The records. One that moves to the next page while pages are read comes once.

        Raises:
            TypeError: the status is no text.
            ValueError: the page size is out of bounds, or the status none of these words.
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        product, pages = self.product, self.product.pages
        if status is not None and pages is not None:
            checks.Choice(get_args(TrainingStatus)).check("status", status)
            product = attrs.evolve(product, pages=attrs.evolve(pages, more={"status": status}))
        async for record in self._listed(product, page_size):
            yield record

    @carries_out(_CONTINUE, _CONTINUE_CLASSIC)
    async def continue_training(
        self, task_id: str, *, classic: bool = False
    ) -> Job[AvatarTrainingRecord]:
        """Train an avatar's own lip-sync model (``POST /api/v1/userVideoTwin/continueTraining``).

        It takes about two hours and costs 100 coins, charged at once; it is never sent twice. The
        job ends by its status word only: the ``anchor_id`` of the first training is there already.
        A process that makes the job from its token takes that for the end.

        Args:
            task_id: the training's id.
            classic: True asks by the older page's path, which is spelt
                ``POST /api/v1/userVideoTwin/continueTranining``.

        Returns:
            The job of the training as it goes on.

        Raises:
            TypeError: an argument of the wrong type.
            ValueError: a blank id.
            SubmitUncertain: the answer was lost.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
        """
        self.check_id(task_id)
        checks.Flag().check("classic", classic)
        operation = _CONTINUE_CLASSIC if classic else _CONTINUE
        return await self.start_by(operation.call(task_id), task_id)

    @carries_out(_EYE_CONTACT)
    async def eye_contact(self, task_id: str | None = None) -> Job[AvatarTrainingRecord]:
        """Have the avatar look at the camera (``POST /api/v1/userVideoTwin/eyeContact``).

        It may be charged; it is never sent twice.

        Args:
            task_id: the training's id. The service's page does not require it, nor does it tell
                what happens without.

        Returns:
            The job of the task that the answer tells of, else of the same training.

        Raises:
            TypeError: the id is no text.
            ValueError: it is blank.
            SubmitUncertain: the answer was lost, or tells of no task where none was given.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
        """
        body: dict[str, str] = {}
        if task_id is not None:
            self.check_id(task_id)
            body["_id"] = task_id
        return await self.start_by(_EYE_CONTACT.call(json=body), task_id)

    @carries_out(_CLONE_VOICE)
    async def clone_voice(self, task_id: str) -> Job[VoiceCloneRecord] | None:
        """Clone the voice in an avatar's video (``POST /api/v1/userVideoTwin/addVoiceClone``).

        It may be charged; it is never sent twice.

        Args:
            task_id: the training's id.

        Returns:
            The job of the voice, as ``a2e.voice_clone`` starts one. Nobody has documented the
            answer: it is None where the answer tells of nothing but the training itself. The voice
            is in ``a2e.voice_clone.list()`` then.

        Raises:
            TypeError: the id is no text.
            ValueError: it is blank.
            SubmitUncertain: the answer was lost.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
        """
        self.check_id(task_id)
        answer = await self.send_once(_CLONE_VOICE.call(task_id), task_id)
        found = (read_id(raw) for raw in objects_in(answer.data))
        voice_id = next((it for it in found if it is not None and it != task_id), None)
        return None if voice_id is None else Family(self._core, VoiceClone).job(voice_id)

    @carries_out(_TRAINING)
    async def training(
        self, fields: Mapping[str, Any] | None = None
    ) -> Job[AvatarTrainingRecord] | None:
        """Call ``POST /api/v1/userVideoTwin/training``, for which no input is documented.

        `start` is the documented way to train. It may be charged; it is never sent twice.

        Args:
            fields: the JSON body, sent as it is. Left out, there is none.

        Returns:
            The job of the training that the answer tells of. The service's page leaves open
            whether it makes one: it is None where the answer tells of none.

        Raises:
            TypeError, ValueError: the fields are no JSON object.
            SubmitUncertain: the answer was lost.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
        """
        answer = await self.send_once(_TRAINING.call(json=_body(fields)))
        raw = next(objects_in(answer.data), None)
        return None if raw is None else self._started(self._core.reader.record(self.product, raw))

    @carries_out(_UPLOAD)
    async def upload(self, fields: Mapping[str, Any] | None = None) -> Any:
        """Call ``POST /api/v1/userVideoTwin/upload``, for which no input is documented.

        Local media of a `start` needs no such call: it is uploaded with the start. It may be
        charged; it is never sent twice.

        Args:
            fields: the JSON body, sent as it is. Left out, there is none.

        Returns:
            The ``data`` of the answer, as it came.

        Raises:
            TypeError, ValueError: the fields are no JSON object.
            SubmitUncertain: the answer was lost.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
        """
        return (await self.send_once(_UPLOAD.call(json=_body(fields)))).data

    @carries_out(_UPLOAD_STATUS)
    async def upload_status(self) -> Any:
        """Read how the account's uploads stand (``GET /api/v1/userVideoTwin/uploadStatus``).

        Returns:
            The ``data`` of the answer, as it came: nobody has documented it.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        return (await self._core.session.call(_UPLOAD_STATUS.call())).data

    @carries_out(_TRAINING_RECORDS)
    async def training_records(self) -> Records:
        """List all trainings at once (``GET /api/v1/userVideoTwin/trainingRecords``).

        Returns:
            Their records.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        return await self._core.reader.lists.records(self.product, _TRAINING_RECORDS.call())

    @carries_out(_USER_RECORDS)
    async def user_records(self) -> Records:
        """List all avatars that may be seen (``GET /api/v1/userVideoTwin/userRecords``).

        Returns:
            The records of their trainings.

        Raises:
            APIError: the service refuses, or its answer cannot be read.
            ConnectionFailed: there was no answer.
        """
        return await self._core.reader.lists.records(self.product, _USER_RECORDS.call())


def _body(fields: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if fields is None:
        return None
    checks.JsonObject().check("fields", fields)
    return dict(fields)
