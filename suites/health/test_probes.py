"""Every probe answers in time and agrees with the engine."""

from stackproof import Probe, Run

ANSWERS_WITHIN_S = 5.0


def test_a_probe_answers_within_5_s_and_agrees_with_the_engine(stack: Run, probe: Probe) -> None:
    """Liveness, readiness and startup succeed within 5 s, and the engine reports the service healthy."""
    reading = stack.service(probe.service).ask(probe.kind, within_s=ANSWERS_WITHIN_S)
    assert reading.ok, f"{probe} failed: {reading.detail}"
    assert reading.took_s <= ANSWERS_WITHIN_S
    assert reading.engine_state == "healthy", f"{probe} succeeded, but the engine reports {reading.engine_state}"


def test_every_running_service_has_all_three_probes(stack: Run) -> None:
    """Every running service can be asked whether it is alive, ready and started."""
    missing = [
        f"{service.name}: {kind}"
        for service in stack.services()
        for kind in ("liveness", "readiness", "startup")
        if kind not in {probe.kind for probe in service.service.probes}
    ]
    assert not missing
