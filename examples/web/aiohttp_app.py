"""The routes on aiohttp."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress

import attrs
from aiohttp import ClientConnectionResetError, web

from a2e_async import WebhookReceiver
from examples.web.board import STREAM_HEADERS
from examples.web.door import (
    COOKIE,
    COOKIE_AGE,
    HEADERS,
    PAGE,
    PAGE_FILES,
    Refusal,
    new_secret,
    visitor_of,
)
from examples.web.studio import Studio

STUDIO = web.AppKey("studio", Studio)
routes = web.RouteTableDef()


def make_app(studio: Studio, receiver: WebhookReceiver | None = None) -> web.Application:
    """Make the application.

    Args:
        studio: opened and closed with the application.
        receiver: hears the service's calls at ``/a2e``.
    """

    async def lifespan(_: web.Application) -> AsyncIterator[None]:
        await studio.open()
        yield
        await studio.close()

    async def hang_up(_: web.Application) -> None:
        studio.hang_up()

    app = web.Application(middlewares=[_answer_refusals])
    app[STUDIO] = studio
    app.cleanup_ctx.append(lifespan)
    # Before the server waits for its connections, which the pages' events keep open.
    app.on_shutdown.append(hang_up)
    app.on_response_prepare.append(_add_headers)
    app.add_routes(routes)
    if receiver is not None:
        app.router.add_post("/a2e", receiver.handle)
    return app


@routes.get("/")
async def page(request: web.Request) -> web.StreamResponse:
    """Show the page, and give a new visitor a cookie."""
    response = web.FileResponse(PAGE / "index.html")
    if visitor_of(request.cookies.get(COOKIE)) is None:
        response.set_cookie(
            COOKIE,
            new_secret(),
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=request.app[STUDIO].door.secure,
        )
    return response


@routes.get("/page/{name}")
async def page_file(request: web.Request) -> web.StreamResponse:
    """Give a part of the page."""
    name = request.match_info["name"]
    if name not in PAGE_FILES:
        raise Refusal(404, "There is no such file.")
    return web.FileResponse(PAGE / name)


@routes.get("/api/events")
async def events(request: web.Request) -> web.StreamResponse:
    """Tell the page of the visitor's orders, as long as it is open."""
    visitor = _visitor(request)
    response = web.StreamResponse(headers=dict(STREAM_HEADERS))
    response.content_type = "text/event-stream"
    await response.prepare(request)
    # Who has gone is noticed by the next event, or by the next heartbeat.
    with suppress(ClientConnectionResetError):
        async with aclosing(request.app[STUDIO].events(visitor)) as news:
            async for event in news:
                await response.write(event)
    return response


@routes.put("/api/cards/{card}/picture")
async def take_picture(request: web.Request) -> web.Response:
    """Take the picture of an order that comes next."""
    visitor, card = _visitor(request), request.match_info["card"]
    await request.app[STUDIO].take_picture(visitor, card, request.content.iter_any())
    return web.Response(status=204)


@routes.post("/api/cards")
async def order(request: web.Request) -> web.Response:
    """Take an order."""
    card = await request.app[STUDIO].order(_visitor(request), request.content.iter_any())
    return web.json_response(attrs.asdict(card), status=202)


@routes.post("/api/cards/{card}/cancel")
async def cancel(request: web.Request) -> web.Response:
    """Cancel an order that has not begun."""
    cancelled = await request.app[STUDIO].cancel(_visitor(request), request.match_info["card"])
    return web.json_response({"cancelled": cancelled})


@routes.get("/files/{card}/{name}")
async def result(request: web.Request) -> web.StreamResponse:
    """Give a result to whoever ordered it."""
    wanted = request.match_info["card"], request.match_info["name"]
    return web.FileResponse(await request.app[STUDIO].file(_visitor(request), *wanted))


def _visitor(request: web.Request) -> str:
    door = request.app[STUDIO].door
    headers = {name.lower(): value for name, value in request.headers.items()}
    return door.admit(request.cookies.get(COOKIE), request.method, headers)


@web.middleware
async def _answer_refusals(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refusal as refusal:
        return web.json_response(refusal.body, status=refusal.status)


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
