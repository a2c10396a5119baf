"""Readiness shows whether a service can do its job; liveness, whether its process works."""

import pytest

from stackproof import Measure, ProbeKind, Run

SEEN_WITHIN_S = 30.0


@pytest.mark.parametrize(
    ("service_name", "link"),
    [
        ("public_app", "public_net/mime-server:65432"),
        ("intranet_api", "private_net/mime-server:65432"),
        ("gateway", "public_net/public_app:5000"),
        ("gateway", "public_net/intranet_api:5001"),
        ("nginx-exporter", "public_net/gateway:8080"),
    ],
)
def test_a_service_without_its_dependency_is_not_ready_but_alive(
    stack: Run, measure: Measure, service_name: str, link: str
) -> None:
    """A service that cannot reach a dependency gets no traffic and is not restarted; with the link, it is ready."""
    service = stack.service(service_name)
    assert service.ask(ProbeKind.READINESS).ok
    with stack.fault(f"down {link}"):
        measure("not ready after", service.wait_until(ProbeKind.READINESS, answers=False, within_s=SEEN_WITHIN_S))
        assert service.ask(ProbeKind.LIVENESS).ok
        measure("unhealthy after", service.wait_until_state("unhealthy", within_s=SEEN_WITHIN_S))
        assert service.ask(ProbeKind.LIVENESS).ok
    measure("ready after", service.wait_until(ProbeKind.READINESS, answers=True, within_s=SEEN_WITHIN_S))
    service.wait_until_state("healthy", within_s=SEEN_WITHIN_S)


def test_the_server_is_not_ready_while_its_storage_is_read_only(stack: Run, measure: Measure) -> None:
    """A file server that cannot store is not ready, but alive."""
    server = stack.service("mime-server")
    try:
        stack.engine.exec("mime-server", ("chmod", "0500", "/storage"))
        measure("not ready after", server.wait_until(ProbeKind.READINESS, answers=False, within_s=SEEN_WITHIN_S))
        assert server.ask(ProbeKind.LIVENESS).ok
    finally:
        stack.engine.exec("mime-server", ("chmod", "0700", "/storage"))
    measure("ready after", server.wait_until(ProbeKind.READINESS, answers=True, within_s=SEEN_WITHIN_S))
    server.wait_until_state("healthy", within_s=SEEN_WITHIN_S)
