"""Asks the container engine over its socket.

Format: Docker Engine API, https://docs.docker.com/reference/api/engine/ (containers/json, containers/ID/json and
containers/ID/stats). Without a version in the path an engine answers in its own newest one; Podman's socket does too.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from aiohttp import ClientError, ClientSession, ClientTimeout, UnixConnector

Answer = Mapping[str, object]
"""An object that the engine sent, unread."""

AT_ONCE = 4
"""Questions asked side by side: an engine that is asked thirteen at once is slower for all the others it serves."""


class EngineError(Exception):
    """The engine can't be reached, or did not answer as expected."""


class Engine:
    """The engine behind one socket."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def ping(self) -> None:
        """Ask for a sign of life, which costs the engine nothing and waits for none of its locks.

        Raises:
            EngineError: There is none.
        """
        await self._ask("/_ping", {})

    async def containers(self, label: str) -> tuple[Answer, ...]:
        """Give every container that has a label, `NAME=VALUE`, running or not.

        Raises:
            EngineError: There is no answer.
        """
        filters = f'{{"label": ["{label}"]}}'
        listed = await self._ask("/containers/json", {"all": "1", "filters": filters})
        if not isinstance(listed, list):
            raise EngineError(f"expected a list of containers, saw {listed!r:.100}")
        return tuple(cast("list[Answer]", listed))

    async def container(self, name: str) -> Answer:
        """Give all that the engine knows of one container.

        Raises:
            EngineError: There is no answer.
        """
        return self._object(await self._ask(f"/containers/{name}/json", {}))

    async def stats(self, name: str) -> Answer:
        """Give what a container uses now; one reading, for which the engine need not wait.

        Raises:
            EngineError: There is no answer.
        """
        return self._object(await self._ask(f"/containers/{name}/stats", {"stream": "0", "one-shot": "1"}))

    async def _ask(self, path: str, parameters: dict[str, str]) -> object:
        try:
            async with self._turn, self._session.get(path, params=parameters) as answer:
                if not answer.ok:
                    raise EngineError(f"{path}: the engine answered {answer.status}")
                found: object = (
                    await answer.json() if answer.content_type == "application/json" else await answer.text()
                )
                return found
        except (ClientError, TimeoutError, ValueError) as error:
            raise EngineError(f"{path}: the engine can't be asked: {str(error) or type(error).__name__}") from error

    @staticmethod
    def _object(found: object) -> Answer:
        if not isinstance(found, dict):
            raise EngineError(f"expected an object, saw {found!r:.100}")
        return found


@asynccontextmanager
async def engine_at(socket: Path, within_s: float) -> AsyncIterator[Engine]:
    """Connect to an engine for as long as the block runs; each answer has to come within that time."""
    connector = UnixConnector(path=str(socket))
    timeout = ClientTimeout(total=within_s)
    async with ClientSession("http://engine", connector=connector, timeout=timeout) as session:
        yield Engine(session)
