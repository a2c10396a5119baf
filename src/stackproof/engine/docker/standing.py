"""The record of a standing run in its folder, by which another process finds its way around in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from stackproof.engine.docker.compose.ground import Reach
from stackproof.engine.toxiproxy.listener import Listener
from stackproof.model import EngineError, Stack

_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class Standing:
    """A run whose stack was started.

    Attributes:
        run: Its id.
        project: Compose project name.
        folder: Its folder.
        stack: The stack as declared.
        listeners: What each proxy listens on, by the name of the service it stands before.
        reach: How its gates are reached.
    """

    run: str
    project: str
    folder: Path
    stack: Stack
    listeners: Mapping[str, tuple[Listener, ...]]
    reach: Reach = Reach.LOOPBACK


_STANDING: TypeAdapter[Standing] = TypeAdapter(Standing)


def save(standing: Standing) -> None:
    """Write the record."""
    (standing.folder / _FILE).write_bytes(_STANDING.dump_json(standing, indent=2))


def load(folder: Path) -> Standing:
    """Read the record.

    Raises:
        EngineError: There is none, or it is broken.
    """
    file = folder / _FILE
    try:
        return _STANDING.validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise EngineError(
            f"expected the record of a standing run, but: {error}",
            where=str(file),
            fix="remove what is left of it with `stackproof down --all`",
        ) from None
