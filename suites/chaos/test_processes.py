"""What becomes of files and users when a process dies, hangs, or is asked to end."""

import pytest

from stackproof.model import Outcome, ProbeKind
from stackproof.pytest_plugin import Experiments, Measure
from stackproof.run.run import Run
from suites.chaos.files import PRIVATE, PUBLIC, assert_kept, stored_names, stored_since, transfer_in_flight
from suites.loads import Loads

BACK_WITHIN_S = 30.0
SEEN_WITHIN_S = 15.0


def test_acknowledged_files_survive_kill_9(experiment: Experiments, stack: Run, files: Loads) -> None:
    """Whoever has an acknowledgement gets the file back, byte for byte, after the server was killed under load."""
    with experiment("kill mime-server", loads=[files(PUBLIC), files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(20, SEEN_WITHIN_S)
    assert_kept(stack, held.ledger)


def test_a_transfer_in_flight_when_the_server_is_killed_is_whole_or_absent(experiment: Experiments, stack: Run) -> None:
    """Nobody ever reads half a file: what was cut off is not there, and was not acknowledged."""
    before = stored_names(stack)
    with transfer_in_flight(stack) as transfer:
        with experiment("kill mime-server", recovers_within_s=BACK_WITHIN_S):
            assert not transfer.finish(), "a killed server acknowledged a file"
        assert stored_since(stack, before) == {}, "a file that was never acknowledged is there in part"


def test_a_graceful_stop_drains(experiment: Experiments, stack: Run) -> None:
    """Asked to end, the server lets a transfer in flight finish and acknowledges it, ends by itself, and keeps it."""
    before = stored_names(stack)
    with transfer_in_flight(stack) as transfer:
        stack.engine.kill("mime-server", "SIGTERM")
        assert transfer.finish().get("status") == "ok", "the transfer in flight was cut off"
    server = stack.service("mime-server")
    try:
        server.wait_until_state("exited", within_s=SEEN_WITHIN_S)
        assert stack.engine.state("mime-server").exit_code == 0, "it did not end by itself"
    finally:
        server.start()
    server.wait_until(ProbeKind.READINESS, answers=True, within_s=BACK_WITHIN_S)
    assert set(stored_since(stack, before)) == {transfer.sha256}
    with experiment("terminate mime-server grace_s=10", recovers_within_s=BACK_WITHIN_S):
        assert stack.engine.state("mime-server").exit_code == 0, "it had to be killed"


def test_a_frozen_server_is_seen_by_readiness(experiment: Experiments, stack: Run, measure: Measure) -> None:
    """A server that hangs is taken out of service everywhere, and nobody is restarted for it."""
    with experiment("freeze mime-server", recovers_within_s=BACK_WITHIN_S):
        for name in ("mime-server", "public_app", "intranet_api"):
            waited_s = stack.service(name).wait_until(ProbeKind.READINESS, answers=False, within_s=SEEN_WITHIN_S)
            measure(f"{name}'s readiness says no after", waited_s)
        assert stack.service("public_app").ask(ProbeKind.LIVENESS).ok
        assert stack.service("intranet_api").ask(ProbeKind.LIVENESS).ok


@pytest.mark.parametrize(("app", "path"), [("public_app", "/"), ("intranet_api", "/api/stats")])
def test_the_gateway_answers_while_an_app_is_gone_and_finds_it_again(
    experiment: Experiments, pages: Loads, app: str, path: str
) -> None:
    """Users get 502 or 504 within the gateway's own time-outs, never a hang, and pages again without a restart."""
    with experiment(f"kill {app}", loads=[pages(path)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(60, within_s=40)
    assert any(each.outcome is Outcome.UNAVAILABLE for each in seen)
    assert {each.outcome for each in seen} <= {Outcome.UNAVAILABLE, Outcome.OK}


def test_users_see_pages_while_the_server_crashes_again_and_again(experiment: Experiments, pages: Loads) -> None:
    """The page does not need the file server: a crash loop of it costs no user the page."""
    with experiment("crash_loop mime-server every_ms=500", loads=[pages("/")], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(40, SEEN_WITHIN_S)
    assert {each.outcome for each in seen} == {Outcome.OK}


def test_a_restarted_gateway_serves_again(experiment: Experiments, pages: Loads) -> None:
    """A restart of the gateway costs moments, not the service."""
    with experiment("restart gateway grace_s=10", loads=[pages("/")], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(20, SEEN_WITHIN_S)
