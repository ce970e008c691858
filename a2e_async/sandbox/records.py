"""Records: a task as the service shows it at a moment. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.products import Media
from a2e_async.sandbox.status import percent

if TYPE_CHECKING:
    from a2e_async.sandbox.links import Links
    from a2e_async.sandbox.tasks import Task

UNSHOWN = frozenset({"webhook_url", "webhook_token"})


def render(task: Task, user: str, links: Links, word: str | None = None) -> dict[str, Any]:
    """Show a task now.

    Args:
        task: The task.
        user: Id of its owner.
        links: Makes the result URLs.
        word: Status word to show in place of the documented one while the task is running.

    Returns:
        The record; for most products the echoed input, the status, and empty results until the
        task has ended well.
    """
    now = links.clock.now()
    fraction = task.fraction(now)
    status = task.product.words.at(fraction, fails=task.fails)
    shown = word if word is not None and fraction < 1 else status
    special = _SPECIAL.get(task.kind, _common)
    return special(task, now, {task.product.status_field: shown}, user, links)


def result_urls(task: Task, now: float, links: Links) -> list[str]:
    """Return the URLs of a task's results, none before it has ended well."""
    if task.fraction(now) < 1 or task.fails or task.product.traits.media is Media.NONE:
        return []
    number = int(task.body.get("total_count", 1))
    return [links.media(task.id, n, task.product.traits.media) for n in range(number)]


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


_SPECIAL = {"video": _avatar_video, "userVideoTwin": _training}
