"""Interposition is a pure function: what it promises shows in the model that it returns."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.engine.docker import labels
from stackproof.engine.docker.compose.interpose import interpose
from stackproof.engine.docker.compose.layout import (
    CONTROL,
    Access,
    Interposition,
    Layout,
    over_name,
    upstream_name,
)
from stackproof.engine.docker.compose.model import ComposeFile, ComposeService
from stackproof.engine.docker.compose.reader import stack_of
from stackproof.engine.docker.compose.subnetting import dynamic_range, prefix_for
from stackproof.engine.port import PortPolicy
from stackproof.model import DeclarationError, Link

FILE = Path("shop/compose.yaml")
COMPOSE = ComposeFile.model_validate(
    {
        "name": "shop",
        "services": {
            "web": {
                "image": "web:1",
                "container_name": "the-web",
                "hostname": "web",
                "networks": {"front": {"ipv4_address": "172.30.0.9", "aliases": ["www"]}, "back": None},
                "ports": [{"target": 443, "published": "8443", "protocol": "tcp", "mode": "ingress"}],
                "expose": ["9000"],
                "depends_on": {"store": {"condition": "service_healthy", "required": True}},
                "labels": {"theirs": "kept"},
                "command": ["serve", "$$HOME"],
                "configs": [{"source": "alerts", "target": "/etc/alerts.yaml"}],
            },
            "store": {"build": {"context": "."}, "networks": {"back": None}, "expose": ["6379"]},
            "job": {
                "image": "job:1",
                "container_name": "the-job",
                "hostname": "worker",
                "networks": {"back": None},
                "depends_on": {"web": {"condition": "service_started"}},
            },
            "tap": {
                "image": "tap:1",
                "network_mode": "service:store",
                "pid": "service:web",
                "ipc": "shareable",
                "volumes_from": ["store:ro", "job"],
            },
            "open": {
                "image": "o:1",
                "networks": {"front": None},
                "expose": ["1"],
                "x-stackproof": {"interpose": False},
            },
        },
        "networks": {
            "front": {"name": "shop_front", "ipam": {"config": [{"subnet": "172.30.0.0/16"}]}},
            "back": {"name": "shop_back", "internal": True, "ipam": {}},
        },
        "configs": {"alerts": {"name": "shop_alerts", "file": "/shop/alerts.yaml", "x-stackproof": {"role": "rules"}}},
        "volumes": {"files": {"name": "shop_files"}, "theirs": {"name": "theirs", "external": True}},
    }
)
STACK = stack_of(COMPOSE, FILE)


def _layout(ports: PortPolicy = PortPolicy.DYNAMIC, access: Access = Access.LOOPBACK) -> Layout:
    return Layout(
        run="r1",
        project="shop-r1",
        folder=Path("/runs/r1"),
        subnets={"front": IPv4Network("10.1.1.0/24"), "back": IPv4Network("10.1.2.0/24")},
        control=IPv4Network("10.1.3.0/24"),
        proxy_image="proxy:1",
        images={"store": "ours:1"},
        ports=ports,
        access=access,
    )


def _interposed(ports: PortPolicy = PortPolicy.DYNAMIC) -> Interposition:
    return interpose(COMPOSE, STACK, _layout(ports))


def _service(name: str) -> ComposeService:
    return _interposed().compose.services[name]


def test_a_proxy_takes_the_name_aliases_and_static_address_of_its_service() -> None:
    """Clients that know a service by name, by alias or by address reach its proxy without any change."""
    front = _service("web").networks["front"]
    assert front is not None
    assert front.ipv4_address == "10.1.1.9"
    assert front.aliases == ("www", "the-web")
    back = _service("web").networks["back"]
    assert back is not None
    assert back.aliases == ("the-web",)


def test_no_name_of_the_real_service_leads_past_its_proxy() -> None:
    """The engine resolves a container's own host name: a client that asks for it would pass every fault by."""
    assert _service(upstream_name("web")).hostname == "web.upstream"
    assert _service(upstream_name("store")).hostname is None


def test_a_service_without_a_proxy_keeps_its_names() -> None:
    """Others may know it by its container's name, which belongs to one run alone."""
    job = _service("job")
    back = job.networks["back"]
    assert (job.container_name, job.hostname) == (None, "worker")
    assert back is not None
    assert back.aliases == ("the-job", "worker")


def test_the_real_service_keeps_what_it_had_under_another_name() -> None:
    """Nothing of a service's own declaration is lost, not even what stackproof does not know."""
    real = _service(upstream_name("web"))
    assert real.image == "web:1"
    assert real.command == ("serve", "$$HOME")
    assert real.labels["theirs"] == "kept"
    assert set(real.networks) == {"front", "back"}


def test_the_real_service_gives_up_its_address_its_ports_and_its_container_name() -> None:
    """Two runs of one file never compete for an address, a host port or a container's name."""
    real = _service(upstream_name("web"))
    assert real.ports == ()
    assert real.container_name is None
    taken = {attachment.ipv4_address for attachment in real.networks.values() if attachment is not None}
    assert "10.1.1.9" not in taken


def test_each_network_and_port_of_a_service_is_a_link_of_its_own() -> None:
    """The same port can be slow on one network and fine on the other: each link listens on its network's address."""
    links = {each.name: each for each in _interposed().listeners["web"] if each.name.startswith("link.")}
    assert set(links) == {"link.front.443", "link.front.9000", "link.back.443", "link.back.9000"}
    assert links["link.front.443"].host == "10.1.1.9"
    assert IPv4Address(links["link.back.443"].host) in IPv4Network("10.1.2.0/24")
    real = _service(upstream_name("web")).networks
    for network in ("front", "back"):
        attachment = real[network]
        assert attachment is not None
        assert links[f"link.{network}.443"].upstream == f"{attachment.ipv4_address}:443"


def test_loopback_traffic_over_a_link_passes_its_listener() -> None:
    """A gate leads to the link's own listener, so that load from the host meets the link's faults."""
    listeners = {each.name: each for each in _interposed().listeners["web"]}
    link = listeners["link.back.443"]
    assert listeners[over_name(Link("back", "web", 443))].upstream == f"{link.host}:{link.port}"


def test_every_opened_port_is_bound_to_loopback() -> None:
    """No port of a stack under test, and no control port, is reachable from another machine."""
    opened = [port for service in _interposed().compose.services.values() for port in service.ports]
    assert opened
    assert {port.host_ip for port in opened} == {"127.0.0.1"}


def test_host_ports_are_free_ones_unless_declared_ones_are_wanted() -> None:
    """Concurrent runs never want the same host port; a person who wants the declared ones can have them."""
    assert not any(port.published for port in _service("web").ports)
    declared = _interposed(PortPolicy.DECLARED)
    gate = next(each.port for each in declared.listeners["web"] if each.name == "over.front.443")
    published = {port.target: port.published for port in declared.compose.services["web"].ports}
    assert published[gate] == "8443"


def test_where_the_engines_networks_are_ours_no_port_is_opened_for_a_gate() -> None:
    """On such a machine a run opens the ports that a person asked for, and no other."""
    quiet = interpose(COMPOSE, STACK, _layout(access=Access.BRIDGE)).compose
    assert not [port for name in ("web", "store") for port in quiet.services[name].ports]
    asked = interpose(COMPOSE, STACK, _layout(PortPolicy.DECLARED, Access.BRIDGE)).compose
    assert [port.published for port in asked.services["web"].ports] == ["8443"]


def test_a_dependency_waits_for_the_real_service_and_for_its_proxy() -> None:
    """A dependency keeps its condition although the name now belongs to the proxy."""
    waits = _service("job").depends_on
    assert waits["web.upstream"].condition == "service_started"
    assert waits["web"].condition == "service_started"
    assert _service(upstream_name("web")).depends_on["store.upstream"].condition == "service_healthy"


def test_a_service_shares_with_the_real_one_and_not_with_its_proxy() -> None:
    """Network, processes and volumes that are shared are those of the service itself."""
    tap = _service("tap")
    assert (tap.network_mode, tap.pid, tap.ipc) == ("service:store.upstream", "service:web.upstream", "shareable")
    assert tap.volumes_from == ("store.upstream:ro", "job")


def test_a_service_can_opt_out() -> None:
    """``x-stackproof: interpose: false`` leaves a service as it is."""
    assert upstream_name("open") not in _interposed().compose.services
    assert "open" not in _interposed().listeners


def test_a_built_service_runs_the_image_named_by_its_inputs() -> None:
    """Compose neither builds nor pulls it: the image was built before."""
    real = _service(upstream_name("store"))
    assert (real.image, real.build, real.pull_policy) == ("ours:1", None, "never")


def test_everything_that_is_created_carries_the_runs_label() -> None:
    """What is labelled can be found and swept, whatever became of the process that created it."""
    compose = _interposed().compose
    made = [each.labels for each in compose.services.values()]
    made += [each.labels for each in compose.networks.values()]
    made.append(compose.volumes["files"].labels)
    assert {each[labels.RUN] for each in made} == {"r1"}
    assert compose.volumes["theirs"] == COMPOSE.volumes["theirs"]


def test_names_of_networks_and_volumes_belong_to_the_run() -> None:
    """The absolute names of the resolved file are dropped, or two runs would share a network."""
    compose = _interposed().compose
    assert compose.networks["front"].name is None
    assert compose.volumes["files"].name is None
    assert compose.name == "shop-r1"


def test_the_control_network_sorts_first() -> None:
    """Engines publish ports over the first network by name: the gates must listen on that one."""
    compose = _interposed().compose
    control = compose.networks[CONTROL].name
    assert control is not None
    assert all(control < f"shop-r1_{name}" for name in compose.networks if name != CONTROL)


def test_a_proxy_that_opens_no_port_has_no_way_out_over_the_control_network() -> None:
    """A proxy before a service on internal networks reaches only those; no port is opened over an internal network."""
    internal = {
        (ports, access): interpose(COMPOSE, STACK, _layout(ports, access)).compose.networks[CONTROL].internal
        for ports in PortPolicy
        for access in Access
    }
    assert [case for case, is_internal in internal.items() if is_internal] == [(PortPolicy.DYNAMIC, Access.BRIDGE)]


def test_interposing_does_not_change_its_input() -> None:
    """The same file and layout give the same result, time after time."""
    before = COMPOSE.model_dump()
    assert _interposed() == _interposed()
    assert COMPOSE.model_dump() == before


def test_an_external_network_is_refused() -> None:
    """Faults and load go only to networks of the run's own."""
    external = COMPOSE.networks["front"].model_copy(update={"external": True})
    compose = COMPOSE.model_copy(update={"networks": {**COMPOSE.networks, "front": external}})
    with pytest.raises(DeclarationError, match="external"):
        interpose(compose, STACK, _layout())


@given(
    services=st.integers(1, 60),
    statics=st.lists(st.integers(2, 60_000), unique=True, max_size=8),
)
def test_no_two_containers_ever_have_one_address(services: int, statics: list[int]) -> None:
    """Static addresses, proxies' addresses and the engine's own range never overlap, whatever a file declares."""
    base = IPv4Network("172.31.0.0/16")
    declared: dict[str, object] = {}
    for index in range(services):
        address = {"ipv4_address": str(base.network_address + statics[index])} if index < len(statics) else None
        declared[f"s{index}"] = {"image": "i", "networks": {"net": address}, "expose": ["80"]}
    compose = ComposeFile.model_validate(
        {"name": "x", "services": declared, "networks": {"net": {"ipam": {"config": [{"subnet": str(base)}]}}}}
    )
    subnet = IPv4Network(("10.0.0.0", prefix_for(compose, "net")))
    layout = Layout("r", "x-r", Path("/r"), {"net": subnet}, IPv4Network("10.200.0.0/22"), "p", {})
    file = interpose(compose, stack_of(compose, FILE), layout).compose
    taken = [
        IPv4Address(attachment.ipv4_address)
        for service in file.services.values()
        for network, attachment in service.networks.items()
        if network == "net" and attachment is not None and attachment.ipv4_address
    ]
    assert len(taken) == len(set(taken)) == 2 * services
    assert not any(address in dynamic_range(subnet) for address in taken)


def test_a_volume_with_a_capacity_is_on_a_disk_of_its_own() -> None:
    """The engine mounts the disk; the capacity is no longer declared, and other volumes are as they were."""
    volumes = {"files": {"x-stackproof": {"capacity": "256m"}}, "others": {}}
    compose = ComposeFile.model_validate({**COMPOSE.document(), "volumes": volumes})
    placed = interpose(compose, STACK, replace(_layout(), disks={"files": "/dev/loop7"})).compose
    document = placed.volumes["files"].model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
    assert document["driver_opts"] == {"type": "ext4", "device": "/dev/loop7"}
    assert placed.volumes["others"].driver_opts == {}
    assert ComposeFile.model_validate(placed.document()).capacities == {}


def test_the_real_service_gets_the_declared_configuration_files() -> None:
    """A proxy gets none of them."""
    document = _interposed().compose.document()
    assert document["configs"] == {
        "alerts": {"name": "shop_alerts", "file": "/shop/alerts.yaml", "x-stackproof": {"role": "rules"}}
    }
    services = document["services"]
    assert isinstance(services, dict)
    assert services["web.upstream"]["configs"] == [{"source": "alerts", "target": "/etc/alerts.yaml"}]
    assert "configs" not in services["web"]
