import pytest

from stackproof.faults.catalogue import check
from stackproof.faults.evidence.lookups import NO_SUCH_NAME, SILENCE, Answer, Lookups
from stackproof.faults.kinds.names_and_time.dns_fail import DnsFail
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.names import FAILURE, THERE, asked

WEB = small_stack().service("web")
NXDOMAIN, SILENT = DnsFail(WEB, "store", "nxdomain"), DnsFail(WEB, "store", "silent")


@pytest.mark.parametrize("mode", ["", " mode=silent"])
def test_a_resolver_of_ours_comes_and_goes(mode: str) -> None:
    """It stands beside the service while the fault holds; healing twice, or healing what never was, is fine."""
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
def test_only_the_name_itself_is_kept_from_the_engine(fault: DnsFail, option: str) -> None:
    """The name is not passed on, or passed to who never answers; names under it are asked for as all others."""
    engine = FakeStack()
    fault.inject(engine)
    command = engine.helpers["web", "dns-fail"]
    assert option in command
    assert {"--server=127.0.0.11", "--server=/*.store/127.0.0.11"} <= {*command}


@pytest.mark.parametrize(
    ("fault", "led", "free", "bit"),
    [
        (NXDOMAIN, NO_SUCH_NAME, THERE, True),
        (NXDOMAIN, SILENCE, THERE, False),
        (NXDOMAIN, THERE, THERE, False),
        (NXDOMAIN, NO_SUCH_NAME, NO_SUCH_NAME, False),
        (NXDOMAIN, FAILURE, THERE, False),
        (SILENT, SILENCE, THERE, True),
        (SILENT, NO_SUCH_NAME, THERE, False),
        (SILENT, FAILURE, THERE, False),
        (SILENT, SILENCE, SILENCE, False),
    ],
)
def test_it_bit_where_the_name_fails_in_this_way_and_only_by_the_fault(
    fault: DnsFail, led: Answer, free: Answer, *, bit: bool
) -> None:
    """Bitten: as asked for, where it is there without the fault; not: otherwise, or gone without any fault."""
    assert fault.judge(Lookups(asked("store", led, free), (asked("tool", THERE, THERE),))).confirmed is bit


@pytest.mark.parametrize("fault", [NXDOMAIN, SILENT], ids=lambda each: each.mode)
def test_a_busy_machine_is_not_taken_for_the_fault(fault: DnsFail) -> None:
    """It may fail a look-up once: the fault fails each, and leaves others alone."""
    failed = SILENCE if fault is SILENT else NO_SUCH_NAME
    once = asked("store", (failed, THERE, failed), THERE)
    all_gone = asked("tool", failed, THERE)
    assert not fault.judge(Lookups(once, ())).confirmed
    assert not fault.judge(Lookups(asked("store", failed, THERE), (all_gone,))).confirmed
    assert fault.judge(Lookups(asked("store", failed, THERE), ())).confirmed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dns_fail web", "expected name, a host name"),
        ("dns_fail web name=10.0.0.1", "expected name to be a host name"),
        ("dns_fail web name=store mode=loud", "expected mode to be nxdomain or silent"),
        ("dns_fail nobody name=store", "no service 'nobody'"),
    ],
)
def test_what_cannot_be_is_refused(text: str, message: str) -> None:
    """The error says what was expected."""
    with pytest.raises(FaultError, match=message):
        check(FaultSpec.parse(text), small_stack())
