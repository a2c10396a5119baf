import pytest

from stackproof.engine.port import Place
from stackproof.faults.means.name_resolver import FAILING, LYING
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError
from tests.unit.fakes import FakeStack


class Refusing(FakeStack):
    """An engine that refuses to run helpers.

    Attributes:
        dies: True if a service ends as soon as a helper is tried.
    """

    dies = False

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Refuse."""
        del command, timeout_s
        if self.dies:
            self.states[place.service] = ContainerState(ContainerStatus.EXITED, exit_code=1)
        raise EngineError("no such kernel module")


def test_rules_are_added_after_the_resolver_and_removed_before_it() -> None:
    """No look-up is ever redirected to a port without a listener."""
    engine = FakeStack()
    FAILING.redirect(engine, "web", FAILING.command(engine, "store"))
    assert ["dnsmasq" in command for _, command in engine.helped] == [True, False]
    kept = dict(engine.helpers)
    refusing = Refusing()
    refusing.helpers = kept
    with pytest.raises(EngineError):
        FAILING.restore(refusing, "web")


def test_a_redirection_that_fails_says_what_is_needed() -> None:
    """The error gives the reason, and the services and kernels that are supported."""
    engine = Refusing()
    with pytest.raises(FaultError, match=r"no such kernel module\n  fix: aim at a service on a network.*xt_owner"):
        LYING.redirect(engine, "web", LYING.command(engine, "store"))


@pytest.mark.parametrize("status", [ContainerStatus.EXITED, ContainerStatus.RESTARTING, ContainerStatus.ABSENT])
def test_only_the_resolver_of_an_ended_service_is_removed(status: ContainerStatus) -> None:
    """Its rules are gone, and no helper can run next to it."""
    engine = Refusing()
    engine.helpers["web", "dns-fail"] = ()
    engine.states["web"] = ContainerState(status)
    FAILING.restore(engine, "web")
    assert not engine.helpers


def test_a_service_that_ends_during_the_heal_is_healed() -> None:
    """Its rules are gone with it."""
    engine = Refusing()
    engine.dies = True
    engine.helpers["web", "dns-fail"] = ()
    FAILING.restore(engine, "web")
    assert not engine.helpers


def test_the_two_resolvers_never_ask_each_other_in_circles() -> None:
    """That of dns_lie is asked first and may ask the other one, whose own questions do not go to it."""
    assert LYING.place == "-I"
    assert FAILING.place == "-A"
    assert FAILING.bypassing == str(FAILING.user)
    assert LYING.bypassing == f"{FAILING.user}-{LYING.user}"
