from ipaddress import IPv4Address

import pytest

from stackproof.faults.catalogue import check
from stackproof.faults.evidence.lookups import NO_SUCH_NAME, SILENCE, Answer, Lookups
from stackproof.faults.kinds.names_and_time.dns_lie import DnsLie
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.names import FAILURE, LIE, THERE, asked

FAULT = DnsLie(small_stack().service("web"), "store", IPv4Address("127.0.0.9"))
TEXT = "dns_lie web name=store address=127.0.0.9"


def test_a_resolver_of_ours_comes_and_goes() -> None:
    """It stands beside the service while the fault holds; healing twice, or healing what never was, is fine."""
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
    """A private address may be somebody's: nothing is led there, and nothing is left beside the service."""
    engine = FakeStack()
    engine.said = ["10.9.9.9 via 10.0.0.1 dev eth0 src 10.0.0.2 uid 0 \\    cache \n"]
    with pytest.raises(FaultError, match=r"without leaving the stack's networks, saw 127\.0\.0\.9: 10\.9\.9\.9 via"):
        FAULT.inject(engine)
    assert not engine.helpers


@pytest.mark.parametrize(
    ("led", "free", "bit"),
    [
        (LIE, THERE, True),
        (LIE, NO_SUCH_NAME, True),
        (THERE, THERE, False),
        (LIE, LIE, False),
        (LIE, SILENCE, False),
        (LIE, FAILURE, False),
        (NO_SUCH_NAME, THERE, False),
        (Answer("10.0.0.2 127.0.0.9"), THERE, False),
        ((LIE, THERE, LIE), THERE, False),
    ],
)
def test_it_bit_where_the_lie_alone_is_told(led: Answer | tuple[Answer, ...], free: Answer, *, bit: bool) -> None:
    """Bitten: each look-up gives the false address and no other; not: the true one comes too, or it is no lie."""
    assert FAULT.judge(Lookups(asked("store", led, free), (asked("tool", THERE, THERE),))).confirmed is bit


def test_a_lie_about_all_names_is_another_fault() -> None:
    """Where the other names are false as well, it is not this fault that is seen."""
    assert not FAULT.judge(Lookups(asked("store", LIE, THERE), (asked("tool", LIE, THERE),))).confirmed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dns_lie web address=127.0.0.9", "expected name, a host name"),
        ("dns_lie web name=store", "expected address, an IPv4 address in 127"),
        ("dns_lie web name=store address=9.9.9.9", "no traffic out of the stack's own networks"),
    ],
)
def test_what_cannot_be_is_refused(text: str, message: str) -> None:
    """The error says what was expected, and why."""
    with pytest.raises(FaultError, match=message):
        check(FaultSpec.parse(text), small_stack())
