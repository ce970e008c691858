"""Routes that several products have alike, as arguments of `Product`. Pure."""

from __future__ import annotations

from typing import TypedDict

from a2e_async.http.operation import Operation
from a2e_async.tasks.product import Pages


class Routes(TypedDict):
    """The routes of a product."""

    start: str
    detail: Operation
    pages: Pages
    batch: str
    delete: Operation


def usual_routes(path: str, *, id_name: str = "_id") -> Routes:
    """Give the routes that most products have below their path."""
    return {
        "start": f"{path}/start",
        "detail": Operation("GET", f"{path}/{{{id_name}}}"),
        "pages": Pages(f"{path}/allRecords"),
        "batch": f"{path}/batchDetail",
        "delete": Operation("DELETE", f"{path}/{{{id_name}}}"),
    }


def listed_routes(path: str, pages: Pages) -> Routes:
    """Give the routes of the newer image models, whose paging differs."""
    return {
        "start": f"{path}/start",
        "detail": Operation("GET", f"{path}/detail/{{id}}"),
        "pages": pages,
        "batch": f"{path}/batchDetail",
        "delete": Operation("DELETE", f"{path}/{{id}}"),
    }
