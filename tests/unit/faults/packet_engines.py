"""Engines in memory for tests of faults of packets: where services have ended, and where a helper is refused."""

from stackproof.engine.port import Place, ServiceAddress
from stackproof.model import EngineError
from tests.unit.fakes import FakeStack


class EndedEngine(FakeStack):
    """Its services have ended, so they have no addresses."""

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """None."""
        del service
        return ()


class RefusingEngine(FakeStack):
    """Its helpers fail.

    Args:
        said: What they print.

    Attributes:
        ends: True where the service ends with the first helper that fails.
    """

    def __init__(self, said: str) -> None:
        super().__init__()
        self._words = said
        self._has_failed = False
        self.ends = False

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """Those of the fake, until the service has ended."""
        return () if self._has_failed and self.ends else super().addresses(service)

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Fail."""
        del command, timeout_s
        self._has_failed = True
        raise EngineError(f"the helper beside {place.service!r} ended with 2: {self._words}")
