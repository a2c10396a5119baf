"""Queries the container engine over its socket.

Format: Docker Engine API, https://docs.docker.com/reference/api/engine/ (containers/json, containers/ID/json and
containers/ID/stats). Without a version in the path, engines use their newest one; so does Podman's socket.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from aiohttp import ClientError, ClientSession, ClientTimeout, UnixConnector

Answer = Mapping[str, object]
"""A JSON object from the engine, not yet interpreted."""

AT_ONCE = 4
"""Concurrent requests: more of them would slow the engine down for everybody else."""


class EngineError(Exception):
    """The engine cannot be reached, or did not answer as expected."""


class Engine:
    """The engine behind one socket."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def ping(self) -> None:
        """Check that the engine answers; this is cheap, and waits for none of its locks.

        Raises:
            EngineError: It does not.
        """
        await self._ask("/_ping", {})

    async def containers(self, label: str) -> tuple[Answer, ...]:
        """All containers that have a label, `NAME=VALUE`, running or not.

        Raises:
            EngineError: The engine does not answer.
        """
        filters = f'{{"label": ["{label}"]}}'
        listed = await self._ask("/containers/json", {"all": "1", "filters": filters})
        if not isinstance(listed, list):
            raise EngineError(f"expected a list of containers, saw {listed!r:.100}")
        return tuple(cast("list[Answer]", listed))

    async def container(self, name: str) -> Answer:
        """Inspect one container.

        Raises:
            EngineError: The engine does not answer.
        """
        return self._object(await self._ask(f"/containers/{name}/json", {}))

    async def stats(self, name: str) -> Answer:
        """A container's resource usage now; one reading, for which the engine does not have to wait.

        Raises:
            EngineError: The engine does not answer.
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
            raise EngineError(f"{path}: the engine cannot be queried: {str(error) or type(error).__name__}") from error

    @staticmethod
    def _object(found: object) -> Answer:
        if not isinstance(found, dict):
            raise EngineError(f"expected an object, saw {found!r:.100}")
        return found


@asynccontextmanager
async def engine_at(socket: Path, within_s: float) -> AsyncIterator[Engine]:
    """Connect to an engine for as long as the block runs; each answer must come within `within_s`."""
    connector = UnixConnector(path=str(socket))
    timeout = ClientTimeout(total=within_s)
    async with ClientSession("http://engine", connector=connector, timeout=timeout) as session:
        yield Engine(session)
