"""``loss``: packets that arrive at a service on a network are dropped at random."""

from dataclasses import dataclass

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.chance import is_likely, tries_for
from stackproof.faults.evidence.pings import Tally, flood
from stackproof.faults.means.filters import chain_of, commented, find_interface, lift, put
from stackproof.faults.means.interface import Interface, InterfaceFault, unwatched
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import Evidence, FaultError, FaultSpec

_PERCENT = IntegerParameter("percent", "how many of the packets that arrive are dropped", "percent", 1, 100)
_LOST_ON_AVERAGE = 40  # that many cannot be told from none, or from twice as many, once in ten thousand times


@dataclass(frozen=True, slots=True)
class Loss:
    """A service that loses what arrives.

    Attributes:
        interface: Where it arrives.
        percent: How many of the packets that arrive are dropped.
    """

    interface: Interface
    percent: int

    @property
    def _chain(self) -> str:
        return chain_of("loss", str(self.interface))

    def inject(self, engine: RunningStack) -> None:
        """Drop packets in the service's own network namespace, whoever sent them."""
        host = self.interface.host(engine)
        if host is None:
            raise FaultError(f"expected {self.interface.service!r} to run on {self.interface.network!r}, it has ended")
        whose = commented(f"loss {self.interface} percent={self.percent}")
        chance = f"--match statistic --mode random --probability {self.percent / 100:g}"
        rule = f'--in-interface "${{dev:?}}" {whose} {chance} --jump DROP'
        put(engine, self.interface.inside, self._chain, (rule,), find_interface(host))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Count the packets that a neighbour's kernel gets answered, and those that stay within the service."""
        view = self.interface.view(engine)
        if view is None:
            return unwatched(self.interface)
        over = flood(engine, view.outside, view.host, tries_for(_LOST_ON_AVERAGE, self.percent))
        return self.judge(over, flood(engine, view.inside, view.host, _LOST_ON_AVERAGE))

    def judge(self, over: Tally, within: Tally) -> Evidence:
        """As many must be lost as the percentage makes by chance, and none that does not cross the network."""
        is_well = within.sent > 0 and within.lost == 0
        return Evidence(
            confirmed=is_well and is_likely(over.lost, over.sent, self.percent / 100),
            observed=f"{over.lost} of {over.sent} packets over {self.interface.network} got lost "
            f"({_percent(over):.1f} %), and {within.lost} of {within.sent} within {self.interface.service}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Let all packets in."""
        lift(engine, self.interface.inside, self._chain)


def _percent(seen: Tally) -> float:
    return 100 * seen.lost / seen.sent if seen.sent else 0.0


def _bind(spec: FaultSpec, interface: Interface) -> Loss:
    return Loss(interface, _PERCENT.read(spec))


KIND = InterfaceFault(
    "loss", "Packets that arrive at the service on a network are dropped at random.", (_PERCENT,), _bind
)
