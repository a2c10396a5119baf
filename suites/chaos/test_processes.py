"""What happens to files and users when a process dies, hangs or is stopped."""

import pytest

from stackproof import Experiments, Measure, Outcome, ProbeKind, Run
from suites.chaos.files import PRIVATE, PUBLIC, assert_kept, stored_names, stored_since, transfer_in_flight
from suites.loads import Loads

BACK_WITHIN_S = 30.0
SEEN_WITHIN_S = 15.0


def test_acknowledged_files_survive_kill_9(experiment: Experiments, stack: Run, files: Loads) -> None:
    """Every file that was acknowledged before the server was killed under load is given back byte for byte."""
    with experiment("kill mime-server", loads=[files(PUBLIC), files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(20, SEEN_WITHIN_S)
    assert_kept(stack, held.ledger)


def test_a_transfer_that_a_kill_interrupts_leaves_a_whole_file_or_none(experiment: Experiments, stack: Run) -> None:
    """No client ever reads half a file: an interrupted transfer is not acknowledged, and not stored in part."""
    before = stored_names(stack)
    with transfer_in_flight(stack) as transfer:
        with experiment("kill mime-server", recovers_within_s=BACK_WITHIN_S):
            assert not transfer.finish(), "a killed server acknowledged a file"
        assert stored_since(stack, before) == {}, "a file that was never acknowledged is stored in part"


def test_a_graceful_stop_drains(experiment: Experiments, stack: Run) -> None:
    """On SIGTERM the server finishes the transfer in flight, acknowledges and keeps the file, and exits by itself."""
    before = stored_names(stack)
    with transfer_in_flight(stack) as transfer:
        stack.engine.kill("mime-server", "SIGTERM")
        assert transfer.finish().get("status") == "ok", "the transfer in flight was interrupted"
    server = stack.service("mime-server")
    try:
        server.wait_until_state("exited", within_s=SEEN_WITHIN_S)
        assert stack.engine.state("mime-server").exit_code == 0, "it did not exit by itself"
    finally:
        server.start()
    server.wait_until(ProbeKind.READINESS, answers=True, within_s=BACK_WITHIN_S)
    assert set(stored_since(stack, before)) == {transfer.sha256}
    with experiment("terminate mime-server grace_s=10", recovers_within_s=BACK_WITHIN_S):
        assert stack.engine.state("mime-server").exit_code == 0, "it had to be killed"


def test_a_frozen_server_fails_readiness(experiment: Experiments, stack: Run, measure: Measure) -> None:
    """A server that hangs makes itself and both apps unready, and no app is restarted for it."""
    with experiment("freeze mime-server", recovers_within_s=BACK_WITHIN_S):
        for name in ("mime-server", "public_app", "intranet_api"):
            waited_s = stack.service(name).wait_until(ProbeKind.READINESS, answers=False, within_s=SEEN_WITHIN_S)
            measure(f"{name} not ready after", waited_s)
        assert stack.service("public_app").ask(ProbeKind.LIVENESS).ok
        assert stack.service("intranet_api").ask(ProbeKind.LIVENESS).ok


@pytest.mark.parametrize(("app", "path"), [("public_app", "/"), ("intranet_api", "/api/stats")])
def test_the_gateway_answers_while_an_app_is_down_and_recovers_with_it(
    experiment: Experiments, pages: Loads, app: str, path: str
) -> None:
    """Users get 502 or 504 within the gateway's own time-outs and never hang; pages come back without a restart."""
    with experiment(f"kill {app}", loads=[pages(path)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(60, within_s=40)
    assert any(each.outcome is Outcome.UNAVAILABLE for each in seen)
    assert {each.outcome for each in seen} <= {Outcome.UNAVAILABLE, Outcome.OK}


def test_users_get_pages_while_the_server_is_in_a_crash_loop(experiment: Experiments, pages: Loads) -> None:
    """The page does not depend on the file server."""
    with experiment("crash_loop mime-server every_ms=500", loads=[pages("/")], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(40, SEEN_WITHIN_S)
    assert {each.outcome for each in seen} == {Outcome.OK}


def test_a_restarted_gateway_serves_again(experiment: Experiments, pages: Loads) -> None:
    """After a restart the gateway serves pages again."""
    with experiment("restart gateway grace_s=10", loads=[pages("/")], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(20, SEEN_WITHIN_S)
