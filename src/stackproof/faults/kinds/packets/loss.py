"""``loss``: packets that arrive at a service on a network are dropped at random."""

from dataclasses import dataclass

from stackproof.engine.port import RunningStack
from stackproof.faults.evidence.binomial import is_plausible, trials_for
from stackproof.faults.evidence.pings import PingCount, flood
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.network_interface import INTERFACE, NetworkInterface, unobservable_interface
from stackproof.faults.means.packet_filters import (
    chain_name,
    find_interface,
    install_chain,
    remove_chain,
    rule_comment,
)
from stackproof.faults.parameters import IntegerParameter
from stackproof.model import Evidence, FaultSpec

_PERCENT = IntegerParameter("percent", "share of the arriving packets that is dropped", "percent", 1, 100)
_LOST_ON_AVERAGE = 40  # as many are mistaken for none, or for twice as many, once in ten thousand times


@dataclass(frozen=True, slots=True)
class Loss:
    """A service that loses arriving packets.

    Attributes:
        interface: The interface on which they arrive.
        percent: The share of them that is dropped, in percent.
    """

    interface: NetworkInterface
    percent: int

    @property
    def _chain(self) -> str:
        return chain_name("loss", str(self.interface))

    def inject(self, engine: RunningStack) -> None:
        """Drop packets in the service's own network namespace, from any sender.

        Raises:
            FaultError: The service does not run, or its packets cannot be filtered.
        """
        host = self.interface.require_host(engine)
        comment = rule_comment(f"loss {self.interface} percent={self.percent}")
        chance = f"--match statistic --mode random --probability {self.percent / 100:g}"
        rule = f'--in-interface "${{dev:?}}" {comment} {chance} --jump DROP'
        install_chain(engine, self.interface.inside, self._chain, (rule,), find_interface(host))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Count the packets of a neighbour that are answered, and of others that stay within the service."""
        points = self.interface.vantage_points(engine)
        if points is None:
            return unobservable_interface(self.interface)
        outside = flood(engine, points.outside, points.host, trials_for(_LOST_ON_AVERAGE, self.percent))
        return self.judge(outside, flood(engine, points.inside, points.host, _LOST_ON_AVERAGE))

    def judge(self, outside: PingCount, inside: PingCount) -> Evidence:
        """Confirmed if the number of lost packets fits the percentage, and none is lost within the service."""
        control_is_complete = inside.sent > 0 and inside.lost == 0
        return Evidence(
            confirmed=control_is_complete and is_plausible(outside.lost, outside.sent, self.percent / 100),
            observed=f"{outside.lost} of {outside.sent} packets over {self.interface.network} were lost "
            f"({_percent(outside):.1f} %), and {inside.lost} of {inside.sent} within {self.interface.service}",
        )

    def heal(self, engine: RunningStack) -> None:
        """Drop no more packets."""
        remove_chain(engine, self.interface.inside, self._chain)


def _percent(seen: PingCount) -> float:
    return 100 * seen.lost / seen.sent if seen.sent else 0.0


def _bind(spec: FaultSpec, interface: NetworkInterface) -> Loss:
    return Loss(interface, _PERCENT.read(spec))


KIND = fault_kind(
    "loss",
    INTERFACE,
    "A random share of the packets that arrive at the service on a network is dropped.",
    (_PERCENT,),
    _bind,
)
