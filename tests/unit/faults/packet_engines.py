"""Fake engines for tests of faults of packets: one whose services have ended, and one that refuses helpers."""

from stackproof.engine.port import Place, ServiceAddress
from stackproof.model import EngineError
from tests.unit.fakes import FakeStack


class EndedEngine(FakeStack):
    """An engine whose services have ended, so that they have no addresses."""

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """None."""
        del service
        return ()


class RefusingEngine(FakeStack):
    """An engine whose helpers fail.

    Args:
        printed: What they print.

    Attributes:
        ends: True if the service ends with the first helper that fails.
    """

    def __init__(self, printed: str) -> None:
        super().__init__()
        self._printed = printed
        self._has_failed = False
        self.ends = False

    def addresses(self, service: str) -> tuple[ServiceAddress, ...]:
        """The usual ones until the service has ended."""
        return () if self._has_failed and self.ends else super().addresses(service)

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Fail."""
        del command, timeout_s
        self._has_failed = True
        raise EngineError(f"the helper of {place.service!r} exited with 2: {self._printed}")
