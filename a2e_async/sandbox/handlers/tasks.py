"""Starts, details, lists, batch details and deletes: the same for every product."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from a2e_async.sandbox.faults import Effect
from a2e_async.sandbox.records import render
from a2e_async.sandbox.replies import Refusal
from a2e_async.sandbox.world import BatchDetail, ListShape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from a2e_async.sandbox.operations import Operation
    from a2e_async.sandbox.tasks import Task
    from a2e_async.sandbox.world import Call, World

PAGE_NUMBERS = ("pageNum", "page", "current")
PAGE_SIZES = ("pageSize", "page_size")
DEFAULT_PAGE = 10
BARE_LISTS = frozenset({"trainingRecord", "completedRecord", "allProcessing"})


def start(world: World, call: Call) -> Any:
    """Make the tasks that a body asks for."""
    operation = call.operation
    body = {**_shown_defaults(operation), **call.body}
    tasks = world.service.start(world.product(operation), operation.path, body, call.fault)
    records = [_show(world, call, task) for task in tasks]
    if operation.family == "userText2Image" and not world.options.classic:
        return records
    return records if len(records) > 1 else records[0]


def detail(world: World, call: Call) -> Any:
    """Show one task; awsResult answers a list, empty for an unknown id."""
    task = _visible(world, call, call.asked_id)
    if call.operation.path.endswith("/awsResult"):
        return [] if task is None else [_show(world, call, task)]
    return _show(world, call, _known(task))


def batch_detail(world: World, call: Call) -> Any:
    """Show the known ones of many tasks, in no particular order."""
    wanted = call.body["ids"][: _batch_limit(call.operation)]
    found = [task for task in (_visible(world, call, it) for it in wanted) if task is not None]
    world.dice.shuffle(found)
    if world.options.batch_detail is BatchDetail.PARTIAL:
        found = found[: (len(found) + 1) // 2]
    records = [_show(world, call, task) for task in found]
    match world.options.batch_detail:
        case BatchDetail.ROWS:
            return {"rows": records, "count": len(records)}
        case BatchDetail.ODD:
            return {"summary": {"total": len(records)}, "groups": {"all": len(records)}}
        case _:
            return records


def listing(world: World, call: Call) -> Any:
    """Show a page of a product's tasks, newest first, narrowed to documented words."""
    product = world.product(call.operation)
    words = _wanted_words(world, call)
    tasks: Iterable[Task] = world.service.listed(product)
    count = world.service.count(product)
    if words is not None:
        matching = [task for task in tasks if task.status in words]
        tasks, count = matching, len(matching)
    records = [_show(world, call, task) for task in _page(call, tasks)]
    return _shaped(world, call.operation, records, count)


def delete(world: World, call: Call) -> Any:
    """Delete one task."""
    product = world.product(call.operation)
    world.service.delete(_known(world.service.find(product, call.asked_id)))
    return {}


def rename(world: World, call: Call) -> Any:
    """Give a task another name."""
    task = _known(world.service.find(world.product(call.operation), call.asked_id))
    task.name = str(call.body["name"])
    return _show(world, call, task)


def running(world: World, call: Call) -> Any:
    """List the tasks under way."""
    tasks = world.service.listed(world.product(call.operation))
    now = world.service.clock.now()
    return [_show(world, call, task) for task in tasks if task.fraction(now) < 1]


def _show(world: World, call: Call, task: Task) -> dict[str, Any]:
    fault = call.fault
    odd = fault.message if fault and fault.effect is Effect.UNKNOWN_STATUS else None
    return render(task, world.service.user, world.links, odd)


def _visible(world: World, call: Call, task_id: object) -> Task | None:
    task = world.service.find(world.product(call.operation), task_id)
    if task is not None and task.hidden_until > world.service.clock.now():
        return None
    return task


def _known(task: Task | None) -> Task:
    if task is None:
        raise Refusal("No such task", status=404)
    return task


def _shown_defaults(operation: Operation) -> dict[str, Any]:
    """Fill in what the records show even when it was left out, as width and height."""
    fields = (operation.body_schema or {}).get("properties", {})
    shown = operation.answer_fields & fields.keys()
    return {
        name: fields[name]["default"]
        for name in fields
        if name in shown and "default" in fields[name]
    }


def _batch_limit(operation: Operation) -> int | None:
    rules = " ".join(operation.facts.get("x-rules", ()))
    found = re.search(r"at most (\d+) records", rules)
    return int(found[1]) if found else None


def _wanted_words(world: World, call: Call) -> frozenset[str] | None:
    """Return the words a list shows: those asked for, else those documented for the list."""
    if call.query.get("status"):
        return frozenset({str(call.query["status"])})
    words = world.product(call.operation).words
    documented = frozenset(call.operation.status.get("values", ()))
    whole = {*words.running, words.success, words.failure}
    return documented if documented and not documented >= whole else None


def _page(call: Call, tasks: Iterable[Task]) -> Iterable[Task]:
    known = call.operation.parameters
    size_name = next((name for name in PAGE_SIZES if name in known), None)
    if size_name is None:
        return tasks
    default = known[size_name]["schema"].get("default", DEFAULT_PAGE)
    size = max(1, int(call.query.get(size_name, default)))
    number = next((int(call.query[name]) for name in PAGE_NUMBERS if name in call.query), 1)
    first = (max(1, number) - 1) * size
    return islice(tasks, first, first + size)


def _shaped(world: World, operation: Operation, records: list[Any], count: int) -> Any:
    last = operation.path.rsplit("/", 1)[1]
    if last == "awsList":
        return {"data": records}
    if last in BARE_LISTS or world.options.list_shape is ListShape.BARE:
        return records
    return {world.options.list_shape: records, "count": count}
