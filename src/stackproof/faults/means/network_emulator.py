"""Faults that the kernel's network emulator (tc-netem(8)) makes: installing it on an interface, and removing it.

It affects what leaves an interface, and so what a service sends. Not every kernel has it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from stackproof.engine.port import Capability, MissingCapabilityError, RunningStack
from stackproof.faults.means.network_interface import NetworkInterface
from stackproof.faults.means.packet_filters import find_interface, run_unless_ended
from stackproof.faults.requirements import FIXES
from stackproof.model import EngineError, Evidence, FaultError

_UNKNOWN = ("qdisc kind is unknown", "No such file or directory")  # the messages of new kernels, and of old ones
_TAKEN = ("File exists", "Exclusivity flag on")
_QUEUE = 100_000  # packets that may be held back at a time: netem drops any more


@dataclass(frozen=True, slots=True)
class EmulatedFault(ABC):
    """A fault that the network emulator makes on an interface.

    Attributes:
        interface: The interface.
    """

    interface: NetworkInterface

    @property
    @abstractmethod
    def kind(self) -> str:
        """Its name in the catalogue."""

    @property
    @abstractmethod
    def handle(self) -> str:
        """Its name in the kernel: four hexadecimal digits that no other kind uses."""

    @property
    @abstractmethod
    def emulation(self) -> str:
        """The arguments of tc after ``netem``."""

    @abstractmethod
    def evidence(self, engine: RunningStack) -> Evidence:
        """Observe whether it takes effect."""

    def inject(self, engine: RunningStack) -> None:
        """Install the emulator on the interface.

        Raises:
            FaultError: The service does not run, or the interface already has an emulator.
            MissingCapabilityError: The kernel has no emulator.
        """
        host = self.interface.require_host(engine)
        add = f'tc qdisc add dev "${{dev:?}}" root handle {self.handle}: netem limit {_QUEUE} {self.emulation}'
        try:
            engine.run_helper(self.interface.inside, ("sh", "-c", f"{self._removal(host)}\n{add}"))
        except EngineError as error:
            raise self._refused(error) from None

    def heal(self, engine: RunningStack) -> None:
        """Remove the emulator from the interface."""
        host = self.interface.host(engine)
        if host is not None:
            run_unless_ended(engine, self.interface.inside, self._removal(host))

    def _removal(self, host: str) -> str:
        """Removes an emulator of this kind only; that of another fault stays."""
        exists = f'tc qdisc show dev "$dev" | grep --quiet "netem {self.handle}: root"'
        return f"""\
{find_interface(host)}
if test -n "$dev" && {exists}; then tc qdisc del dev "$dev" root || exit 1; fi"""

    def _refused(self, error: EngineError) -> FaultError:
        """The kernel's error in terms of the fault."""
        if any(words in error.message for words in _UNKNOWN):
            capability = Capability.NETWORK_EMULATION
            reason = "the engine's kernel does not have it"
            return MissingCapabilityError(f"fault {self.kind!r}", capability, reason, fix=FIXES[capability])
        if any(words in error.message for words in _TAKEN):
            return FaultError(
                f"fault {self.kind!r}: the traffic that {self.interface.service!r} sends on "
                f"{self.interface.network!r} is already being shaped: {error.message}",
                fix="hold one of delay, duplicate and reorder at a time on an interface",
            )
        return FaultError(f"fault {self.kind!r} on {self.interface}: {error.message}")
