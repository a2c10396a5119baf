"""``dns_fail``: a service cannot look up one name."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.lookups import NO_SUCH_NAME, SILENCE, Lookups, shown
from stackproof.faults.fault import ServiceFault
from stackproof.faults.means.resolver import FAILING, beside_a_mute, mute_server
from stackproof.faults.parameters import ChoiceParameter, NameParameter
from stackproof.model import Evidence, FaultSpec, Service

_NXDOMAIN, _SILENT = "nxdomain", "silent"
_NAME = NameParameter("name", "the name whose look-ups fail; names under it are others")
_MODE = ChoiceParameter("mode", "that there is no such name, or no answer at all", (_NXDOMAIN, _SILENT))
_ANSWERS = {_NXDOMAIN: NO_SUCH_NAME, _SILENT: SILENCE}


@dataclass(frozen=True, slots=True)
class DnsFail:
    """A name that a service cannot look up.

    Attributes:
        service: The service that asks.
        name: The name.
        mode: ``nxdomain`` where it is told that there is no such name, ``silent`` where it is told nothing.
    """

    service: Service
    name: str
    mode: str

    def inject(self, engine: RunningStack) -> None:
        """Lead its look-ups to a resolver of ours that knows no such name, or says nothing."""
        FAILING.lead(engine, self.service.name, self._command(engine))

    def _command(self, engine: RunningStack) -> tuple[str, ...]:
        if self.mode == _NXDOMAIN:
            return FAILING.answering(engine, self.name, f"--local=/{self.name}/")
        return beside_a_mute(FAILING.answering(engine, self.name, f"--server=/{self.name}/{mute_server()}"))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Look the name up as the service does, and past our resolver; and another name."""
        return shown(engine, self.service, self.name, self.judge)

    def judge(self, seen: Lookups) -> Evidence:
        """Each time the look-up must fail in this way, where it does not without the fault; the other name is found."""
        fails = all(each == _ANSWERS[self.mode] for each in seen.name.led)
        is_there = all(each.is_found for each in seen.name.free)
        return Evidence(confirmed=fails and is_there and seen.others_are_sound, observed=f"looked up {seen}")

    def heal(self, engine: RunningStack) -> None:
        """Lead its look-ups to the engine again."""
        FAILING.unlead(engine, self.service.name)


def _bind(spec: FaultSpec, service: Service) -> DnsFail:
    return DnsFail(service, _NAME.read(spec), _MODE.read(spec))


KIND = ServiceFault(
    "dns_fail",
    "The service's look-ups of one name fail.",
    (_NAME, _MODE),
    _bind,
    needs=(Capability.HELPERS, Capability.NAME_REDIRECTION),
)
