"""Programs of the tools image, each in a container of its own."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from stackproof.engine.docker.images.build import TOOLS, ensure_image, image_name, local_images
from stackproof.engine.port.tools import ProgramOutput
from stackproof.model import EngineError

_RUN = ("docker", "run", "--interactive", "--rm", "--init", "--network=none")
_LAST_CHARACTERS = 500


class DockerToolbox:
    """Runs programs of the tools image; see ``port.Toolbox`` for what each call means."""

    def is_built(self) -> bool:
        """True where the image exists."""
        local = local_images()
        return image_name(TOOLS, local) in local

    def build(self, report: Callable[[str], None]) -> None:
        """Build the image where it is missing."""
        ensure_image(TOOLS, report)

    def run(self, command: tuple[str, ...], given: bytes, timeout_s: float) -> ProgramOutput:
        """Run a program to its end."""
        try:
            done = subprocess.run(
                (*_RUN, _image(), *command), input=given, capture_output=True, timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        return ProgramOutput(done.returncode, done.stdout, done.stderr.decode(errors="replace").strip())

    @contextmanager
    def stream(self, command: tuple[str, ...], given: IO[bytes], environment: Mapping[str, str]) -> Iterator[IO[bytes]]:
        """Run a program, and read its standard output while it runs."""
        variables = (f"--env={name}={value}" for name, value in environment.items())
        with (
            tempfile.TemporaryFile() as errors,
            subprocess.Popen(
                (*_RUN, *variables, _image(), *command), stdin=given, stdout=subprocess.PIPE, stderr=errors
            ) as process,
        ):
            assert process.stdout is not None, "it was asked for"  # noqa: S101 - for the types
            try:
                yield process.stdout
            except BaseException:
                process.terminate()  # the container's init passes it on, and --rm does the rest
                raise
            if process.wait() != 0:
                errors.seek(0)
                raise EngineError(errors.read().decode(errors="replace").strip()[-_LAST_CHARACTERS:])


def _image() -> str:
    return image_name(TOOLS, local_images())
