"""`Sandbox`: the local service, started and stopped."""

from __future__ import annotations

import asyncio
import time
from hashlib import sha256
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

from anyio import Lock, to_thread

from a2e_async.sandbox.clock import SimulatedClock
from a2e_async.sandbox.dice import dice
from a2e_async.sandbox.faults import Faults
from a2e_async.sandbox.links import Links
from a2e_async.sandbox.log import RequestLog
from a2e_async.sandbox.service import RETENTION, Service
from a2e_async.sandbox.world import Options, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from a2e_async import A2E
    from a2e_async.sandbox.bells import Bell
    from a2e_async.sandbox.rooms import Room
    from a2e_async.sandbox.server import Server
    from a2e_async.sandbox.tasks import Task

EXTRA = ("PIL", "av", "jsonschema")


class Sandbox:
    """A local look-alike of the A2E service.

    It validates requests, charges coins, walks tasks through their status words and serves real
    PNG, MP4 and WAV files. All that is drawn comes from the seed: the same calls in the same order
    give the same ids, durations and files.

        async with Sandbox(seed=7, speed=1000) as sandbox:
            async with sandbox.client() as a2e:
                ...

    Attributes:
        faults: What goes wrong; script it with `faults.next(...)`.
        requests: The requests so far, API and assets.
        token: A token that is accepted.
        base_url: Base URL of the API, empty before the start.
        assets_url: Base URL of the asset host, empty before the start.
    """

    def __init__(  # noqa: PLR0913  (each one is optional and named)
        self,
        *,
        seed: int = 0,
        speed: float = 30.0,
        clock: Callable[[], float] | None = None,
        coins: int = 100_000,
        faults: Faults | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        durations: Callable[[str], float] | float | None = None,
        epoch: float | None = None,
        retention: float = RETENTION,
        classic: bool = False,
        batch_detail: str = "list",
        list_shape: str = "rows",
        envelope: str = "plain",
        other_shapes: Iterable[str] = (),
        streaming_hosts: int | None = None,
        webhook_payload: str = "event",
        public_webhooks: bool = False,
    ) -> None:
        """Set a sandbox up; nothing listens before `start`.

        Args:
            seed: Decides ids, durations, faults and pictures.
            speed: Simulated seconds per real second, above 0.
            clock: Monotonic clock in real seconds; `time.monotonic` when None.
            coins: First balance.
            faults: What goes wrong; nothing when None.
            host: Address to listen on.
            port: Port of the API, 0 for a free one.
            token: The only accepted token; None accepts every token, but not a missing one.
            durations: Simulated seconds of every task, or a function of the start's path, such as
                `/api/v1/userText2Image/start`; None draws them (images 5-60 s, videos minutes).
            epoch: POSIX time in seconds at the start; the present when None.
            retention: Simulated seconds for which result URLs live and lists show a task.
            classic: Text-to-image starts answer an object, as the classic pages show it, instead
                of a list.
            batch_detail: Answer of batchDetail: list, rows, missing (no such route), partial (ids
                are missing) or odd (an unknown shape).
            list_shape: Answer of the lists: rows, list or bare.
            envelope: plain, string-code (`"code": "0"`), success (`success`/`result`) or no-trace.
            other_shapes: Where the facts tell of two shapes, the places that answer the less usual
                one: start (a list of one record), terse (a start answers no more than the facts
                name, often `_id` alone), detail (a list), list (rows in place of a bare list),
                result (the other name of the result field), bare (a record outside the envelope)
                and text (a bare id or URL in place of an object, an object for speech).
            streaming_hosts: How many streaming rooms can be open at once; further ones are
                refused with code 1001. None for any number.
            webhook_payload: What webhooks are sent, which is documented nowhere: event (an object
                with the event and the record), record, bare-id (as text), no-id (the event alone)
                or empty.
            public_webhooks: Call webhooks on other hosts than this machine and private networks
                too; without it nothing leaves them.

        Raises:
            ValueError: `speed` is not above 0, or an option is none of its values.
        """
        if not speed > 0:
            raise ValueError(f"speed={speed!r}: a number above 0 is allowed")
        options = Options(
            classic,
            batch_detail,
            list_shape,
            envelope,
            other_shapes,
            streaming_hosts,
            webhook_payload,
            public_webhooks,
        )
        real = clock or time.monotonic
        simulated = SimulatedClock(real, speed, time.time() if epoch is None else epoch, real())
        service = Service(
            simulated, seed=seed, coins=coins, durations=durations, retention=retention
        )
        key = sha256(f"a2e sandbox {seed}".encode()).digest()
        self._world = World(service, Links(simulated, key, lifetime=retention), options, seed)
        self._host, self._port = host, port
        self._only_token = token
        self._server: Server | None = None
        self._changing = Lock()
        self.token = token or f"sk_sandbox_{sha256(key).hexdigest()[:32]}"
        self.faults = faults or Faults()
        self.faults.reseed(dice(seed, "faults"))
        self.requests = RequestLog()
        self.base_url = ""
        self.assets_url = ""

    async def __aenter__(self) -> Self:
        """Start listening."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        await self.aclose()

    def __repr__(self) -> str:
        """Show where it listens and what it holds."""
        where = self.base_url or "not started"
        return f"<Sandbox {where} tasks={len(self._world.service.tasks)} coins={self.coins}>"

    @property
    def speed(self) -> float:
        """Simulated seconds per real second."""
        return self._world.service.clock.speed

    @property
    def coins(self) -> int:
        """The balance now."""
        return self._world.service.coins

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks that were started and not deleted, oldest first."""
        return tuple(task for task in self._world.service.tasks.values() if not task.deleted)

    @property
    def rooms(self) -> tuple[Room, ...]:
        """The streaming rooms that are open now, oldest first."""
        now = self._world.service.clock.now()
        return tuple(room for room in self._world.rooms.values() if room.open(now))

    @property
    def bells(self) -> tuple[Bell, ...]:
        """The calls of webhooks so far, the last 10,000 at the most, oldest first."""
        return () if self._server is None else tuple(self._server.bells.log)

    async def start(self) -> None:
        """Listen; does nothing when it already does.

        Raises:
            ConfigurationError: The sandbox extra is not installed.
            OSError: The port is taken.
        """
        async with self._changing:
            if self.base_url:
                return
            if self._server is None:
                _demand_extra()
                # Reading the facts and importing Pillow, PyAV and jsonschema would block the loop.
                self._server = await to_thread.run_sync(self._build)
            await self._listen(self._server)

    async def aclose(self) -> None:
        """Stop listening; tasks and uploads stay, and a later `start` serves them again."""
        async with self._changing:
            self.base_url = self.assets_url = ""
            if self._server is not None:
                await self._server.close()

    async def serve_forever(self) -> None:
        """Listen until cancelled."""
        async with self:
            await asyncio.Event().wait()

    def client(self, **options: Any) -> A2E:
        """Open a client of the SDK on this sandbox.

        Args:
            **options: Further arguments of `A2E`.

        Returns:
            The client; closing it is the caller's.
        """
        from a2e_async import A2E  # noqa: PLC0415  (above the sandbox, and this way only)

        return A2E.sandbox(sandbox=self, **options)

    async def _listen(self, server: Server) -> None:
        try:
            base_url, self.assets_url = await server.listen(self._host, self._port)
        except BaseException:
            await server.close()
            raise
        self._world.links.base = self.assets_url
        self.base_url = base_url

    def _build(self) -> Server:
        from a2e_async import facts  # noqa: PLC0415
        from a2e_async.sandbox.server import Server  # noqa: PLC0415  (slow to import)

        return Server.build(self._world, self.faults, self.requests, facts.load(), self._only_token)


def _demand_extra() -> None:
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        from a2e_async.errors import ConfigurationError  # noqa: PLC0415  (needed here only)

        raise ConfigurationError(
            f"the sandbox needs {', '.join(missing)}: pip install 'a2e-async[sandbox]'"
        )
