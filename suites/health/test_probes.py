"""Every service's probes answer in time, and tell what the engine tells."""

from stackproof import Probe, Run

ANSWERS_WITHIN_S = 5.0


def test_a_probe_answers_within_5_s_and_agrees_with_the_engine(stack: Run, probe: Probe) -> None:
    """Liveness, readiness and startup say yes within 5 s of a sound stack, and the engine calls the service healthy."""
    reading = stack.service(probe.service).ask(probe.kind, within_s=ANSWERS_WITHIN_S)
    assert reading.ok, f"{probe} says no: {reading.detail}"
    assert reading.took_s <= ANSWERS_WITHIN_S
    assert reading.engine_state == "healthy", f"{probe} says yes, the engine says {reading.engine_state}"


def test_every_standing_service_has_the_three_probes(stack: Run) -> None:
    """No service stands that cannot be asked whether it lives, is ready, and has started."""
    missing = [
        f"{service.name}: {kind}"
        for service in stack.services()
        for kind in ("liveness", "readiness", "startup")
        if kind not in {probe.kind for probe in service.service.probes}
    ]
    assert not missing
