"""What becomes of files and users when a service runs out of disk, memory, processor or connections."""

from stackproof import Experiments, Measure, Outcome, ProbeKind, Run
from suites.chaos.files import PRIVATE, PUBLIC, assert_kept
from suites.loads import DEADLINE_S, Loads

BACK_WITHIN_S = 30.0
SEEN_WITHIN_S = 30.0
PROMISED_S = 1.0


def test_acknowledged_files_survive_a_full_disk(experiment: Experiments, stack: Run, files: Loads) -> None:
    """No room left: senders are told so at once, nothing that was acknowledged is lost, and with room all goes on."""
    fault = "full_disk mime-server:/storage"
    with experiment(fault, loads=[files(PUBLIC), files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(20, SEEN_WITHIN_S)
        assert {each.outcome for each in seen} == {Outcome.REJECTED}
        assert {each.detail for each in seen} == {"storage_full"}
    assert_kept(stack, held.ledger)


def test_a_server_without_room_is_not_ready_and_lives(experiment: Experiments, stack: Run, measure: Measure) -> None:
    """Nobody is sent to a server that cannot store, and nobody restarts it for that."""
    with experiment("full_disk mime-server:/storage", recovers_within_s=BACK_WITHIN_S):
        server = stack.service("mime-server")
        waited_s = server.wait_until(ProbeKind.READINESS, answers=False, within_s=SEEN_WITHIN_S)
        measure("readiness says no after", waited_s)
        assert server.ask(ProbeKind.LIVENESS).ok


def test_acknowledged_files_survive_the_kernel_s_killer(experiment: Experiments, stack: Run, files: Loads) -> None:
    """Memory runs out and the kernel kills the server: what it acknowledged is there when it is back."""
    with experiment("oom mime-server", loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(10, SEEN_WITHIN_S)
    assert_kept(stack, held.ledger)


def test_a_server_short_of_memory_serves_on(experiment: Experiments, stack: Run, files: Loads) -> None:
    """With nine tenths of its memory taken the server streams as ever: no file is refused, and nothing kills it."""
    started = stack.engine.state("mime-server").started_at
    with experiment("memory_hog mime-server percent=90", loads=[files(PRIVATE)]) as held:
        seen = held.wait_for_samples(20, SEEN_WITHIN_S)
    assert {each.outcome for each in seen} == {Outcome.OK}
    assert stack.engine.state("mime-server").started_at == started
    assert_kept(stack, held.ledger)


def test_silent_clients_do_not_starve_others(experiment: Experiments, files: Loads) -> None:
    """Two hundred clients that connect and say nothing cost others neither their turn nor the promised time."""
    fault = f"connections {PUBLIC} count=200"
    with experiment(fault, loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(40, SEEN_WITHIN_S)
    good = [each for each in seen if each.outcome is Outcome.OK and each.latency_s < PROMISED_S]
    assert len(good) >= 0.95 * len(seen), f"{len(seen) - len(good)} of {len(seen)} requests were slow or failed"


def test_a_full_house_turns_clients_away_at_once(experiment: Experiments, stack: Run, files: Loads) -> None:
    """With every connection taken, a client is told so, or served, and never left waiting."""
    fault = f"connections {PUBLIC} count=400"
    with experiment(fault, loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(40, SEEN_WITHIN_S)
        assert Outcome.TIMEOUT not in {each.outcome for each in seen}
    assert_kept(stack, held.ledger)


def test_a_starved_server_is_slow_and_right(experiment: Experiments, stack: Run, files: Loads) -> None:
    """With a tenth of a processor the server takes longer; what it acknowledges is whole and kept."""
    fault = "cpu mime-server percent=10"
    with experiment(fault, loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(20, SEEN_WITHIN_S)
    assert all(each.ended_s - each.started_s < DEADLINE_S + 1 for each in seen)
    assert_kept(stack, held.ledger)


def test_a_slow_disk_delays_acknowledgements_and_loses_none(experiment: Experiments, stack: Run, files: Loads) -> None:
    """An acknowledgement waits for the disk: a slow one costs time, and never a file."""
    fault = "slow_disk mime-server:/storage write_kb_per_s=64"
    with experiment(fault, loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(10, SEEN_WITHIN_S)
    assert_kept(stack, held.ledger)
