"""The routes on FastAPI, for uvicorn."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Annotated, Any

import attrs
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.datastructures import MutableHeaders
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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

router = APIRouter()


def make_app(studio: Studio, receiver: WebhookReceiver | None = None) -> FastAPI:
    """Make the application.

    Args:
        studio: opened and closed with the application.
        receiver: hears the service's calls at ``/a2e``.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await studio.open()
        yield
        await studio.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.state.studio = studio
    app.add_middleware(SafeHeaders)
    app.add_exception_handler(Refusal, _refused)
    app.include_router(router)
    if receiver is not None:
        app.router.routes.append(Route("/a2e", receiver.asgi))
    return app


class Server(uvicorn.Server):
    """A server that ends the pages' events when it stops; it would wait for them for ever."""

    def __init__(
        self, studio: Studio, receiver: WebhookReceiver | None = None, **config: Any
    ) -> None:
        """Make a server of the application; ``config`` is that of uvicorn."""
        super().__init__(uvicorn.Config(make_app(studio, receiver), ws="none", **config))
        self._studio = studio

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        self._studio.hang_up()
        await super().shutdown(sockets)


async def _studio(request: Request) -> Studio:
    studio: Studio = request.app.state.studio
    return studio


Here = Annotated[Studio, Depends(_studio)]


async def _visitor(request: Request, studio: Here) -> str:
    return studio.door.admit(request.cookies.get(COOKIE), request.method, request.headers)


Visitor = Annotated[str, Depends(_visitor)]


@router.get("/")
async def page(request: Request, studio: Here) -> Response:
    """Show the page, and give a new visitor a cookie."""
    response = FileResponse(PAGE / "index.html")
    if visitor_of(request.cookies.get(COOKIE)) is None:
        response.set_cookie(
            COOKIE,
            new_secret(),
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="lax",
            secure=studio.door.secure,
        )
    return response


@router.get("/page/{name}")
async def page_file(name: str) -> Response:
    """Give a part of the page."""
    if name not in PAGE_FILES:
        raise Refusal(404, "There is no such file.")
    return FileResponse(PAGE / name)


@router.get("/api/events")
async def events(studio: Here, visitor: Visitor) -> Response:
    """Tell the page of the visitor's orders, as long as it is open."""
    return Events(
        studio.events(visitor), media_type="text/event-stream", headers=dict(STREAM_HEADERS)
    )


@router.put("/api/cards/{card}/picture")
async def take_picture(request: Request, card: str, studio: Here, visitor: Visitor) -> Response:
    """Take the picture of an order that comes next."""
    await studio.take_picture(visitor, card, request.stream())
    return Response(status_code=204)


@router.post("/api/cards")
async def order(request: Request, studio: Here, visitor: Visitor) -> Response:
    """Take an order."""
    card = await studio.order(visitor, request.stream())
    return JSONResponse(attrs.asdict(card), status_code=202)


@router.post("/api/cards/{card}/cancel")
async def cancel(card: str, studio: Here, visitor: Visitor) -> Response:
    """Cancel an order that has not begun."""
    return JSONResponse({"cancelled": await studio.cancel(visitor, card)})


@router.get("/files/{card}/{name}")
async def result(card: str, name: str, studio: Here, visitor: Visitor) -> Response:
    """Give a result to whoever ordered it."""
    return FileResponse(await studio.file(visitor, card, name))


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return JSONResponse(error.body, status_code=error.status)


class Events(StreamingResponse):
    """A stream whose generator has ended when the connection has."""

    async def stream_response(self, send: Send) -> None:
        """Send the stream."""
        async with aclosing(self.body_iterator):  # type: ignore[type-var]
            await super().stream_response(send)


class SafeHeaders:
    """Puts `HEADERS` on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with more headers."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_safely)
