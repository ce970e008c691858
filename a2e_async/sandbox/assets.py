"""The asset host: result files, speech and uploads, on a port of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import hdrs, web
from anyio import to_thread

from a2e_async.sandbox import ranges, wire
from a2e_async.sandbox.media import specs
from a2e_async.sandbox.media.render import Gallery
from a2e_async.sandbox.replies import Refusal, Reply
from a2e_async.sandbox.storage import Storage, check_upload

if TYPE_CHECKING:
    from a2e_async.sandbox.media.render import File
    from a2e_async.sandbox.media.specs import Spec
    from a2e_async.sandbox.world import World

READS = ("GET", "HEAD")


class Assets:
    """Answers the requests to the asset host."""

    def __init__(self, world: World) -> None:
        """Serve the files of a world."""
        self._world = world
        self.gallery = Gallery()
        self.storage = Storage()

    @staticmethod
    def kind(method: str) -> str:
        """Return the kind of a request, as the faults name it."""
        return "upload" if method == "PUT" else "download"

    async def answer(self, request: web.BaseRequest) -> Reply:
        """Carry a request out.

        Returns:
            The whole answer; faults that concern the connection are the caller's.
        """
        try:
            return await self._carried_out(request)
        except Refusal as refusal:
            return _storage_error(refusal)

    async def _carried_out(self, request: web.BaseRequest) -> Reply:
        if request.method == "PUT" and request.path.startswith("/upload/"):
            return await self._upload(request)
        if request.method in READS:
            return _sliced(request, await self._file(request))
        raise Refusal("MethodNotAllowed", status=405)

    async def _file(self, request: web.BaseRequest) -> File:
        if hdrs.AUTHORIZATION in request.headers:
            raise Refusal("InvalidArgument")
        path = request.path
        if path.startswith("/public/"):
            return self.storage.get(path) or await self._stand_in(path)
        if not path.startswith("/media/"):
            raise Refusal("NoSuchKey", status=404)
        problem = self._world.links.problem(path, request.query)
        if problem is not None:
            raise Refusal(problem, status=403)
        return await self._media(*_owned(path))

    async def _media(self, owner: str, number: int, suffix: str) -> File:
        spec, made = self._spec(owner, number)
        if spec is None or specs.suffix(spec) != suffix:
            raise Refusal("NoSuchKey", status=404)
        return await self._made(spec, made)

    async def _stand_in(self, path: str) -> File:
        """Show what lies where the service was asked to copy a file to."""
        copies = self._world.library.get(path)
        if not copies:
            raise Refusal("NoSuchKey", status=404)
        return await self._made(copies[0], self._world.links.clock.epoch)

    async def _made(self, spec: Spec, made: float) -> File:
        kept = self.gallery.get(spec)
        if kept is None:
            kept = await to_thread.run_sync(self.gallery.make, spec, made)
        return kept

    def _spec(self, owner: str, number: int) -> tuple[Spec | None, float]:
        """Return what a file shows, and the POSIX time at which it was made."""
        epoch = self._world.links.clock.epoch
        loose = self._world.library.get(owner)
        if loose is not None:
            return (loose[number] if number < len(loose) else None), epoch
        task = self._world.service.tasks.get(owner)
        if task is None or task.deleted:
            return None, epoch
        return specs.of_task(task, number, self._world.seed), epoch + task.ends

    async def _upload(self, request: web.BaseRequest) -> Reply:
        path = request.path
        problem = self._world.links.problem(path, request.query)
        if problem is not None:
            raise Refusal(problem, status=403)
        content_type = request.headers.get(hdrs.CONTENT_TYPE, "")
        authorization = request.headers.get(hdrs.AUTHORIZATION, "")
        check_upload(request.query, content_type, request.content_length, authorization)
        content = await wire.read(request, self.storage.limit)
        clock = self._world.links.clock
        public = path.replace("/upload/", "/public/", 1)
        kind = content_type or "application/octet-stream"
        file = self.storage.put(public, content, kind, clock.epoch + clock.now())
        return Reply(200, b"", headers={hdrs.ETAG: file.etag})


def _owned(path: str) -> tuple[str, int, str]:
    """Split `/media/<owner>/<number>.<extension>`; a signed path always has this form."""
    _, _, owner, name = path.split("/")
    number, _, suffix = name.partition(".")
    return owner, int(number), suffix


def _sliced(request: web.BaseRequest, file: File) -> Reply:
    asked = request.headers.get(hdrs.RANGE)
    if not ranges.still_valid(request.headers.get(hdrs.IF_RANGE), file):
        asked = None
    part = ranges.cut(len(file.content), asked)
    content = file.content[part.start : part.stop]
    headers: dict[str, Any] = dict(ranges.headers(file, part))
    return Reply(part.status, content, file.content_type, headers)


def _storage_error(refusal: Refusal) -> Reply:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{refusal.message}</Code></Error>'
    return Reply(refusal.status, text.encode(), "application/xml")
