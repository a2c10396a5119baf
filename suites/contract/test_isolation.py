"""Who reaches whom: what shares a declared network, and nothing else; nothing enters or leaves the private network."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from stackproof.engine.port import Capability, ControlAddress, ControlPurpose, Side
from stackproof.judge import breaches
from stackproof.model import Attempt, Link, Reached
from stackproof.pytest_plugin import Count
from stackproof.report.attachments import attach_text
from stackproof.report.reach_table import reach_table
from stackproof.run.run import Run
from suites.contract.knocking import Door, Seen, attempts, doors, knock, knock_from_everywhere

PRIVATE = "private_net"
INSIDE = {
    "intranet_api": "it serves what is stored, and fetches it there",
    "mime-server": "it stores",
    "prometheus": "it scrapes everybody",
    "alertmanager": "Prometheus tells it",
    "node-exporter": "Prometheus scrapes it",
    "container-metrics": "Prometheus scrapes it",
}
"""Who is on the private network, and why. On demand mime-client is, which listens on nothing."""
OUTSIDE = "gateway"
ELSEWHERE = "203.0.113.1"
"""Nobody's address (RFC 5737, for documents)."""


@pytest.fixture(scope="module")
def tried(stack: Run) -> tuple[Door, ...]:
    """Every door that there is."""
    return doors(stack)


@pytest.fixture(scope="module")
def seen(stack: Run, tried: tuple[Door, ...]) -> Mapping[str, Seen]:
    """What every container saw at these doors."""
    return knock_from_everywhere(stack, tried)


@pytest.fixture(scope="module")
def all_attempts(tried: tuple[Door, ...], seen: Mapping[str, Seen]) -> tuple[Attempt, ...]:
    """Each container at each door."""
    return tuple(each for source, here in seen.items() for each in attempts(source, tried, here))


def test_who_shares_a_network_reaches_its_ports_and_nobody_else_does(
    stack: Run, all_attempts: tuple[Attempt, ...], count: Count
) -> None:
    """The matrix of every container, network, service and port, tried for real, is the declared one."""
    count("ways between containers", len(all_attempts))
    attach_text(reach_table(stack.stack, all_attempts), "who reaches whom")
    assert not (wrong := breaches(stack.stack, all_attempts)), "\n".join(wrong[:20])


def test_a_service_listens_on_the_ports_that_it_declares(stack: Run, seen: Mapping[str, Seen]) -> None:
    """Seen from inside, no port is open to others that nobody declared, and none is missing."""
    declared = {(service.name, port) for service in stack.stack.standing for port in service.ports}
    open_ = {(source, port) for source, here in seen.items() for port in here.listens}
    assert not (undeclared := open_ - declared), f"listened on and not declared: {undeclared}"
    assert not (shut := declared - open_), f"declared and not listened on: {shut}"


def test_only_those_are_on_the_private_network_who_have_a_reason(
    stack: Run, all_attempts: tuple[Attempt, ...], count: Count
) -> None:
    """The engine has nobody else on it, and whoever is not on it opens no connection into it."""
    standing = [service.name for service in stack.stack.standing]
    on_it = {name for name in standing if PRIVATE in {each.network for each in stack.engine.addresses(name)}}
    assert on_it == INSIDE.keys(), f"on {PRIVATE} against its list: {sorted(on_it ^ INSIDE.keys())}"
    into_it = [each for each in all_attempts if each.link.network == PRIVATE and each.source not in INSIDE]
    count("ways into the private network from outside", len(into_it))
    assert into_it
    assert not (entered := [str(each) for each in into_it if each.reached is Reached.OPEN]), entered[:20]


def test_a_stranger_on_other_networks_does_not_enter_the_private_one(
    stack: Run, tried: tuple[Door, ...], count: Count
) -> None:
    """Nor does a container on a network of another purpose, which has a route to the outside."""
    inner = [door for door in tried if door.link.network == PRIVATE]
    here = knock(stack, OUTSIDE, inner, Side.PROXY)
    count("ways into the private network for a stranger", len(inner))
    assert here.gateways, "the stranger has no way out of its own networks, so nothing is proved"
    found = attempts(OUTSIDE, inner, here)
    assert not (entered := [str(each) for each in found if each.reached is Reached.OPEN]), entered[:20]


def test_nothing_leaves_the_private_network(stack: Run, seen: Mapping[str, Seen], count: Count) -> None:
    """The engine calls it internal; who is on it alone has no route out, not even to this machine elsewhere."""
    internal = {network.name: network.internal for network in stack.engine.networks()}
    is_near = stack.engine.lacks(Capability.DIRECT_ADDRESSES) is None
    ours = dict.fromkeys({each.network for each in controls(stack)}, is_near)  # where it is, no proxy publishes a port
    assert internal == {**{each.name: each.internal for each in stack.stack.networks}, **ours}
    inner = {name for name, is_internal in internal.items() if is_internal}
    kept_in = [service.name for service in stack.stack.standing if {*service.networks} <= inner]
    assert {name: seen[name].gateways for name in kept_in} == dict.fromkeys(kept_in, ())
    if not is_near:
        pytest.skip("the engine's networks are not this machine's, so nothing of ours can listen on them")
    with listener_on(stack, OUTSIDE) as door:
        assert knock(stack, OUTSIDE, [door]).answers == (Reached.OPEN,), (
            "the listener is not heard, so nothing is proved"
        )
        answers = {name: knock(stack, name, [door]).answers for name in kept_in}
    count("ways out of inner networks", len(kept_in))
    assert answers == dict.fromkeys(kept_in, (Reached.NO_ROUTE,))


@contextmanager
def listener_on(stack: Run, service: str) -> Iterator[Door]:
    """Something that listens on this machine, at its address in the first network of a service."""
    (first, *_) = stack.engine.addresses(service)
    with socket.socket() as listens:
        listens.bind((own_address_towards(first.host), 0))
        listens.listen()
        host, port = listens.getsockname()
        yield Door(Link("this machine", service, port), host)


def test_what_is_opened_on_the_machine_is_on_loopback_alone(stack: Run, count: Count) -> None:
    """Published ports and the proxies' control ports are for this machine, and for no other address that it has."""
    names = [service.name for service in stack.stack.standing]
    published = [address for name in names for address in stack.engine.published(name)]
    assert all(ip_address(each.host).is_loopback for each in published), published
    commands = {each.port for each in controls(stack) if each.purpose is ControlPurpose.COMMANDS}
    ports = {*(each.port for each in published), *commands}
    others = own_addresses(stack)
    count("ports at other addresses of the machine", len(ports) * len(others))
    assert not (opened := [(host, port) for host in others for port in ports if answers_at(host, port)]), opened


def controls(stack: Run) -> list[ControlAddress]:
    """Every address that a proxy has for the harness."""
    return [each for service in stack.stack.standing for each in stack.engine.control_addresses(service.name)]


def own_addresses(stack: Run) -> frozenset[str]:
    """Addresses that this machine has, on the engine's networks and on the way to others."""
    near = [each.host for service in stack.stack.standing for each in stack.engine.addresses(service.name)]
    return frozenset(map(own_address_towards, [*near, ELSEWHERE]))


def own_address_towards(host: str) -> str:
    """The address that this machine would send from; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asks:
        asks.connect((host, 1))
        return str(asks.getsockname()[0])


def answers_at(host: str, port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as asks:
        asks.settimeout(5)
        return asks.connect_ex((host, port)) == 0
