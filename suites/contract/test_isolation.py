"""Services reach each other over shared networks alone; nothing enters or leaves the private network."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from stackproof import (
    Attempt,
    ConnectTarget,
    Count,
    Link,
    NamespaceView,
    Reached,
    Run,
    Side,
    attempts_of,
    connect_from,
    connect_from_every_service,
    connect_targets,
    control_network,
    isolation_breaches,
)

PRIVATE = "private_net"
INSIDE = {
    "intranet_api": "it fetches stored files there",
    "mime-server": "it stores files",
    "prometheus": "it scrapes every service",
    "alertmanager": "Prometheus sends it alerts",
    "node-exporter": "Prometheus scrapes it",
    "container-metrics": "Prometheus scrapes it",
}
"""The services on the private network, and why. mime-client, which is started on demand, listens on nothing."""
OUTSIDE = "gateway"
ELSEWHERE = "203.0.113.1"
"""An address that no host has (RFC 5737)."""


@pytest.fixture(scope="module")
def tried(stack: Run) -> tuple[ConnectTarget, ...]:
    """Every address and port to try."""
    return connect_targets(stack)


@pytest.fixture(scope="module")
def seen(stack: Run, tried: tuple[ConnectTarget, ...]) -> Mapping[str, NamespaceView]:
    """What each container saw."""
    return connect_from_every_service(stack, tried)


@pytest.fixture(scope="module")
def all_attempts(tried: tuple[ConnectTarget, ...], seen: Mapping[str, NamespaceView]) -> tuple[Attempt, ...]:
    """Each container with each target."""
    return tuple(each for source, here in seen.items() for each in attempts_of(source, tried, here))


def test_services_reach_each_other_over_shared_networks_alone(
    stack: Run, all_attempts: tuple[Attempt, ...], count: Count
) -> None:
    """The matrix of every container, network, service and port, tried on the real stack, is the declared one."""
    count("ways between containers", len(all_attempts))
    assert not (wrong := isolation_breaches(stack, all_attempts)), "\n".join(wrong[:20])


def test_a_service_listens_on_its_declared_ports_alone(stack: Run, seen: Mapping[str, NamespaceView]) -> None:
    """From inside, every declared port is open to other containers, and no other port."""
    declared = {(service.name, port) for service in stack.stack.standing for port in service.ports}
    open_ = {(source, port) for source, here in seen.items() for port in here.listens}
    assert not (undeclared := open_ - declared), f"listened on and not declared: {undeclared}"
    assert not (shut := declared - open_), f"declared and not listened on: {shut}"


def test_every_service_on_the_private_network_has_a_reason(
    stack: Run, all_attempts: tuple[Attempt, ...], count: Count
) -> None:
    """The engine has no other service on it, and no service outside it can open a connection into it."""
    running = [service.name for service in stack.stack.standing]
    on_it = {name for name in running if PRIVATE in {each.network for each in stack.engine.addresses(name)}}
    assert on_it == INSIDE.keys(), f"on {PRIVATE} against its list: {sorted(on_it ^ INSIDE.keys())}"
    into_it = [each for each in all_attempts if each.link.network == PRIVATE and each.source not in INSIDE]
    count("ways into the private network from outside", len(into_it))
    assert into_it
    assert not (entered := [str(each) for each in into_it if each.reached is Reached.OPEN]), entered[:20]


def test_a_container_on_another_network_cannot_enter_the_private_one(
    stack: Run, tried: tuple[ConnectTarget, ...], count: Count
) -> None:
    """Not even one on the control network, with a route to the outside."""
    inner = [target for target in tried if target.link.network == PRIVATE]
    here = connect_from(stack, OUTSIDE, inner, Side.PROXY)
    count("ways into the private network for a stranger", len(inner))
    assert here.gateways, "that container has no route out of its own networks, so this proves nothing"
    found = attempts_of(OUTSIDE, inner, here)
    assert not (entered := [str(each) for each in found if each.reached is Reached.OPEN]), entered[:20]


def test_nothing_leaves_the_private_network(stack: Run, seen: Mapping[str, NamespaceView], count: Count) -> None:
    """It is internal to the engine; a service on no other network has no route out, not even to this machine."""
    internal = {network.name: network.internal for network in stack.engine.networks()}
    control = control_network(stack)
    declared = {network.name: network.internal for network in stack.stack.networks}
    assert internal == {**declared, control.name: control.is_internal}
    inner = {name for name, is_internal in internal.items() if is_internal}
    kept_in = [service.name for service in stack.stack.standing if {*service.networks} <= inner]
    assert {name: seen[name].gateways for name in kept_in} == dict.fromkeys(kept_in, ())
    if not control.is_internal:
        pytest.skip("the engine's networks are not on this machine, so the test cannot listen on them")
    with listener_on(stack, OUTSIDE) as target:
        assert connect_from(stack, OUTSIDE, [target]).answers == (Reached.OPEN,), (
            "the listener cannot be reached, so this proves nothing"
        )
        answers = {name: connect_from(stack, name, [target]).answers for name in kept_in}
    count("ways out of inner networks", len(kept_in))
    assert answers == dict.fromkeys(kept_in, (Reached.NO_ROUTE,))


@contextmanager
def listener_on(stack: Run, service: str) -> Iterator[ConnectTarget]:
    """A listener on this machine, at its address in the first network of a service."""
    (first, *_) = stack.engine.addresses(service)
    with socket.socket() as listens:
        listens.bind((own_address_towards(first.host), 0))
        listens.listen()
        host, port = listens.getsockname()
        yield ConnectTarget(Link("this machine", service, port), host)


def test_ports_on_this_machine_are_open_on_loopback_alone(stack: Run, count: Count) -> None:
    """Published ports and the proxies' control ports are not open at any other address of this machine."""
    names = [service.name for service in stack.stack.standing]
    published = [address for name in names for address in stack.engine.published(name)]
    assert all(ip_address(each.host).is_loopback for each in published), published
    ports = {*(each.port for each in published), control_network(stack).api_port}
    others = own_addresses(stack)
    count("ports at other addresses of the machine", len(ports) * len(others))
    assert not (opened := [(host, port) for host in others for port in ports if answers_at(host, port)]), opened


def own_addresses(stack: Run) -> frozenset[str]:
    """This machine's addresses, on the engine's networks and towards other hosts."""
    near = [each.host for service in stack.stack.standing for each in stack.engine.addresses(service.name)]
    return frozenset(map(own_address_towards, [*near, ELSEWHERE]))


def own_address_towards(host: str) -> str:
    """The address that this machine would send from; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asks:
        asks.connect((host, 1))
        return str(asks.getsockname()[0])


def answers_at(host: str, port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as asks:
        asks.settimeout(5)
        return asks.connect_ex((host, port)) == 0
