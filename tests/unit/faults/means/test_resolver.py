import pytest

from stackproof.engine.port import Place
from stackproof.faults.means.resolver import FAILING, LYING
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError
from tests.unit.fakes import FakeStack


class Refusing(FakeStack):
    """An engine beside whose services nothing can be run.

    Attributes:
        dies: True where a service ends as soon as something is tried beside it.
    """

    dies = False

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Refuse."""
        del command, timeout_s
        if self.dies:
            self.states[place.service] = ContainerState(ContainerStatus.EXITED, exit_code=1)
        raise EngineError("no such kernel module")


def test_rules_come_after_the_resolver_and_go_before_it() -> None:
    """No look-up is ever led to where nobody listens."""
    engine = FakeStack()
    FAILING.lead(engine, "web", FAILING.answering(engine, "store"))
    assert ["dnsmasq" in command for _, command in engine.helped] == [True, False]
    kept = dict(engine.helpers)
    refusing = Refusing()
    refusing.helpers = kept
    with pytest.raises(EngineError):
        FAILING.unlead(refusing, "web")


def test_what_cannot_be_led_says_what_is_needed() -> None:
    """The error tells why, and which services and kernels it takes."""
    engine = Refusing()
    with pytest.raises(FaultError, match=r"no such kernel module\n  fix: aim at a service on a network.*xt_owner"):
        LYING.lead(engine, "web", LYING.answering(engine, "store"))


@pytest.mark.parametrize("status", [ContainerStatus.EXITED, ContainerStatus.RESTARTING, ContainerStatus.ABSENT])
def test_the_dead_have_no_rules_but_may_have_a_resolver(status: ContainerStatus) -> None:
    """Nothing is tried beside a service that has ended, and its resolver goes."""
    engine = Refusing()
    engine.helpers["web", "dns-fail"] = ()
    engine.states["web"] = ContainerState(status)
    FAILING.unlead(engine, "web")
    assert not engine.helpers


def test_one_that_dies_under_the_heal_is_healed() -> None:
    """Its rules have gone with it."""
    engine = Refusing()
    engine.dies = True
    engine.helpers["web", "dns-fail"] = ()
    FAILING.unlead(engine, "web")
    assert not engine.helpers


def test_the_two_resolvers_never_ask_each_other_in_circles() -> None:
    """The liar is asked first and may ask the other one; the other's questions pass the liar by."""
    assert LYING.place == "-I"
    assert FAILING.place == "-A"
    assert FAILING.unled == str(FAILING.user)
    assert LYING.unled == f"{FAILING.user}-{LYING.user}"
