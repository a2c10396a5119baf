from ipaddress import IPv4Address

import pytest

from stackproof.faults.catalogue import check
from stackproof.faults.evidence.name_lookups import NO_ANSWER, NO_SUCH_NAME, LookupAnswer, LookupComparison
from stackproof.faults.kinds.names_and_time.dns_lie import DnsLie
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.name_lookups import FAILURE, FOUND, LIE, lookups

FAULT = DnsLie(small_stack().service("web"), "store", IPv4Address("127.0.0.9"))
TEXT = "dns_lie web name=store address=127.0.0.9"


def test_our_resolver_runs_while_the_fault_is_held() -> None:
    """In a helper of the service; healing twice, or without an injection, is fine."""
    engine = FakeStack()
    fault = check(FaultSpec.parse(TEXT), engine.stack)
    fault.heal(engine)
    fault.inject(engine)
    command = engine.helpers["web", "dns-lie"]
    assert {"--address=/store/127.0.0.9", "--local=/store/", "--server=/*.store/127.0.0.11"} <= {*command}
    fault.heal(engine)
    fault.heal(engine)
    assert not engine.helpers


def test_an_address_behind_a_gateway_is_refused_before_anything_is_done() -> None:
    """A private address may belong to someone: nothing is sent there, and no helper is left."""
    engine = FakeStack()
    engine.said = ["10.9.9.9 via 10.0.0.1 dev eth0 src 10.0.0.2 uid 0 \\    cache \n"]
    with pytest.raises(FaultError, match=r"without leaving the stack's networks, saw 127\.0\.0\.9: 10\.9\.9\.9 via"):
        FAULT.inject(engine)
    assert not engine.helpers


@pytest.mark.parametrize(
    ("redirected", "direct", "confirmed"),
    [
        (LIE, FOUND, True),
        (LIE, NO_SUCH_NAME, True),
        (FOUND, FOUND, False),
        (LIE, LIE, False),
        (LIE, NO_ANSWER, False),
        (LIE, FAILURE, False),
        (NO_SUCH_NAME, FOUND, False),
        (LookupAnswer("10.0.0.2 127.0.0.9"), FOUND, False),
        ((LIE, FOUND, LIE), FOUND, False),
    ],
)
def test_it_is_confirmed_if_only_the_false_address_is_given(
    redirected: LookupAnswer | tuple[LookupAnswer, ...], direct: LookupAnswer, *, confirmed: bool
) -> None:
    """Confirmed: each look-up gives only the false address; not confirmed: the true one, too, or it is not false."""
    assert (
        FAULT.judge(LookupComparison(lookups("store", redirected, direct), (lookups("tool", FOUND, FOUND),))).confirmed
        is confirmed
    )


def test_a_false_address_for_all_names_is_not_confirmed() -> None:
    """If other names get it, too, it is not this fault that is observed."""
    assert not FAULT.judge(LookupComparison(lookups("store", LIE, FOUND), (lookups("tool", LIE, FOUND),))).confirmed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dns_lie web address=127.0.0.9", "name is required: a host name"),
        ("dns_lie web name=store", "address is required: an IPv4 address in 127"),
        ("dns_lie web name=store address=9.9.9.9", "no traffic out of the stack's own networks"),
    ],
)
def test_wrong_parameters_are_refused(text: str, message: str) -> None:
    """The error says what was expected, and why."""
    with pytest.raises(FaultError, match=message):
        check(FaultSpec.parse(text), small_stack())
