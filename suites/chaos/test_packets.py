"""What happens to files and users while packets are lost, some or all."""

from stackproof import Experiments, Outcome, Run
from suites.chaos.files import PRIVATE, assert_kept
from suites.loads import Loads

BACK_WITHIN_S = 60.0  # TCP waits longer and longer between retransmissions
SEEN_WITHIN_S = 40.0
THROUGH_THE_GATEWAY = "public_net/gateway:65432"


def test_acknowledged_files_survive_a_partition(experiment: Experiments, stack: Run, files: Loads) -> None:
    """While gateway and server are partitioned, other clients notice nothing, and no acknowledged file is lost."""
    loads = [files(THROUGH_THE_GATEWAY), files(PRIVATE)]
    with experiment("partition gateway<->mime-server", loads=loads, recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(10, SEEN_WITHIN_S, f"files over {PRIVATE}")
        assert {each.outcome for each in seen} == {Outcome.OK}, "clients outside the partition notice it"
    assert_kept(stack, held.ledger)


def test_users_of_an_app_whose_answers_are_lost_get_an_answer_in_time(experiment: Experiments, pages: Loads) -> None:
    """During a one-way partition, which looks like a hang, the gateway answers 504 within its own time-outs."""
    fault = "partition public_app->gateway"
    with experiment(fault, loads=[pages("/")], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(10, SEEN_WITHIN_S)
        assert {each.outcome for each in seen} == {Outcome.UNAVAILABLE}


def test_lost_packets_cost_time_but_no_file(experiment: Experiments, stack: Run, files: Loads) -> None:
    """With one packet in ten lost, files still arrive whole, and acknowledged ones are kept."""
    with experiment(
        "loss private_net/mime-server percent=10", loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S
    ) as held:
        seen = held.wait_for_samples(40, SEEN_WITHIN_S)
    assert any(each.outcome is Outcome.OK for each in seen)
    assert_kept(stack, held.ledger)
