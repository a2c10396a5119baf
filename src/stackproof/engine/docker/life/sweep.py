"""Finds and removes what a run left in the engine: whatever carries its label, and nothing else."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.states import status_of
from stackproof.engine.port.leftovers import Leftovers
from stackproof.model.container import ContainerStatus
from stackproof.model.errors import EngineError

if TYPE_CHECKING:
    from docker.api import APIClient

_AT_ONCE = 10  # as many as docker-py keeps connections
_POLL_S = 0.1


class _Kind(StrEnum):
    CONTAINER = "container"
    NETWORK = "network"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class _Leftover:
    """One object in the engine."""

    kind: _Kind
    id: str
    name: str
    run: str
    folder: str
    is_paused: bool = False


def leftovers(run_id: str | None) -> Leftovers:
    """What the engine has of a run, or of every run where None is given.

    Raises:
        EngineError: The engine does not answer.
    """
    with engine_errors("listing what runs left"):
        return _by_kind(_find(connect().api, run_id))


def runs() -> dict[str, Path]:
    """Every run that has something in the engine, with the folder that its label names.

    Raises:
        EngineError: The engine does not answer.
    """
    with engine_errors("listing what runs left"):
        found = _find(connect().api, None)
    return {each.run: Path(each.folder) for each in found if each.folder}


def sweep(run_id: str | None, deadline_s: float = 60.0, quiet_s: float = 0.0) -> Leftovers:
    """Remove what the engine has of a run, or of every run where None is given; return what was removed.

    Args:
        run_id: The run, or None.
        deadline_s: How long it may take, in seconds.
        quiet_s: For how long nothing must have appeared before this ends, in seconds. More than 0 where an orphaned
            ``docker compose up`` may still be creating.

    Raises:
        EngineError: The engine does not answer, or something could not be removed in time.
    """
    deadline = time.monotonic() + deadline_s
    seen_at = time.monotonic()
    removed: set[_Leftover] = set()
    with engine_errors("removing what a run left"):
        api = connect().api
        while (found := _find(api, run_id)) or time.monotonic() < seen_at + quiet_s:
            refusals = _remove(api, found)
            if time.monotonic() >= deadline:
                raise _not_removed(run_id, found, refusals, deadline_s)
            removed.update(found)
            seen_at = time.monotonic() if found else seen_at
            time.sleep(_POLL_S)
    return _by_kind(removed)


def _find(api: "APIClient", run_id: str | None) -> tuple[_Leftover, ...]:
    wanted = {"label": labels.RUN if run_id is None else f"{labels.RUN}={run_id}"}
    containers = api.containers(all=True, filters=wanted)
    networks = api.networks(filters=wanted)
    volumes = api.volumes(filters=wanted)["Volumes"] or ()
    return (
        *(_container(each) for each in containers),
        *(_Leftover(_Kind.NETWORK, each["Id"], each["Name"], *_run_of(each)) for each in networks),
        *(_Leftover(_Kind.VOLUME, each["Name"], each["Name"], *_run_of(each)) for each in volumes),
    )


def _container(listed: dict[str, Any]) -> _Leftover:
    name = next(iter(listed["Names"] or ()), listed["Id"]).removeprefix("/")
    is_paused = status_of(listed["State"]) is ContainerStatus.PAUSED
    return _Leftover(_Kind.CONTAINER, listed["Id"], name, *_run_of(listed), is_paused=is_paused)


def _run_of(listed: dict[str, Any]) -> tuple[str, str]:
    return listed["Labels"][labels.RUN], listed["Labels"].get(labels.FOLDER, "")


def _remove(api: "APIClient", found: Iterable[_Leftover]) -> tuple[str, ...]:
    """Remove containers, then the networks and volumes that they held; return what the engine refused."""
    refusals: list[str] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for kind in _Kind:
            batch = [each for each in found if each.kind is kind]
            refusals += [refusal for refusal in pool.map(lambda each: _remove_one(api, each), batch) if refusal]
    return tuple(refusals)


def _remove_one(api: "APIClient", found: _Leftover) -> str:
    from docker.errors import APIError  # noqa: PLC0415 - slow to import, needed late

    with suppress(APIError):  # it was unpaused, ended or was removed meanwhile
        if found.is_paused:
            api.unpause(found.id)  # not every engine can kill a frozen process
    try:
        match found.kind:
            case _Kind.CONTAINER:
                api.remove_container(found.id, v=True, force=True)
            case _Kind.NETWORK:
                api.remove_network(found.id)
            case _Kind.VOLUME:
                api.remove_volume(found.id)
    except APIError as error:  # it was removed meanwhile, or is in use for a moment more: the next round shows which
        return str(error.explanation or error)
    return ""


def _not_removed(
    run_id: str | None, found: Iterable[_Leftover], refusals: Iterable[str], within_s: float
) -> EngineError:
    whose = "any run" if run_id is None else f"run {run_id}"
    reasons = "; ".join(dict.fromkeys(refusals)) or "new ones keep coming"
    return EngineError(
        f"expected nothing of {whose} to be left after {within_s:g} s, saw {_by_kind(found)}: {reasons}",
        fix="stop what holds or creates them, then run `stackproof down --all`",
    )


def _by_kind(found: Iterable[_Leftover]) -> Leftovers:
    names = {kind: tuple(sorted({each.name for each in found if each.kind is kind})) for kind in _Kind}
    return Leftovers(names[_Kind.CONTAINER], names[_Kind.NETWORK], names[_Kind.VOLUME])
