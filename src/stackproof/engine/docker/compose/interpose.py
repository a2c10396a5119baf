"""Puts a Toxiproxy before each service of a resolved compose file: a pure function from model to model.

A proxied service S keeps all it has, under the name ``S.upstream``. A Toxiproxy takes its names, static addresses and
published ports. A container's own host name is a name in the engine's DNS, too, so that of S becomes ``H.upstream``. On
each network the proxy listens on S's ports at its own address there: these listeners are the links that faults are put
on. On a control network, reached from this machine alone, it has gates: ``over`` a link for traffic that has to meet
its faults, ``direct`` to the service for observers, and Toxiproxy's API.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from stackproof.engine.docker import labels
from stackproof.engine.docker.compose.layout import (
    API_PORT,
    CONTROL,
    LOOPBACK,
    Access,
    Interposition,
    Layout,
    config_file,
    direct_name,
    link_name,
    over_name,
    upstream_name,
)
from stackproof.engine.docker.compose.model import (
    Attachment,
    ComposeFile,
    ComposeNetwork,
    ComposePort,
    ComposeService,
    ComposeVolume,
    Dependency,
    Ipam,
    IpamPool,
    OurVolumeKeys,
)
from stackproof.engine.docker.compose.subnetting import dynamic_range, free_addresses, relocated, statics_of
from stackproof.engine.docker.life.small_disks import FILE_SYSTEM
from stackproof.engine.port.order import PortPolicy
from stackproof.engine.toxiproxy.listener import Listener
from stackproof.model import DeclarationError, Link, Service, Stack

_FIRST_GATE = 20001
_CONFIG = "/etc/toxiproxy.json"


def interpose(compose: ComposeFile, stack: Stack, layout: Layout) -> Interposition:
    """Put a Toxiproxy before each service that can have one, on networks and ports of the run's own.

    Raises:
        DeclarationError: The file has something that cannot be interposed.
    """
    _refuse_external(compose)
    proxied = tuple(service for service in stack.services if service.interposed)
    homes = _homes(compose, proxied, layout)
    listeners = {service.name: tuple(_listeners(service, homes[service.name])) for service in proxied}
    services = {
        upstream_name(name) if name in homes else name: _real_service(name, service, homes, layout, compose)
        for name, service in compose.services.items()
    }
    for service in proxied:
        declared = compose.services[service.name]
        host_ports = _declared_ports(declared, entry_network(stack, service), service.name, layout)
        services[service.name] = _proxy(
            service, declared, homes[service.name], _gates(listeners[service.name], host_ports, layout.access), layout
        )
    file = compose.model_copy(
        update={
            "name": layout.project,
            "services": services,
            "networks": _networks(compose, layout),
            "volumes": {name: _volume(name, volume, layout) for name, volume in compose.volumes.items()},
        }
    )
    return Interposition(file, listeners)


def _refuse_external(compose: ComposeFile) -> None:
    for name, network in compose.networks.items():
        if network.external:
            raise DeclarationError(
                f"network {name!r} is external: stackproof puts load and faults on its own networks only",
                fix="declare the network in the compose file without `external`",
            )


@dataclass(frozen=True, slots=True)
class _Home:
    """Addresses around one proxy: its own and its service's on each network, and its own on the control network."""

    fronts: Mapping[str, str]
    backs: Mapping[str, str]
    control: str


def _homes(compose: ComposeFile, proxied: tuple[Service, ...], layout: Layout) -> dict[str, _Home]:
    control = free_addresses(layout.control, ())
    fronts: dict[str, dict[str, str]] = {service.name: {} for service in proxied}
    backs: dict[str, dict[str, str]] = {service.name: {} for service in proxied}
    for network, subnet in layout.subnets.items():
        statics = statics_of(compose, network, layout.subnets)
        free = free_addresses(subnet, statics.values())
        for service in proxied:
            if network in service.networks:
                fronts[service.name][network] = statics.get(service.name) or next(free)
                backs[service.name][network] = next(free)
    return {name: _Home(fronts[name], backs[name], next(control)) for name in fronts}


def _listeners(service: Service, home: _Home) -> Iterator[Listener]:
    """Upstreams are addresses, not names: a look-up for each connection cost the engine more than the proxy did."""
    gates = iter(range(_FIRST_GATE, _FIRST_GATE + 10_000))
    for link in service.links:
        front, back = home.fronts[link.network], home.backs[link.network]
        yield Listener(link_name(link), front, link.port, f"{back}:{link.port}")
        yield Listener(over_name(link), home.control, next(gates), f"{front}:{link.port}")
    first = home.backs[service.networks[0]]
    for port in service.ports:
        yield Listener(direct_name(port), home.control, next(gates), f"{first}:{port}")


def _labels(service: str, role: str, layout: Layout) -> dict[str, str]:
    return {**_run_labels(layout), labels.SERVICE: service, labels.ROLE: role}


def _run_labels(layout: Layout) -> dict[str, str]:
    return {labels.RUN: layout.run, labels.FOLDER: str(layout.folder)}


def _real_service(
    name: str, service: ComposeService, homes: Mapping[str, _Home], layout: Layout, compose: ComposeFile
) -> ComposeService:
    """The real service: behind its proxy where it has one, with the run's labels, image and addresses."""
    home, proxied = homes.get(name), frozenset(homes)
    attachments: dict[str, Attachment | None] = {
        network: Attachment(ipv4_address=home.backs[network]) if home else _moved(network, attachment, layout, compose)
        for network, attachment in service.networks.items()
    }
    if home is None:
        attachments = {network: _also_named(each, _names(name, service)) for network, each in attachments.items()}
    update: dict[str, object] = {
        "networks": attachments,
        "depends_on": _dependencies(service.depends_on, proxied),
        "labels": {**service.labels, **_labels(name, labels.ROLE_SERVICE, layout)},
        "container_name": None,
        "ports": () if home else tuple(_host_port(port, layout) for port in service.ports),
    }
    if home and service.hostname:
        update["hostname"] = upstream_name(service.hostname)
    if name in layout.images:
        update |= {"image": layout.images[name], "build": None, "pull_policy": "never"}
    update |= _shared(service, proxied)
    if not service.networks:
        del update["networks"]
    return service.model_copy(update=update)


def _names(name: str, service: ComposeService) -> tuple[str, ...]:
    """Names besides its own under which the engine lets other services reach a service, on all of its networks."""
    named = dict.fromkeys(each for each in (service.container_name, service.hostname) if each)
    return tuple(each for each in named if each != name)


def _also_named(attachment: Attachment | None, names: tuple[str, ...]) -> Attachment | None:
    if not names:
        return attachment
    attachment = attachment or Attachment()
    return attachment.model_copy(update={"aliases": tuple(dict.fromkeys((*attachment.aliases, *names)))})


def _shared(service: ComposeService, proxied: frozenset[str]) -> dict[str, object]:
    """A service that shares something with another shares it with the real one, not with the proxy before it."""
    shared: dict[str, object] = {}
    for key in ("network_mode", "pid", "ipc"):
        value: str | None = getattr(service, key)
        if value and value.removeprefix("service:") in proxied:
            shared[key] = f"service:{upstream_name(value.removeprefix('service:'))}"
    if service.volumes_from:
        shared["volumes_from"] = tuple(_volumes_of(each, proxied) for each in service.volumes_from)
    return shared


def _volumes_of(entry: str, proxied: frozenset[str]) -> str:
    name, colon, mode = entry.partition(":")
    return f"{upstream_name(name)}{colon}{mode}" if name in proxied else entry


def _moved(network: str, attachment: Attachment | None, layout: Layout, compose: ComposeFile) -> Attachment | None:
    """An attachment in the run's own subnet, which is of IPv4 alone."""
    declared = compose.networks[network].subnet
    if attachment is not None and attachment.ipv6_address is not None:
        attachment = attachment.model_copy(update={"ipv6_address": None})
    if attachment is None or attachment.ipv4_address is None or declared is None:
        return attachment
    address = relocated(attachment.ipv4_address, declared, layout.subnets[network])
    return attachment.model_copy(update={"ipv4_address": address})


def _dependencies(declared: Mapping[str, Dependency], proxied: frozenset[str]) -> dict[str, Dependency]:
    """Wait for the real service as declared, and for its proxy to be started."""
    waits: dict[str, Dependency] = {}
    for name, dependency in declared.items():
        if name in proxied:
            waits[upstream_name(name)] = dependency
            waits[name] = Dependency(condition="service_started", required=dependency.required)
        else:
            waits[name] = dependency
    return waits


def _host_port(port: ComposePort, layout: Layout) -> ComposePort:
    published = port.published if layout.ports is PortPolicy.DECLARED else None
    return port.model_copy(update={"published": published, "host_ip": LOOPBACK})


def entry_network(stack: Stack, service: Service) -> str:
    """The network over which a service is reached from the host: its first that is not internal, else its first."""
    internal = {network.name for network in stack.networks if network.internal}
    return next((name for name in service.networks if name not in internal), service.networks[0])


def _gates(listeners: tuple[Listener, ...], host_ports: Mapping[str, str], access: Access) -> tuple[ComposePort, ...]:
    """The ports that a proxy opens on the host: the declared ones, and every gate that has no other way in."""
    names = {each.name: each.port for each in listeners if not each.name.startswith("link.")}
    wanted = names if access is Access.LOOPBACK else {name: names[name] for name in host_ports}
    api = (ComposePort(target=API_PORT, host_ip=LOOPBACK),) if access is Access.LOOPBACK else ()
    gates = (
        ComposePort(target=port, host_ip=LOOPBACK, published=host_ports.get(name)) for name, port in wanted.items()
    )
    return (*api, *gates)


def _proxy(
    service: Service, declared: ComposeService, home: _Home, gates: tuple[ComposePort, ...], layout: Layout
) -> ComposeService:
    attachments: dict[str, Attachment | None] = {}
    for network, address in home.fronts.items():
        known = _also_named(declared.networks[network], _names(service.name, declared))
        attachments[network] = Attachment(ipv4_address=address, aliases=known.aliases if known else ())
    attachments[CONTROL] = Attachment(ipv4_address=home.control)
    proxy: dict[str, object] = {
        "image": layout.proxy_image,
        "pull_policy": "never",
        "command": ["-host", home.control, "-port", str(API_PORT), "-config", _CONFIG, "-proxy-metrics"],
        "networks": attachments,
        "ports": gates,
        "profiles": declared.profiles,
        "labels": _labels(service.name, labels.ROLE_PROXY, layout),
        "volumes": [_mount(config_file(layout.folder, service.name))],
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "sysctls": {"net.ipv4.ip_unprivileged_port_start": "0"},
        "stop_grace_period": "1s",
    }
    return ComposeService.model_validate(proxy)


def _mount(file: Path) -> dict[str, object]:
    return {"type": "bind", "source": str(file), "target": _CONFIG, "read_only": True}


def _declared_ports(declared: ComposeService, network: str, service: str, layout: Layout) -> dict[str, str]:
    """Declared host ports, by the gate that they lead to."""
    if layout.ports is not PortPolicy.DECLARED:
        return {}
    return {
        over_name(Link(network, service, port.target)): port.published
        for port in declared.ports
        if port.published and port.protocol == "tcp"
    }


def _networks(compose: ComposeFile, layout: Layout) -> dict[str, ComposeNetwork]:
    """The stack's networks in this run's subnets, and the control network.

    An engine publishes ports over the first network by name that is not internal. The control network's name makes it
    that one, so that every published port leads to the gates. Where none is published it is internal too: no proxy has
    a way out over it, and the engine has fewer rules to make.
    """
    networks = {name: _network(network, layout.subnets[name], layout) for name, network in compose.networks.items()}
    publishes = layout.access is Access.LOOPBACK or layout.ports is PortPolicy.DECLARED
    control = _network(ComposeNetwork(internal=not publishes), layout.control, layout)
    networks[CONTROL] = control.model_copy(update={"name": f"{layout.project}_{CONTROL}"})
    return networks


def _network(network: ComposeNetwork, subnet: IPv4Network, layout: Layout) -> ComposeNetwork:
    pool = IpamPool(subnet=str(subnet), ip_range=str(dynamic_range(subnet)))
    return network.model_copy(
        update={"name": None, "ipam": Ipam(config=(pool,)), "labels": {**network.labels, **_run_labels(layout)}}
    )


def _volume(name: str, volume: ComposeVolume, layout: Layout) -> ComposeVolume:
    if volume.external:
        return volume
    update: dict[str, object] = {"name": None, "labels": {**volume.labels, **_run_labels(layout)}}
    if name in layout.disks:
        options = {"type": FILE_SYSTEM, "device": layout.disks[name]}
        update |= {"driver": "local", "driver_opts": options, "ours": OurVolumeKeys()}
    return volume.model_copy(update=update)
