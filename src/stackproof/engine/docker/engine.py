"""Docker with Compose as an engine of the port.

A boot begins here, so that what a call needs is imported when it is called: ``prove`` has Compose resolve its file
before anything else is imported.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stackproof.engine.docker.compose.resolving import Resolving
    from stackproof.engine.docker.docker_stack import DockerStack
    from stackproof.engine.docker.life.sentinel import Sentinel
    from stackproof.engine.docker.toolbox import DockerToolbox
    from stackproof.engine.port import (
        Capability,
        Declaration,
        DeclarationReading,
        Leftovers,
        OwnFile,
        Report,
        StartOrder,
    )


class DockerEngine:
    """Docker with Compose; see ``port.Engine`` for what each call means."""

    @property
    def file_names(self) -> tuple[str, ...]:
        """Usual names of a compose file, in Compose's own order.

        Source: https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file.
        """
        return ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")

    @property
    def toolbox(self) -> "DockerToolbox":
        """Our tools image."""
        from stackproof.engine.docker.toolbox import DockerToolbox  # noqa: PLC0415 - see the module's docstring

        return DockerToolbox()

    def lacks(self, capability: "Capability") -> str | None:
        """Why the engine or its kernel lacks a capability, or None."""
        from stackproof.engine.docker.lacking import why_lacking  # noqa: PLC0415 - see the module's docstring

        return why_lacking(capability)

    def connect(self) -> None:
        """Connect to the engine now, and import what every boot needs before it starts anything."""
        import stackproof.engine.docker.compose.compose_declaration  # noqa: PLC0415 - that is what it is for
        import stackproof.engine.docker.life.sentinel  # noqa: PLC0415 - as above
        import stackproof.engine.docker.life.start  # noqa: PLC0415 - as above
        import stackproof.engine.docker.life.sweep  # noqa: F401, PLC0415 - as above
        from stackproof.engine.docker.api_client import connect  # noqa: PLC0415 - as above

        connect()

    def preload(self) -> None:
        """Import what a start needs."""
        import stackproof.engine.docker.life.launch  # noqa: F401, PLC0415 - that is what it is for

    def begin_reading(self, file: Path) -> "Resolving":
        """Begin to resolve a compose file."""
        from stackproof.engine.docker.compose.resolving import Resolving  # noqa: PLC0415 - see the module's docstring

        return Resolving(file)

    def read(self, file: Path, reading: "DeclarationReading | None" = None) -> "Declaration":
        """Read a compose file."""
        from stackproof.engine.docker.compose.compose_declaration import read  # noqa: PLC0415 - see the module's docstring

        return read(file, reading)

    def start(self, order: "StartOrder", report: "Report") -> "DockerStack":
        """Build the images that are missing, and start the stack."""
        from stackproof.engine.docker.life.start import start  # noqa: PLC0415 - see the module's docstring

        manifest = start(order, report)
        from stackproof.engine.docker.docker_stack import DockerStack  # noqa: PLC0415 - not before the stack runs

        return DockerStack(manifest)

    def interrupt_starts(self) -> None:
        """End the builds and the Compose commands that this process waits for."""
        from stackproof.engine.docker.life.orphans import end_engine_commands  # noqa: PLC0415 - see the module's docstring

        end_engine_commands(os.getpid())

    def find(self, folder: Path) -> "DockerStack":
        """The running stack whose run has this folder."""
        from stackproof.engine.docker.docker_stack import DockerStack  # noqa: PLC0415 - as above
        from stackproof.engine.docker.life.manifest import load  # noqa: PLC0415 - see the module's docstring

        return DockerStack(load(folder))

    def runs(self) -> Mapping[str, Path]:
        """The folder of every run that has something in the engine."""
        from stackproof.engine.docker.life.sweep import runs  # noqa: PLC0415 - see the module's docstring

        return runs()

    def leftovers(self, run: str | None) -> "Leftovers":
        """What the engine has of a run, or of every run."""
        from stackproof.engine.docker.life.sweep import leftovers  # noqa: PLC0415 - see the module's docstring

        return leftovers(run)

    def sweep(self, run: str | None, deadline_s: float = 60.0) -> "Leftovers":
        """Remove whatever the engine has of a run, or of every run."""
        from stackproof.engine.docker.life.sweep import sweep  # noqa: PLC0415 - see the module's docstring

        return sweep(run, deadline_s)

    def guard(self, run: str, folder: Path, instead: tuple[str, ...] = ()) -> "Sentinel":
        """A sentinel that sweeps a run once the harness is gone."""
        from stackproof.engine.docker.life.sentinel import Sentinel  # noqa: PLC0415 - see the module's docstring

        return Sentinel(run, folder, instead)

    def service_images(self, declaration: "Declaration", report: Callable[[str], None]) -> tuple[str, ...]:
        """Names of the images that the services are built as; a missing one is built."""
        from stackproof.engine.docker.compose.compose_declaration import compose_of  # noqa: PLC0415 - see above
        from stackproof.engine.docker.images.needed import images_for  # noqa: PLC0415 - see above

        images = images_for(compose_of(declaration), declaration.stack.file, report)
        return tuple(sorted(set(images.services.values())))

    def own_files(self, images: Sequence[str], base: str) -> "Iterator[OwnFile]":
        """Every file of every layer above the base that no Debian package owns."""
        from stackproof.engine.docker.images.contents import own_files  # noqa: PLC0415 - see above

        return own_files(images, base)

    def remove_images(self) -> tuple[str, ...]:
        """Remove every image that stackproof built and that no container uses."""
        from stackproof.engine.docker.images.build import prune_stale_images  # noqa: PLC0415 - see above

        return prune_stale_images(())


ENGINE = DockerEngine()
"""Docker, as the environment names it (DOCKER_HOST)."""
