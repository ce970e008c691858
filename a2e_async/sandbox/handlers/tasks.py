"""Starts, details, lists, batch details and deletes: the same for every product."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from a2e_async.sandbox import rules
from a2e_async.sandbox.faults import Effect
from a2e_async.sandbox.records import render
from a2e_async.sandbox.replies import Refusal
from a2e_async.sandbox.world import BatchDetail, ListShape, OtherShape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from a2e_async.sandbox.operations import Operation
    from a2e_async.sandbox.tasks import Task
    from a2e_async.sandbox.world import Call, World

PAGE_NUMBERS = ("pageNum", "page", "current")
PAGE_SIZES = ("pageSize", "page_size")
DEFAULT_PAGE = 10
MANY = 10**6
"""More tasks or pages than there can be."""
BARE_LISTS = frozenset({"trainingRecord", "completedRecord", "allProcessing", "trainingRecords"})
MAYBE_ROWS = frozenset({"allProcessing", "trainingRecords"})
MAYBE_LISTS = ("/video/detail", "/userFaceSwapPreview/status")
RUNNING = ("_id", "current_status", "result_url", "faild_message")


def start(world: World, call: Call) -> Any:
    """Make the tasks that a body asks for."""
    operation, product = call.operation, world.product(call.operation)
    if product.traits.single and world.service.runs(product):
        raise Refusal("Another one is under way; one at a time is allowed")
    body = {**_shown_defaults(operation), **call.body}
    tasks = world.service.start(product, operation.path, body, call.fault)
    reason = rules.doom(operation, call.body)
    for task in tasks if reason else ():
        task.fails, task.failed_code, task.failed_message = True, 500, str(reason)
    records = [_started(world, call, task) for task in tasks]
    listed = operation.family == "userText2Image" and not world.options.classic
    if listed or world.shapes(OtherShape.START):
        return records
    return records if len(records) > 1 else records[0]


def detail(world: World, call: Call) -> Any:
    """Show one task; awsResult answers a list, empty for an unknown id."""
    task = _visible(world, call, call.asked_id)
    path = call.operation.path
    if path.endswith("/awsResult"):
        return [] if task is None else [show(world, call, task)]
    record = show(world, call, _found(task))
    listed = path.endswith(MAYBE_LISTS) and world.shapes(OtherShape.DETAIL)
    return [record] if listed else record


def batch_detail(world: World, call: Call) -> Any:
    """Show the known ones of many tasks, in no particular order."""
    wanted = call.body["ids"][: _batch_limit(call.operation)]
    found = [task for task in (_visible(world, call, it) for it in wanted) if task is not None]
    world.dice.shuffle(found)
    if world.options.batch_detail is BatchDetail.PARTIAL:
        found = found[: (len(found) + 1) // 2]
    records = [show(world, call, task) for task in found]
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
    records = [show(world, call, task) for task in _page(call, tasks)]
    return _shaped(world, call.operation, records, count)


def delete(world: World, call: Call) -> Any:
    """Delete one task."""
    world.service.delete(known(world, call))
    return {}


def rename(world: World, call: Call) -> Any:
    """Give a task another name."""
    task = known(world, call)
    task.name = str(call.body["name"])
    return show(world, call, task)


def running(world: World, call: Call) -> Any:
    """List the face swaps under way, in the few fields that the page of this call shows."""
    tasks = world.service.listed(world.product(call.operation))
    now = world.service.clock.now()
    shown = [show(world, call, task) for task in tasks if task.fraction(now) < 1]
    return [{name: record[name] for name in RUNNING} | {"error_code": None} for record in shown]


def show(world: World, call: Call, task: Task) -> dict[str, Any]:
    """Show a task now, with the odd word that a fault wants."""
    fault = call.fault
    odd = fault.message if fault and fault.effect is Effect.UNKNOWN_STATUS else None
    other = world.shapes(OtherShape.RESULT)
    return render(task, world.service.user, world.links, odd, other_name=other)


def known(world: World, call: Call, family: str | None = None) -> Task:
    """Return the task a call is about.

    Args:
        world: The state.
        call: The call.
        family: Product of the task; the operation's own when None.

    Raises:
        Refusal: There is no such task.
    """
    product = world.products[family or call.operation.family]
    return _found(world.service.find(product, call.asked_id))


def _started(world: World, call: Call, task: Task) -> dict[str, Any]:
    record = show(world, call, task)
    if not world.shapes(OtherShape.TERSE):
        return record
    named = call.operation.answer_fields | {"_id"}
    return {name: value for name, value in record.items() if name in named}


def _visible(world: World, call: Call, task_id: object) -> Task | None:
    task = world.service.find(world.product(call.operation), task_id)
    if task is not None and task.hidden_until > world.service.clock.now():
        return None
    return task


def _found(task: Task | None) -> Task:
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
    text = " ".join(operation.facts.get("x-rules", ()))
    found = re.search(r"at most (\d+) \w+", text, re.IGNORECASE)
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
    size = min(MANY, max(1, int(call.query.get(size_name, default))))
    number = next((int(call.query[name]) for name in PAGE_NUMBERS if name in call.query), 1)
    first = (min(MANY, max(1, number)) - 1) * size
    return islice(tasks, first, first + size)


def _shaped(world: World, operation: Operation, records: list[Any], count: int) -> Any:
    last = operation.path.rsplit("/", 1)[1]
    if last == "awsList":
        return {"data": records}
    if last in MAYBE_ROWS and world.shapes(OtherShape.LIST):
        return {"rows": records, "count": count}
    if last in BARE_LISTS or world.options.list_shape is ListShape.BARE:
        return records
    return {world.options.list_shape: records, "count": count}
