"""Observes all containers of the Compose project that this container belongs to."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from container_metrics.engine import Answer, Engine, EngineError
from container_metrics.settings import Settings
from container_metrics.usage import Seen, labels_of, number, part, started_at, usage_of

PROJECT = "com.docker.compose.project"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The project's containers at one moment."""

    at_s: float
    seen: tuple[Seen, ...]


class Project:
    """The project's services; the engine is queried again only when the last snapshot is older than `cache_s`."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._label = ""
        self._last: Snapshot | None = None
        self._lock = asyncio.Lock()

    async def why_not_ready(self) -> str:
        """Why there would be no metrics: the engine does not answer, or does not say which project this is."""
        try:
            await self._own_label()
            await self._engine.ping()
        except EngineError as error:
            return str(error)
        return ""

    async def snapshot(self) -> tuple[Seen, ...]:
        """Observe every service.

        Raises:
            EngineError: The engine does not answer.
        """
        async with self._lock:
            if self._last is None or time.monotonic() - self._last.at_s >= self._settings.cache_s:
                self._last = Snapshot(time.monotonic(), await self._all())
            return self._last.seen

    async def _all(self) -> tuple[Seen, ...]:
        listed = await self._engine.containers(await self._own_label())
        found = await asyncio.gather(*(self._one(service, each) for service, each in self._services(listed)))
        return tuple(each for each in found if each is not None)

    async def _own_label(self) -> str:
        if not self._label:
            labels = labels_of(await self._engine.container(self._settings.container))
            if PROJECT not in labels:
                raise EngineError(f"container {self._settings.container} has no label {PROJECT}: start it with Compose")
            self._label = f"{PROJECT}={labels[PROJECT]}"
        return self._label

    def _services(self, listed: Iterable[Answer]) -> Iterable[tuple[str, Answer]]:
        for container in listed:
            labels = labels_of(container)
            if not self._settings.skip_labels.intersection(labels.items()):
                yield _name(labels, self._settings.name_labels), container

    async def _one(self, service: str, container: Answer) -> Seen | None:
        container_id = str(container.get("Id"))
        try:
            inspected = await self._engine.container(container_id)
        except EngineError:
            return None  # it was removed since the list was made
        running = part(inspected, "State").get("Running") is True
        name = str(inspected.get("Name", "")).removeprefix("/")
        seen = Seen(service, name, running, started_at(inspected), number(inspected, "RestartCount"))
        if not running:
            return seen
        try:
            return replace(seen, usage=usage_of(await self._engine.stats(container_id)))
        except EngineError:
            return seen


def _name(labels: Mapping[str, str], name_labels: Iterable[str]) -> str:
    return next((labels[label] for label in name_labels if labels.get(label)), "unnamed")
