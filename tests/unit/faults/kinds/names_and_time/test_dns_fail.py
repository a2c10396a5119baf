import pytest

from stackproof.faults.catalogue import check
from stackproof.faults.evidence.name_lookups import NO_ANSWER, NO_SUCH_NAME, LookupAnswer, LookupComparison
from stackproof.faults.kinds.names_and_time.dns_fail import DnsFail
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.name_lookups import FAILURE, FOUND, lookups

WEB = small_stack().service("web")
NXDOMAIN, SILENT = DnsFail(WEB, "store", "nxdomain"), DnsFail(WEB, "store", "silent")


@pytest.mark.parametrize("mode", ["", " mode=silent"])
def test_our_resolver_runs_while_the_fault_is_held(mode: str) -> None:
    """In a helper of the service; healing twice, or without an injection, is fine."""
    engine = FakeStack()
    fault = check(FaultSpec.parse(f"dns_fail web name=store{mode}"), engine.stack)
    fault.heal(engine)
    fault.inject(engine)
    assert set(engine.helpers) == {("web", "dns-fail")}
    fault.heal(engine)
    fault.heal(engine)
    assert not engine.helpers


@pytest.mark.parametrize(
    ("fault", "option"), [(NXDOMAIN, "--local=/store/"), (SILENT, "--server=/store/127.77.53.3#64053")]
)
def test_the_engine_is_asked_for_all_other_names(fault: DnsFail, option: str) -> None:
    """The name is not forwarded, or only to a silent server; its subdomains are treated as other names."""
    engine = FakeStack()
    fault.inject(engine)
    command = engine.helpers["web", "dns-fail"]
    assert option in command
    assert {"--server=127.0.0.11", "--server=/*.store/127.0.0.11"} <= {*command}


@pytest.mark.parametrize(
    ("fault", "redirected", "direct", "confirmed"),
    [
        (NXDOMAIN, NO_SUCH_NAME, FOUND, True),
        (NXDOMAIN, NO_ANSWER, FOUND, False),
        (NXDOMAIN, FOUND, FOUND, False),
        (NXDOMAIN, NO_SUCH_NAME, NO_SUCH_NAME, False),
        (NXDOMAIN, FAILURE, FOUND, False),
        (SILENT, NO_ANSWER, FOUND, True),
        (SILENT, NO_SUCH_NAME, FOUND, False),
        (SILENT, FAILURE, FOUND, False),
        (SILENT, NO_ANSWER, NO_ANSWER, False),
    ],
)
def test_it_is_confirmed_if_the_name_fails_as_requested_and_only_with_the_fault(
    fault: DnsFail, redirected: LookupAnswer, direct: LookupAnswer, *, confirmed: bool
) -> None:
    """Confirmed: as requested, for a name that exists; not confirmed: in another way, or without the fault, too."""
    assert (
        fault.judge(LookupComparison(lookups("store", redirected, direct), (lookups("tool", FOUND, FOUND),))).confirmed
        is confirmed
    )


@pytest.mark.parametrize("fault", [NXDOMAIN, SILENT], ids=lambda each: each.mode)
def test_a_busy_machine_is_not_mistaken_for_the_fault(fault: DnsFail) -> None:
    """It may fail one look-up: the fault fails all of them, and does not affect other names."""
    failed = NO_ANSWER if fault is SILENT else NO_SUCH_NAME
    once = lookups("store", (failed, FOUND, failed), FOUND)
    all_gone = lookups("tool", failed, FOUND)
    assert not fault.judge(LookupComparison(once, ())).confirmed
    assert not fault.judge(LookupComparison(lookups("store", failed, FOUND), (all_gone,))).confirmed
    assert fault.judge(LookupComparison(lookups("store", failed, FOUND), ())).confirmed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dns_fail web", "name is required: a host name"),
        ("dns_fail web name=10.0.0.1", "expected name to be a host name"),
        ("dns_fail web name=store mode=loud", "expected mode to be nxdomain or silent"),
        ("dns_fail nobody name=store", "no service 'nobody'"),
    ],
)
def test_wrong_parameters_are_refused(text: str, message: str) -> None:
    """The error says what was expected."""
    with pytest.raises(FaultError, match=message):
        check(FaultSpec.parse(text), small_stack())
