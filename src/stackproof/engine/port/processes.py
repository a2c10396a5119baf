"""Role *processes*: the state of services, and ending, freezing and starting them."""

from collections.abc import Mapping
from typing import Protocol

from stackproof.model.container import ContainerState


class Processes(Protocol):
    """The processes of a running stack's services.

    Every call that names a service raises DeclarationError where the stack has none of this name, and EngineError
    where the engine does not answer or the service has no container.
    """

    def state(self, service: str) -> ContainerState:
        """The state of a service's container; ABSENT where it has none."""

    def all_states(self) -> Mapping[str, ContainerState]:
        """The state of every service that starts with the stack, in one question; without exit codes and times."""

    def now_s(self) -> float:
        """The engine's clock, in seconds since 1970: what ``started_at`` is compared with."""

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        """Send a signal to the service's first process.

        Raises:
            EngineError: The service does not run.
        """

    def start(self, service: str) -> None:
        """Start a service that has ended. Does nothing where it runs.

        Raises:
            EngineError: The service is frozen.
        """

    def stop(self, service: str, grace_s: float = 10.0) -> None:
        """Ask a service to end with its own stop signal, and kill it after the grace. Does nothing where it has ended.

        Args:
            service: Name of the service.
            grace_s: How long it has to end by itself, in seconds.
        """

    def pause(self, service: str) -> None:
        """Freeze a service. Does nothing where it is frozen."""

    def unpause(self, service: str) -> None:
        """Let a frozen service go on. Does nothing where it is not frozen."""

    def suspend_restart(self, service: str) -> None:
        """From now on the engine does not start the service again by itself, however it ends."""

    def restore_restart(self, service: str) -> None:
        """The engine starts the service again, or does not, as it is declared."""

    def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Run a command inside the service's container, and return what it printed.

        Args:
            service: Name of the service.
            command: The command and its arguments.
            timeout_s: How long it may take, in seconds.

        Raises:
            EngineError: It failed, or did not end in time.
        """

    def logs(self, service: str, tail: int = 200) -> str:
        """The last lines of the service's log, each with its time.

        Args:
            service: Name of the service.
            tail: How many lines.
        """
