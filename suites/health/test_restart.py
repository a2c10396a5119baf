"""A service that dies is seen, and seen again when it is back."""

from stackproof.model import ProbeKind
from stackproof.pytest_plugin import Measure
from stackproof.run.run import Run

SEEN_WITHIN_S = 30.0
ALL_WELL_WITHIN_S = 60.0


def test_a_killed_service_is_seen_as_down_and_restarted_as_up(stack: Run, service_name: str, measure: Measure) -> None:
    """Nobody has to tell that a service died or came back: its probes and the engine both show it."""
    service = stack.service(service_name)
    with stack.fault(f"kill {service_name}"):
        measure("liveness says no after", service.wait_until(ProbeKind.LIVENESS, answers=False, within_s=SEEN_WITHIN_S))
        measure("the engine says exited after", service.wait_until_state("exited", within_s=SEEN_WITHIN_S))
    measure("liveness says yes after", service.wait_until(ProbeKind.LIVENESS, answers=True, within_s=SEEN_WITHIN_S))
    measure("ready after", service.wait_until(ProbeKind.READINESS, answers=True, within_s=SEEN_WITHIN_S))
    measure("the engine says healthy after", service.wait_until_state("healthy", within_s=SEEN_WITHIN_S))
    for other in stack.services():
        other.wait_until(ProbeKind.READINESS, answers=True, within_s=ALL_WELL_WITHIN_S)
        other.wait_until_state("healthy", within_s=ALL_WELL_WITHIN_S)
