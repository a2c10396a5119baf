"""Role *tools*: other people's programs, run in our tools image."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Protocol


@dataclass(frozen=True, slots=True)
class ProgramOutput:
    """What a program printed, and its exit code.

    Attributes:
        code: Exit code.
        output: Standard output.
        errors: Standard error.
    """

    code: int
    output: bytes
    errors: str


class Toolbox(Protocol):
    """Runs programs of the tools image, each in a container of its own without network.

    Files go in and come out through standard input and output, so that neither user ids nor an engine on another
    machine matter.
    """

    def is_built(self) -> bool:
        """True where the image exists.

        Raises:
            EngineError: The engine does not answer.
        """

    def build(self, report: Callable[[str], None]) -> None:
        """Build the image where it is missing.

        Raises:
            EngineError: The build failed.
        """

    def run(self, command: tuple[str, ...], given: bytes, timeout_s: float) -> ProgramOutput:
        """Run a program to its end. The image has to exist.

        Args:
            command: The program and its arguments.
            given: Its standard input.
            timeout_s: How long it may take, in seconds.

        Raises:
            TimeoutError: It did not end in time.
        """

    def stream(
        self, command: tuple[str, ...], given: IO[bytes], environment: Mapping[str, str]
    ) -> AbstractContextManager[IO[bytes]]:
        """Run a program, and read its standard output while it runs. The image has to exist.

        Args:
            command: The program and its arguments.
            given: Its standard input.
            environment: Variables by name.

        Raises:
            EngineError: It ended with another exit code than 0, with what it printed on its standard error.
        """
