"""``dns_fail``: a service cannot look up one name."""

from dataclasses import dataclass

from stackproof.engine.port import Capability, RunningStack
from stackproof.faults.evidence.name_lookups import NO_ANSWER, NO_SUCH_NAME, LookupComparison, lookup_evidence
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.means.name_resolver import FAILING, silent_server, with_silent_server
from stackproof.faults.parameters import ChoiceParameter, NameParameter
from stackproof.faults.targets import SERVICE
from stackproof.model import Evidence, FaultSpec, Service

_NXDOMAIN, _SILENT = "nxdomain", "silent"
_NAME = NameParameter("name", "the name whose look-ups fail; its subdomains are not affected")
_MODE = ChoiceParameter("mode", "whether the answer is that there is no such name, or none comes", (_NXDOMAIN, _SILENT))
_ANSWERS = {_NXDOMAIN: NO_SUCH_NAME, _SILENT: NO_ANSWER}


@dataclass(frozen=True, slots=True)
class DnsFail:
    """A name that a service cannot look up.

    Attributes:
        service: The service that asks.
        name: The name.
        mode: ``nxdomain`` to answer that there is no such name, ``silent`` not to answer.
    """

    service: Service
    name: str
    mode: str

    def inject(self, engine: RunningStack) -> None:
        """Redirect its look-ups to a resolver of ours that does not know the name, or does not answer.

        Raises:
            FaultError: They cannot be redirected.
        """
        FAILING.redirect(engine, self.service.name, self._command(engine))

    def _command(self, engine: RunningStack) -> tuple[str, ...]:
        if self.mode == _NXDOMAIN:
            return FAILING.command(engine, self.name, f"--local=/{self.name}/")
        return with_silent_server(FAILING.command(engine, self.name, f"--server=/{self.name}/{silent_server()}"))

    def evidence(self, engine: RunningStack) -> Evidence:
        """Look up the name as the service does, and directly; and another name."""
        return lookup_evidence(engine, self.service, self.name, self.judge)

    def judge(self, seen: LookupComparison) -> Evidence:
        """Confirmed if each look-up fails in this way, none fails directly, and another name is found as usual."""
        fails = all(each == _ANSWERS[self.mode] for each in seen.name.redirected)
        exists = all(each.is_found for each in seen.name.direct)
        return Evidence(confirmed=fails and exists and seen.others_are_unaffected, observed=f"looked up {seen}")

    def heal(self, engine: RunningStack) -> None:
        """Let the engine answer its look-ups again."""
        FAILING.restore(engine, self.service.name)


def _bind(spec: FaultSpec, service: Service) -> DnsFail:
    return DnsFail(service, _NAME.read(spec), _MODE.read(spec))


KIND = fault_kind(
    "dns_fail",
    SERVICE,
    "The service's look-ups of one name fail.",
    (_NAME, _MODE),
    _bind,
    Capability.HELPERS,
    Capability.NAME_REDIRECTION,
)
