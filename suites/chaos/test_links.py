"""What happens to users while a link is slow or broken, or loses the end of an answer."""

import os
from contextlib import ExitStack

import pytest

from stackproof import Experiments, Outcome, Run
from suites.chaos.files import PRIVATE, PUBLIC, assert_kept, connection, stored_names, stored_since, upload
from suites.loads import DEADLINE_S, Loads

BACK_WITHIN_S = 30.0
SEEN_WITHIN_S = 20.0
PROMISED_S = 1.0


def test_a_slow_private_link_does_not_slow_the_public_one(experiment: Experiments, files: Loads) -> None:
    """Clients on the public network are served as promised while the private link is slow."""
    fault = f"latency {PRIVATE} latency_ms=1500"
    with experiment(fault, loads=[files(PUBLIC), files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(60, SEEN_WITHIN_S, f"files over {PUBLIC}")
    good = [each for each in seen if each.outcome is Outcome.OK and each.latency_s < PROMISED_S]
    assert len(good) >= 0.95 * len(seen), f"{len(seen) - len(good)} of {len(seen)} requests were slow or failed"


@pytest.mark.parametrize(
    "fault",
    [
        f"down {PUBLIC}",
        f"reset_peer {PUBLIC}",
        f"limit_data {PUBLIC} limit_bytes=1000",
        f"flap {PUBLIC} up_ms=300 down_ms=300 seed=7",
        f"slicer {PUBLIC} average_bytes=100 delay_us=10000",
        f"bandwidth {PUBLIC} rate_kbps=160",
        f"timeout {PUBLIC} timeout_ms=500",
    ],
    ids=lambda text: text.split()[0],
)
def test_acknowledged_files_survive_a_broken_link(
    experiment: Experiments, stack: Run, files: Loads, fault: str
) -> None:
    """Whatever happens on the link, an acknowledged file is whole, and no client waits beyond its deadline."""
    with experiment(fault, loads=[files(PUBLIC)], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(20, SEEN_WITHIN_S)
    assert all(each.ended_s - each.started_s < DEADLINE_S + 1 for each in held.samples())
    assert_kept(stack, held.ledger)


def test_an_upload_whose_acknowledgement_is_lost_is_stored_once_at_most(experiment: Experiments, stack: Run) -> None:
    """A user whose answer is lost gets an error, and the file is not stored twice."""
    before = stored_names(stack)
    with experiment(f"limit_data {PUBLIC} limit_bytes=100", recovers_within_s=BACK_WITHIN_S):
        status = upload(stack, os.urandom(4))
        assert status in {502, 503, 504}
    times = stored_since(stack, before)
    assert max(times.values(), default=0) <= 1, f"the same upload was stored {max(times.values())} times"


def test_users_of_a_slow_app_get_an_answer_in_time(experiment: Experiments, pages: Loads) -> None:
    """Where an app answers after the gateway's time-out, the gateway answers 504 and does not hang."""
    fault = "latency public_net/public_app:5000 latency_ms=15000"
    with experiment(fault, loads=[pages("/")], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(10, within_s=40)
        assert {each.outcome for each in seen} == {Outcome.UNAVAILABLE}


def test_slow_senders_do_not_starve_other_clients(experiment: Experiments, stack: Run, files: Loads) -> None:
    """A hundred clients that send a byte now and then over a slow link do not delay others."""
    with ExitStack() as clients:
        slow = [clients.enter_context(connection(stack, PUBLIC)) for _ in range(100)]
        for client in slow:
            client.send_raw(b'{"mime_type": "text/plain", "size": 100000}\nx')
        fault = f"bandwidth {PUBLIC} rate_kbps=160"
        with experiment(fault, loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
            for client in slow:
                client.send_raw(b"x")
            seen = held.wait_for_samples(40, SEEN_WITHIN_S)
    good = [each for each in seen if each.outcome is Outcome.OK and each.latency_s < PROMISED_S]
    assert len(good) >= 0.95 * len(seen), f"{len(seen) - len(good)} of {len(seen)} requests were slow or failed"


def test_a_dead_proxy_costs_no_file(experiment: Experiments, stack: Run, files: Loads) -> None:
    """A proxy that dies during a fault is back with its links after healing, and the stack recovers."""
    with experiment(f"latency {PUBLIC} latency_ms=300", loads=[files(PUBLIC)], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(10, SEEN_WITHIN_S)
        stack.engine.kill_proxy("mime-server")
        held.wait_for_samples(30, SEEN_WITHIN_S)
    assert_kept(stack, held.ledger)
