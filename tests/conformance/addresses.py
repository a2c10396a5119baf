"""Role *addresses* and role *names*."""

from ipaddress import ip_address

import pytest

from stackproof.engine.port import Capability, ControlPurpose, Side
from stackproof.model import ContainerStatus, DeclarationError, FaultError
from tests.conformance.subject import BARE, FRONT, LINK, NETWORKS, NO_LINK, PORT, STORE, Subject, eventually


def check_a_service_has_an_address_on_each_of_its_networks(subject: Subject) -> None:
    """Its proxy has another one there, where it has a proxy; no two containers share one."""
    store = subject.running.addresses(STORE)
    networks = subject.running.stack.service(STORE).networks
    assert {(each.network, each.side) for each in store} == {(name, side) for name in networks for side in Side}
    bare = subject.running.addresses(BARE)
    assert {(each.network, each.side) for each in bare} == {(FRONT, Side.SERVICE)}
    hosts = [each.host for each in (*store, *bare)]
    assert len({*hosts}) == len(hosts)
    assert all(ip_address(host).is_private for host in hosts)


def check_a_service_that_has_ended_has_no_address(subject: Subject) -> None:
    """Its proxy keeps those that it has."""
    subject.running.kill(BARE)
    eventually(lambda: subject.running.state(BARE), lambda state: state.status is ContainerStatus.EXITED)
    assert subject.running.addresses(BARE) == ()
    subject.running.start(BARE)
    eventually(lambda: subject.running.addresses(BARE), len)


def check_traffic_enters_a_link_and_goes_around_it_at_different_places(subject: Subject) -> None:
    """Where faults are met, and where observers are, are two addresses; neither is one of what does not exist."""
    over, around = subject.running.entry(LINK), subject.running.direct(STORE, PORT)
    assert over.port > 0
    assert around.port > 0
    with pytest.raises(FaultError):
        subject.running.entry(NO_LINK)
    with pytest.raises(FaultError):
        subject.running.direct(STORE, NO_LINK.port)


def check_the_harness_has_addresses_of_its_own_at_a_proxy(subject: Subject) -> None:
    """One takes commands; none is on a network of the stack; a service without a proxy has none."""
    controls = subject.running.control_addresses(STORE)
    assert ControlPurpose.COMMANDS in {each.purpose for each in controls}
    assert not {each.network for each in controls} & {network.name for network in NETWORKS}
    assert subject.running.control_addresses(BARE) == ()


def check_networks_are_those_declared_and_ours(subject: Subject) -> None:
    """Each is as internal as declared; those that were added are those of the control addresses."""
    found = {network.name: network.internal for network in subject.running.networks()}
    declared = {network.name: network.internal for network in NETWORKS}
    ours = {each.network for each in subject.running.control_addresses(STORE)}
    assert found.keys() == declared.keys() | ours
    assert {name: found[name] for name in declared} == declared


def check_published_ports_are_on_loopback_alone(subject: Subject) -> None:
    """A stack under test is open to this machine, and to no other one."""
    for service in (STORE, BARE):
        assert all(ip_address(each.host).is_loopback for each in subject.running.published(service))


def check_the_name_server_has_an_address(subject: Subject) -> None:
    """Where look-ups can be led elsewhere, it is known from where."""
    if subject.running.lacks(Capability.NAME_REDIRECTION) is None:
        assert ip_address(subject.running.name_server().host).version


def check_an_unknown_service_has_no_address(subject: Subject) -> None:
    """A misspelt name is named."""
    with pytest.raises((DeclarationError, FaultError), match="nobody"):
        subject.running.direct("nobody", PORT)
