"""A service that dies is noticed, and so is its return."""

from stackproof import Measure, ProbeKind, Run

SEEN_WITHIN_S = 30.0
ALL_HEALTHY_WITHIN_S = 60.0


def test_a_killed_service_is_reported_down_and_after_a_restart_up(
    stack: Run, service_name: str, measure: Measure
) -> None:
    """Its probes and the engine both show that a service died, and that it came back."""
    service = stack.service(service_name)
    with stack.fault(f"kill {service_name}"):
        measure("not alive after", service.wait_until(ProbeKind.LIVENESS, answers=False, within_s=SEEN_WITHIN_S))
        measure("the engine reports exited after", service.wait_until_state("exited", within_s=SEEN_WITHIN_S))
    measure("alive after", service.wait_until(ProbeKind.LIVENESS, answers=True, within_s=SEEN_WITHIN_S))
    measure("ready after", service.wait_until(ProbeKind.READINESS, answers=True, within_s=SEEN_WITHIN_S))
    measure("the engine reports healthy after", service.wait_until_state("healthy", within_s=SEEN_WITHIN_S))
    for other in stack.services():
        other.wait_until(ProbeKind.READINESS, answers=True, within_s=ALL_HEALTHY_WITHIN_S)
        other.wait_until_state("healthy", within_s=ALL_HEALTHY_WITHIN_S)
