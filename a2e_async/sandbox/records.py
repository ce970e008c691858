"""Records: a task as the service shows it at a moment. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.products import Media
from a2e_async.sandbox.status import percent

if TYPE_CHECKING:
    from a2e_async.sandbox.links import Links
    from a2e_async.sandbox.tasks import Task

SECONDS = 6
"""Length of every video that a face swap tells of."""
UNSHOWN = frozenset({"webhook_url", "webhook_token"})


def render(
    task: Task, user: str, links: Links, word: str | None = None, *, other_name: bool = False
) -> dict[str, Any]:
    """Show a task now.

    Args:
        task: The task.
        user: Id of its owner.
        links: Makes the result URLs.
        word: Status word to show in place of the documented one while the task is running.
        other_name: Show the results under the second documented name.

    Returns:
        The record; for most products the echoed input, the status, and empty results until the
        task has ended well.
    """
    now = links.clock.now()
    fraction = task.fraction(now)
    status = task.product.words.at(fraction, fails=task.fails)
    shown = word if word is not None and fraction < 1 else status
    special = _SPECIAL.get(task.kind, _common)
    record = special(task, now, {task.product.status_field: shown}, user, links)
    if other_name:
        for usual, other in zip(task.product.results, task.product.other_results, strict=True):
            record[other] = record.pop(usual)
    return record


def result_urls(task: Task, now: float, links: Links) -> list[str]:
    """Return the URLs of a task's results, none before it has ended well."""
    media, keeps = task.media, task.product.traits.keeps
    if task.fraction(now) < 1 or task.fails or media is Media.NONE:
        return []
    return [links.media(task.id, n, media, keeps) for n in range(task.files)]


def _common(
    task: Task, now: float, status: dict[str, str], user: str, links: Links
) -> dict[str, Any]:
    return {
        **{name: value for name, value in task.body.items() if name not in UNSHOWN},
        **_results(task, result_urls(task, now, links)),
        "_id": task.id,
        "name": task.name,
        "user_id": user,
        **status,
        **_failure(task, now),
        "coins": task.coins,
        "createdAt": links.clock.iso(task.created),
        "updatedAt": links.clock.iso(task.updated(now)),
    }


def _results(task: Task, urls: list[str]) -> dict[str, Any]:
    first = urls[0] if urls else ""
    return {name: urls if name.endswith("_urls") else first for name in task.product.results}


def _failure(task: Task, now: float) -> dict[str, Any]:
    failed = task.fails and task.fraction(now) >= 1
    text = task.failed_message if failed else ""
    field = task.product.traits.failure
    if field == "faild_message":
        return {field: text or None, "error_code": str(task.failed_code if failed else 0)}
    return {field: text, "failed_code": str(task.failed_code) if failed else ""}


def _avatar_video(
    task: Task, now: float, status: dict[str, str], user: str, links: Links
) -> dict[str, Any]:
    """Show the fields of awsResult; `error` is there after a failure only."""
    urls = result_urls(task, now, links)
    fraction = task.fraction(now)
    failed = task.fails and fraction >= 1
    body = task.body
    record: dict[str, Any] = {
        "_id": task.id,
        "title": task.name,
        "msg": task.failed_message if failed else "",
        "result": urls[0] if urls else "",
        "process": percent(fraction),
        **status,
        "anchor_type": str(body.get("anchor_type", "")),
        "web_bg_width": int(body.get("web_bg_width", 0)),
        "web_bg_height": int(body.get("web_bg_height", 0)),
        "color": body.get("color", ""),
        "result_people_url": "",
        "result_bg_url": "",
        "anchor_id": body.get("anchor_id", ""),
        "replace_bg_id": body.get("back_id", ""),
        "custom_backs_id": body.get("custom_back_id"),
        "audioSrc": body.get("audioSrc", ""),
        "user_id": user,
        "coins": task.coins,
        "createdAt": links.clock.iso(task.created),
        "diff_s": int(now - task.created),
        "current_date": links.clock.iso(now),
    }
    return record | ({"error": task.failed_message} if failed else {})


def _training(
    task: Task, now: float, status: dict[str, str], user: str, links: Links
) -> dict[str, Any]:
    """Show an avatar training; a filled `anchor_id` means that the avatar can be used."""
    ready = bool(result_urls(task, now, links))
    record = _common(task, now, status, user, links)
    return record | {"anchor_id": task.id[::-1] if ready else ""}


def _face_swap(
    task: Task, now: float, status: dict[str, str], user: str, links: Links
) -> dict[str, Any]:
    """Show a face swap, with the moments of the states that it has reached."""
    record = _common(task, now, status, user, links)
    words = task.product.words
    reached = [
        word
        for word, share in zip(words.running, words.starts, strict=True)
        if task.fraction(now) >= share
    ]
    times = {word: task.begun + task.duration * words.starts[n] for n, word in enumerate(reached)}
    if task.fraction(now) >= 1 and not task.fails:
        times[words.success] = task.ends
    shown = {f"{word}_time": links.clock.iso(moment) for word, moment in times.items()}
    return record | {"duration": SECONDS} | shown


def _preview(
    task: Task, now: float, status: dict[str, str], user: str, links: Links
) -> dict[str, Any]:
    """Show a face swap preview; its code is null where all is well."""
    record = _common(task, now, status, user, links)
    failed = task.fails and task.fraction(now) >= 1
    return record | {"error_code": record["error_code"] if failed else None}


def _voice(
    task: Task, now: float, status: dict[str, str], user: str, links: Links
) -> dict[str, Any]:
    """Show a voice training."""
    return _common(task, now, status, user, links) | {"train_mode": "example"}


_SPECIAL = {
    "userFaceSwapPreview": _preview,
    "userFaceSwapTask": _face_swap,
    "userVideoTwin": _training,
    "userVoice": _voice,
    "video": _avatar_video,
}
