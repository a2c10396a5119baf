"""What happens to files and users while a service is short of disk, memory, CPU or connections."""

from stackproof import Experiments, Measure, Outcome, ProbeKind, Run
from suites.chaos.files import PRIVATE, PUBLIC, assert_kept
from suites.loads import DEADLINE_S, Loads

BACK_WITHIN_S = 30.0
SEEN_WITHIN_S = 30.0
PROMISED_S = 1.0


def test_acknowledged_files_survive_a_full_disk(experiment: Experiments, stack: Run, files: Loads) -> None:
    """On a full disk senders are refused at once, no acknowledged file is lost, and uploads work again afterwards."""
    fault = "full_disk mime-server:/storage"
    with experiment(fault, loads=[files(PUBLIC), files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(20, SEEN_WITHIN_S)
        assert {each.outcome for each in seen} == {Outcome.REJECTED}
        assert {each.detail for each in seen} == {"storage_full"}
    assert_kept(stack, held.ledger)


def test_a_server_without_disk_space_is_not_ready_but_alive(
    experiment: Experiments, stack: Run, measure: Measure
) -> None:
    """A server that cannot store gets no traffic, and is not restarted."""
    with experiment("full_disk mime-server:/storage", recovers_within_s=BACK_WITHIN_S):
        server = stack.service("mime-server")
        waited_s = server.wait_until(ProbeKind.READINESS, answers=False, within_s=SEEN_WITHIN_S)
        measure("not ready after", waited_s)
        assert server.ask(ProbeKind.LIVENESS).ok


def test_acknowledged_files_survive_the_oom_killer(experiment: Experiments, stack: Run, files: Loads) -> None:
    """Files that were acknowledged before the kernel killed the server are there after its restart."""
    with experiment("oom mime-server", loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(10, SEEN_WITHIN_S)
    assert_kept(stack, held.ledger)


def test_a_server_short_of_memory_keeps_serving(experiment: Experiments, stack: Run, files: Loads) -> None:
    """With nine tenths of its memory taken, the server refuses no file and is not killed."""
    started = stack.engine.state("mime-server").started_at
    with experiment("memory_hog mime-server percent=90", loads=[files(PRIVATE)]) as held:
        seen = held.wait_for_samples(20, SEEN_WITHIN_S)
    assert {each.outcome for each in seen} == {Outcome.OK}
    assert stack.engine.state("mime-server").started_at == started
    assert_kept(stack, held.ledger)


def test_silent_clients_do_not_starve_other_clients(experiment: Experiments, files: Loads) -> None:
    """Two hundred clients that connect and send nothing do not delay other clients."""
    fault = f"connections {PUBLIC} count=200"
    with experiment(fault, loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(40, SEEN_WITHIN_S)
    good = [each for each in seen if each.outcome is Outcome.OK and each.latency_s < PROMISED_S]
    assert len(good) >= 0.95 * len(seen), f"{len(seen) - len(good)} of {len(seen)} requests were slow or failed"


def test_a_server_without_free_connections_refuses_clients_at_once(
    experiment: Experiments, stack: Run, files: Loads
) -> None:
    """With every connection taken, a client is served or refused, and never left waiting."""
    fault = f"connections {PUBLIC} count=400"
    with experiment(fault, loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(40, SEEN_WITHIN_S)
        assert Outcome.TIMEOUT not in {each.outcome for each in seen}
    assert_kept(stack, held.ledger)


def test_a_server_short_of_cpu_is_slow_but_correct(experiment: Experiments, stack: Run, files: Loads) -> None:
    """With a tenth of a processor the server is slower; acknowledged files are whole and kept."""
    fault = "cpu mime-server percent=10"
    with experiment(fault, loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(20, SEEN_WITHIN_S)
    assert all(each.ended_s - each.started_s < DEADLINE_S + 1 for each in seen)
    assert_kept(stack, held.ledger)


def test_a_slow_disk_delays_acknowledgements_and_loses_none(experiment: Experiments, stack: Run, files: Loads) -> None:
    """A file is acknowledged once it is on the disk: a slow disk costs time, but no file."""
    fault = "slow_disk mime-server:/storage write_kb_per_s=64"
    with experiment(fault, loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(10, SEEN_WITHIN_S)
    assert_kept(stack, held.ledger)
