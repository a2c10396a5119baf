"""Every service is tried with every family of faults, or has a written reason."""

import pytest

from stackproof import Experiments, Family, ProbeKind, Profile, Run

BACK_WITHIN_S = 60.0
NO_NAME = "it looks up no name"
NO_USER = "it serves no user, and its absence is a claim about alerts"
REASONS = {
    ("mime-server", Family.NAMES_AND_TIME): f"{NO_NAME}; its clock is a claim of test_names_and_time.py",
    ("node-exporter", Family.NAMES_AND_TIME): NO_NAME,
    ("container-metrics", Family.NAMES_AND_TIME): NO_NAME,
    ("receivers", Family.NAMES_AND_TIME): NO_NAME,
    ("prometheus", Family.RESOURCES): NO_USER,
    ("alertmanager", Family.RESOURCES): NO_USER,
}
"""Why a service is not tried with a family."""

WATCHERS = ("alertmanager", "node-exporter", "container-metrics", "receivers")
"""They watch the others: no user and no other service depends on them."""

LEFT_TO_NIGHTLY = (
    "nothing depends on it: the quick profile only freezes it, the nightly profile tries it with every family"
)

ASKS_FOR = {
    "gateway": "public_app",
    "public_app": "mime-server.public_net",
    "intranet_api": "mime-server.private_net",
    "nginx-exporter": "gateway",
    "prometheus": "mime-server",
    "alertmanager": "receivers",
}
"""A name that each service looks up to do its work."""


def _fault(stack: Run, name: str, family: Family) -> str:
    """A mild fault of the family, aimed at the service."""
    service = stack.service(name).service
    match family:
        case Family.LINKS:
            port = service.probe(ProbeKind.READINESS).port
            return f"latency {service.networks[0]}/{name}:{port} latency_ms=300"
        case Family.PACKETS:
            return f"loss {service.networks[0]}/{name} percent=20"
        case Family.PROCESSES:
            return f"freeze {name}"
        case Family.RESOURCES:
            return f"cpu {name} percent=5"
        case Family.NAMES_AND_TIME:
            return f"dns_fail {name} name={ASKS_FOR[name]}"


def _why_not(stack: Run, name: str, family: Family) -> str:
    quick = stack.settings.profile is Profile.QUICK
    later = quick and name in WATCHERS and family is not Family.PROCESSES
    return REASONS.get((name, family), LEFT_TO_NIGHTLY if later else "")


@pytest.mark.parametrize("family", Family)
def test_a_service_recovers_by_itself(stack: Run, experiment: Experiments, service_name: str, family: Family) -> None:
    """After a short fault of any family on one service, the stack recovers without help."""
    if reason := _why_not(stack, service_name, family):
        stack.exempt(service_name, family, reason)
        pytest.skip(f"{service_name} is not tried with faults of {family}: {reason}")
    with experiment(_fault(stack, service_name, family), recovers_within_s=BACK_WITHIN_S):
        pass


def test_every_exemption_names_a_running_service(stack: Run) -> None:
    """An exemption for a service that does not exist would hide a hole in the matrix."""
    standing = {service.name for service in stack.stack.standing}
    assert {service for service, _ in REASONS} <= standing
    assert {*ASKS_FOR, *WATCHERS} <= standing
