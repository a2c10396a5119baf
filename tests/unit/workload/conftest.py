"""Little real servers on loopback, and a way to run a load against them."""

import asyncio
import hashlib
import json
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import pytest
import uvloop
from hypothesis import settings

from stackproof.model import Sample
from stackproof.protocols.ledger import Acknowledged
from stackproof.workload.generator import Generator
from stackproof.workload.plan import LoadPlan

settings.register_profile("stackproof", deadline=None)  # a slow machine fails no test
settings.load_profile("stackproof")

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[..., int]


class Servers:
    """An event loop in a thread, and the servers on it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._listening: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def serve(self, handler: Handler, tls: ssl.SSLContext | None = None) -> int:
        """Serve connections with the handler; gives the port."""
        return asyncio.run_coroutine_threadsafe(self._listen(handler, tls), self.loop).result(10)

    def close(self) -> None:
        """End everything."""
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    async def _listen(self, handler: Handler, tls: ssl.SSLContext | None) -> int:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await handler(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                writer.transport.abort()

        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls, backlog=1000)
        self._listening.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _end(self) -> None:
        for server in self._listening:
            for listening in server.sockets:
                self.loop.remove_reader(listening.fileno())  # a server must not close while it accepts: CPython 109564
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.sleep(0)  # who was accepted just now begins, and so closes what it was given
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        for server in self._listening:
            server.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves a handler on a free port of loopback until the test is over."""
    servers = Servers()
    yield servers.serve
    servers.close()


@dataclass
class Store:
    """A mime-server of a few lines, which keeps its files in memory."""

    files: dict[str, bytes]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client."""
        while line := await reader.readline():
            if line == b"PING\n":
                writer.write(b"PONG\n")
                continue
            fields = json.loads(line)
            command = fields.get("command", "SEND")
            answer = {"SEND": self._send, "RECEIVE": self._receive, "LIST": self._list}[command]
            writer.write(answer(fields, await reader.readexactly(fields.get("size", 0))))
            await writer.drain()

    def _send(self, _fields: dict[str, str], body: bytes) -> bytes:
        name = f"received_{len(self.files):04x}.plain"
        self.files[name] = body
        sha256 = hashlib.sha256(body).hexdigest()
        return _line({"status": "ok", "stored_as": name, "size": len(body), "sha256": sha256})

    def _receive(self, fields: dict[str, str], _body: bytes) -> bytes:
        name = fields["name"]
        if name not in self.files:
            return _line({"status": "error", "code": "not_found", "message": f"no file {name}"})
        body = self.files[name]
        sha256 = hashlib.sha256(body).hexdigest()
        head = {"status": "ok", "name": name, "mime_type": "text/plain", "size": len(body), "sha256": sha256}
        return _line(head) + body

    def _list(self, fields: dict[str, str], _body: bytes) -> bytes:
        page_files = 2  # fewer than asked for: a server may bound its pages
        names = [name for name in sorted(self.files) if name > fields["after"]]
        files = [{"name": name, "size": len(self.files[name])} for name in names[:page_files]]
        after = names[page_files - 1] if len(names) > page_files else ""
        return _line({"status": "ok", "files": files, "next": after})


def _line(fields: dict[str, object]) -> bytes:
    return json.dumps(fields).encode() + b"\n"


@pytest.fixture
def stored() -> dict[str, bytes]:
    """What the server of ``mime_port`` keeps, by name."""
    return {}


@pytest.fixture
def mime_port(serve: Serve, stored: dict[str, bytes]) -> int:
    """Port of a working mime-server."""
    return serve(Store(stored).serve)


@dataclass
class Ran:
    """What a load in this process came to."""

    samples: list[Sample] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    dropped: int = 0
    took_s: float = 0.0

    @property
    def outcomes(self) -> set[tuple[str, str]]:
        """Every outcome with its detail."""
        return {(str(sample.outcome), sample.detail) for sample in self.samples}


Run = Callable[[LoadPlan], Ran]


@pytest.fixture(params=["uvloop", "asyncio"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a load in this process, on each kind of event loop that a worker may have."""
    new_loop = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop
    return lambda plan: _run(plan, new_loop)


def _run(plan: LoadPlan, new_loop: Callable[[], asyncio.AbstractEventLoop]) -> Ran:
    ran = Ran()

    def record(sample: Sample, acknowledged: Acknowledged | None) -> None:
        ran.samples.append(sample)
        if acknowledged is not None:
            ran.acknowledged.append(acknowledged)

    async def load() -> None:
        generator = Generator(plan, record)
        await generator.run(time.monotonic())
        ran.dropped = generator.dropped

    began_s = time.monotonic()
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(load())
    ran.took_s = time.monotonic() - began_s
    return ran
