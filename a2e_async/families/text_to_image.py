"""What text to image has besides the common verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, get_args

from a2e_async.http.operation import Operation, carries_out
from a2e_async.jobs.family import Family
from a2e_async.jobs.job import Job
from a2e_async.tasks import checks
from a2e_async.tasks.text_to_image import TextToImageRecord

if TYPE_CHECKING:
    from a2e_async.tasks.avatar_training import AvatarTrainingRecord, Gender

P = ParamSpec("P")

_ADD_AVATAR = Operation("POST", "/api/v1/userText2Image/quickAddAvatar", body="_id")


class TextToImages(Family[P, TextToImageRecord]):
    """The verbs of text to image. Reached from the client: ``a2e.text_to_image``."""

    @carries_out(_ADD_AVATAR)
    async def quick_add_avatar(
        self, task_id: str, *, gender: Gender | None = None
    ) -> Job[AvatarTrainingRecord]:
        """Make an avatar of a task's picture (``POST /api/v1/userText2Image/quickAddAvatar``).

        It may be charged; it is never sent twice.

        Args:
            task_id: the id of the text-to-image task.
            gender: ``female`` or ``male``.

        Returns:
            The job of the avatar's training, as ``a2e.avatar_training`` starts one.

        Raises:
            TypeError: an argument of the wrong type.
            ValueError: a blank id, or another gender.
            SubmitUncertain: the answer was lost, or holds no id; ``a2e.avatar_training.list()``
                may tell.
            APIError: the service refuses.
            ConnectionFailed: the service was not reached.
        """
        # Who makes pictures alone does not pay for another product's module.
        from a2e_async.tasks import avatar_training  # noqa: PLC0415

        self.check_id(task_id)
        given = {}
        if gender is not None:
            checks.Choice(get_args(avatar_training.Gender)).check("gender", gender)
            given["gender"] = gender
        trainings = Family(self._core, avatar_training.AvatarTraining)
        return await trainings.start_by(_ADD_AVATAR.call(task_id, json=given))
