"""What faults share that the kernel's network emulator (tc-netem(8)) makes: putting it on an interface, taking it off.

It disturbs what leaves an interface, and so what a service sends. Not every kernel has it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from stackproof.engine.port import Capability, MissingCapabilityError, RunningStack
from stackproof.faults.means.filters import find_interface, undo
from stackproof.faults.means.interface import Interface
from stackproof.model import EngineError, Evidence, FaultError

_UNKNOWN = ("qdisc kind is unknown", "No such file or directory")  # as new kernels say it, and old ones
_TAKEN = ("File exists", "Exclusivity flag on")
WITHOUT_EMULATION = "load the module there (modprobe sch_netem), or use `latency` or `loss`, which work without it"
"""What to do where the kernel lacks the emulator."""

_QUEUE = 100_000  # packets that may be held back at once: netem drops what is more


@dataclass(frozen=True, slots=True)
class NetemFault(ABC):
    """A fault that the network emulator makes on an interface.

    Attributes:
        interface: Where.
    """

    interface: Interface

    @property
    @abstractmethod
    def kind(self) -> str:
        """Its name in the catalogue."""

    @property
    @abstractmethod
    def handle(self) -> str:
        """What it is called in the kernel, four hexadecimal digits that no other kind has."""

    @property
    @abstractmethod
    def emulation(self) -> str:
        """What tc is told after ``netem``."""

    @abstractmethod
    def evidence(self, engine: RunningStack) -> Evidence:
        """See whether it bites."""

    def inject(self, engine: RunningStack) -> None:
        """Put the emulator on the interface."""
        host = self.interface.host(engine)
        if host is None:
            raise FaultError(f"expected {self.interface.service!r} to run on {self.interface.network!r}, it has ended")
        add = f'tc qdisc add dev "${{dev:?}}" root handle {self.handle}: netem limit {_QUEUE} {self.emulation}'
        try:
            engine.run_helper(self.interface.inside, ("sh", "-c", f"{self._removal(host)}\n{add}"))
        except EngineError as error:
            raise self._refused(error) from None

    def heal(self, engine: RunningStack) -> None:
        """Take the emulator off the interface."""
        host = self.interface.host(engine)
        if host is not None:
            undo(engine, self.interface.inside, self._removal(host))

    def _removal(self, host: str) -> str:
        """Only an emulator of this kind is removed; that which another fault put there stays."""
        there = f'tc qdisc show dev "$dev" | grep --quiet "netem {self.handle}: root"'
        return f"""\
{find_interface(host)}
if test -n "$dev" && {there}; then tc qdisc del dev "$dev" root || exit 1; fi"""

    def _refused(self, error: EngineError) -> FaultError:
        """The kernel's word in ours."""
        if any(word in error.message for word in _UNKNOWN):
            why = "the engine's kernel does not have it"
            return MissingCapabilityError(
                f"fault {self.kind!r}", Capability.NETWORK_EMULATION, why, fix=WITHOUT_EMULATION
            )
        if any(word in error.message for word in _TAKEN):
            return FaultError(
                f"fault {self.kind!r}: something else shapes what {self.interface.service!r} sends on "
                f"{self.interface.network!r} already: {error.message}",
                fix="hold one of delay, duplicate and reorder at a time on an interface",
            )
        return FaultError(f"fault {self.kind!r} on {self.interface}: {error.message}")
