"""The manifest of a running stack: the file in its run's folder by which any process finds its containers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from stackproof.engine.docker.compose.layout import Access
from stackproof.engine.toxiproxy.listener import Listener
from stackproof.model import EngineError, Stack

_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class RunManifest:
    """A stack that was started.

    Attributes:
        run: The run's id.
        project: Name of its Compose project.
        folder: The run's folder.
        stack: The stack as declared.
        listeners: What each proxy listens on, by the name of the service that it stands before.
        access: How the harness reaches the proxies.
    """

    run: str
    project: str
    folder: Path
    stack: Stack
    listeners: Mapping[str, tuple[Listener, ...]]
    access: Access = Access.LOOPBACK


_MANIFEST: TypeAdapter[RunManifest] = TypeAdapter(RunManifest)


def save(manifest: RunManifest) -> None:
    """Write it into the run's folder."""
    (manifest.folder / _FILE).write_bytes(_MANIFEST.dump_json(manifest, indent=2))


def load(folder: Path) -> RunManifest:
    """Read it from a run's folder.

    Raises:
        EngineError: There is none, or it is broken.
    """
    file = folder / _FILE
    try:
        return _MANIFEST.validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise EngineError(
            f"expected the record of a running stack, but: {error}",
            where=str(file),
            fix="remove what is left of it with `stackproof down --all`",
        ) from None
