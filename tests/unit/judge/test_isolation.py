from collections.abc import Iterator

from stackproof.judge import breaches, may_reach
from stackproof.model import Attempt, Link, Network, Reached, Service, Stack
from tests.unit.fakes import small_stack

STACK = small_stack()
STORE = Link("back", "store", 6379)


def as_declared(stack: Stack) -> Iterator[Attempt]:
    """What a stack shows that is what it says."""
    for source in stack.standing:
        for target in stack.standing:
            for network in target.networks:
                for port in (*target.ports, 8474):
                    link = Link(network, target.name, port)
                    open_ = may_reach(stack, source.name, link)
                    yield Attempt(source.name, link, "10.1.2.3", Reached.OPEN if open_ else Reached.SILENT)


def test_who_shares_a_network_with_a_service_may_reach_its_declared_ports_over_it() -> None:
    """And nothing else: no other port, no other network, and no network that is none of the stack's."""
    assert may_reach(STACK, "web", STORE)
    assert may_reach(STACK, "store", Link("back", "web", 443))
    assert not may_reach(STACK, "web", Link("back", "store", 8474))
    assert not may_reach(STACK, "store", Link("front", "web", 443))
    assert not may_reach(STACK, "web", Link("-control", "web", 80))


def test_a_stack_that_is_as_declared_has_no_breach() -> None:
    """The matrix equals the declaration."""
    assert breaches(STACK, tuple(as_declared(STACK))) == ()


def test_a_way_that_is_open_shut_or_untried_against_the_declaration_is_named() -> None:
    """Each with where it leads, so that a person knows which network to look at."""
    stack = Stack("two", STACK.file, (Network("a"), Network("b")), (Service("x", ("a",), (80,)), Service("y", ("b",))))
    into_x, by = Link("a", "x", 80), "10.1.2.3"
    assert breaches(stack, [Attempt("x", into_x, by, Reached.REFUSED), Attempt("y", into_x, by, Reached.OPEN)]) == (
        "x -> a/x:80 (10.1.2.3): refused, though it is declared",
        "y -> a/x:80 (10.1.2.3): open, though it is not declared",
    )
    assert breaches(stack, [Attempt("x", into_x, by, Reached.OPEN)]) == ("y -> a/x:80 was not tried",)
