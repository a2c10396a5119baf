"""What happens to files and users while a name cannot be resolved, or a clock is wrong."""

import pytest

from stackproof import Experiments, Outcome, ProbeKind, Run, Side
from suites.chaos.files import PRIVATE, assert_kept
from suites.loads import Loads

BACK_WITHIN_S = 30.0
SEEN_WITHIN_S = 40.0


def _wrong_address(stack: Run) -> str:
    """An address on the public network where nothing serves pages: that of another service's container."""
    own = (each for each in stack.engine.addresses("mime-server") if each.side is Side.SERVICE)
    return next(each.host for each in own if each.network == "public_net")


def test_the_gateway_follows_a_changed_name(experiment: Experiments, stack: Run, pages: Loads) -> None:
    """The gateway resolves the name again: users get an error page in time while it is wrong, and pages afterwards."""
    fault = f"dns_lie gateway name=public_app address={_wrong_address(stack)}"
    with experiment(fault, loads=[pages("/")], recovers_within_s=BACK_WITHIN_S) as held:
        held.wait_for_samples(40, SEEN_WITHIN_S)
        last = held.wait_for_samples(80, SEEN_WITHIN_S)[-20:]
        assert {each.outcome for each in last} == {Outcome.UNAVAILABLE}, "the gateway keeps the old address"


@pytest.mark.parametrize("mode", ["nxdomain", "silent"])
def test_an_app_that_cannot_resolve_the_server_is_not_ready_but_alive(
    experiment: Experiments, stack: Run, mode: str
) -> None:
    """Readiness reports a name that cannot be resolved, and recovers with it."""
    fault = f"dns_fail public_app name=mime-server.public_net mode={mode}"
    with experiment(fault, recovers_within_s=BACK_WITHIN_S):
        app = stack.service("public_app")
        app.wait_until(ProbeKind.READINESS, answers=False, within_s=SEEN_WITHIN_S)
        assert app.ask(ProbeKind.LIVENESS).ok


@pytest.mark.parametrize("skew_s", [-86_400, 86_400])
def test_a_wrong_clock_costs_no_file(experiment: Experiments, stack: Run, files: Loads, skew_s: int) -> None:
    """A server whose clock is a day off accepts and keeps files, across the restart that the fault needs."""
    fault = f"clock_skew mime-server skew_s={skew_s}"
    with experiment(fault, loads=[files(PRIVATE)], recovers_within_s=BACK_WITHIN_S) as held:
        seen = held.wait_for_samples(40, SEEN_WITHIN_S)[-20:]
        assert {each.outcome for each in seen} == {Outcome.OK}
    assert_kept(stack, held.ledger)
