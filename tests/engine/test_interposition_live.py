"""Interposition on a tiny stack of Redis servers and clients, live."""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect
from stackproof.engine.docker.compose.layout import LOOPBACK, Access
from stackproof.engine.docker.compose.reader import read_compose
from stackproof.engine.docker.life.sweep import leftovers
from stackproof.engine.port import Address, Capability, RunningStack
from stackproof.model import EngineError
from tests.engine.live_stacks import launched, redis_image

pytestmark = pytest.mark.engine

TINY = """
name: tiny
x-server: &server
  image: {image}
  init: true
  restart: "no"
x-check: &check {{interval: 300ms, timeout: 5s, retries: 30}}
services:
  store:
    <<: *server
    hostname: store
    container_name: the-store
    command: &command [redis-server, --port, "7000", --protected-mode, "no", --save, "", --dir, /tmp]
    networks:
      front: {{ipv4_address: 172.30.5.77, aliases: [cupboard]}}
      back:
    ports: ["0.0.0.0:7000:7000"]
    healthcheck: {{<<: *check, test: [CMD, redis-cli, -p, "7000", ping]}}
  open:
    <<: *server
    command: *command
    networks: [front]
    ports: ["0.0.0.0:7001:7000"]
    x-stackproof: {{interpose: false}}
  shut:
    <<: *server
    command: *command
    networks: [back]
    x-stackproof: {{interpose: false}}
  near:
    <<: *server
    command: [sleep, infinity]
    networks:
      front: {{ipv4_address: 172.30.5.78}}
    environment:
      WORDS: 'no: 1_000 {{x: y}} # & $$HOME "quoted"'
  far:
    <<: *server
    command: [sleep, infinity]
    networks: [back]
networks:
  front: {{ipam: {{config: [{{subnet: 172.30.0.0/16}}]}}}}
  back: {{internal: true}}
"""
FRONT, BACK = "front/store:7000", "back/store:7000"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny stack's compose file."""
    path = tmp_path_factory.mktemp("tiny") / "compose.yaml"
    path.write_text(TINY.format(image=redis_image()), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=list(Access))
def engine(file: Path, request: pytest.FixtureRequest) -> Iterator[RunningStack]:
    """The tiny stack, standing; reached in each of the two ways."""
    with launched(file, file.parent, request.param) as standing:
        yield standing


@pytest.fixture
def sound(engine: RunningStack) -> Iterator[RunningStack]:
    """The same, with every link restored after the test."""
    yield engine
    for link in engine.stack.links():
        engine.link(link).restore()


def answers(engine: RunningStack, client: str, host: str = "store") -> bool:
    """Ask the store from inside another container."""
    try:
        return "PONG" in engine.exec(client, ("redis-cli", "-h", host, "-p", "7000", "ping"))
    except EngineError:
        return False


def says(address: Address, command: str) -> str:
    """What a Redis answers to the host; nothing where it does not."""
    try:
        with socket.create_connection((address.host, address.port), timeout=10) as connection:
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(1000).decode()
    except OSError:
        return ""


def pings(address: Address) -> bool:
    """Ask a Redis from the host whether it works."""
    return says(address, "PING").startswith("+PONG")


@pytest.mark.parametrize(("cut", "severed", "kept"), [(FRONT, "near", "far"), (BACK, "far", "near")])
def test_the_two_links_of_one_port_are_cut_apart(sound: RunningStack, cut: str, severed: str, kept: str) -> None:
    """A service on two networks can be out of reach on one and in reach on the other; restored, both are served."""
    assert answers(sound, severed)
    link = sound.link(sound.stack.link(cut))
    link.cut()
    assert not answers(sound, severed)
    assert answers(sound, kept)
    link.restore()
    assert answers(sound, severed)


def test_observers_beside_the_links_do_not_feel_a_cut(sound: RunningStack) -> None:
    """What crosses the cut link is refused at its gate; whoever asks directly is answered."""
    for text in (FRONT, BACK):
        link = sound.stack.link(text)
        assert pings(sound.entry(link))
        sound.link(link).cut()
        assert not pings(sound.entry(link))
        assert pings(sound.direct("store", 7000))


@pytest.mark.parametrize("name", ["store", "the-store", "cupboard"])
def test_no_name_of_a_service_leads_past_its_proxy(sound: RunningStack, name: str) -> None:
    """Its host name and its container's name are names in the engine's DNS: each leads to the proxy, and only there."""
    link = sound.stack.link(FRONT)
    asked = ("sh", "-c", f"for _ in 1 2 3 4 5 6 7 8; do getent ahostsv4 {name}; done | cut -d' ' -f1 | sort -u")
    assert sound.exec("near", asked).split() == [str(address_of(sound, "store"))]
    assert answers(sound, "near", name)
    sound.link(link).cut()
    assert not answers(sound, "near", name)


def address_of(engine: RunningStack, host: str) -> IPv4Address:
    """Where a name leads on the outer network."""
    return IPv4Address(engine.exec("near", ("getent", "ahostsv4", host)).split()[0])


def test_a_static_address_keeps_its_place_in_the_new_subnet(engine: RunningStack) -> None:
    """Declared addresses move with their subnet: a proxy takes its service's, a service without one keeps its own."""
    generated = read_compose(engine.folder / "compose.yaml")
    subnet = IPv4Network(generated.networks["front"].subnet or "")
    assert not subnet.overlaps(IPv4Network("172.30.0.0/16"))
    assert address_of(engine, "store") == subnet.network_address + (5 * 256 + 77)
    assert address_of(engine, "near") == subnet.network_address + (5 * 256 + 78)
    assert answers(engine, "near", str(address_of(engine, "store")))


def test_aliases_lead_over_the_link_too(sound: RunningStack) -> None:
    """A client that knows the service by another name meets its faults as well."""
    assert answers(sound, "near", "cupboard")
    sound.link(sound.stack.link(FRONT)).cut()
    assert not answers(sound, "near", "cupboard")


def test_a_link_leads_over_its_own_network(engine: RunningStack) -> None:
    """Traffic over a link reaches the service over that network, where its policy and its logs expect it."""
    generated = read_compose(engine.folder / "compose.yaml")
    for text in (FRONT, BACK):
        link = engine.stack.link(text)
        client = says(engine.entry(link), "CLIENT INFO").partition(" addr=")[2].partition(":")[0]
        assert IPv4Address(client) in IPv4Network(generated.networks[link.network].subnet or "")


def test_an_internal_network_stays_internal(engine: RunningStack) -> None:
    """A service on the internal network alone has no way out, though its neighbour's proxy is on both."""
    assert " 00000000 " in routes(engine, "near")
    assert " 00000000 " not in routes(engine, "far")
    with pytest.raises(EngineError):
        engine.exec("far", ("getent", "ahostsv4", "open"))
    assert not answers(engine, "far", str(address_of(engine, "open")))


def routes(engine: RunningStack, service: str) -> str:
    """The routing table of a service; 00000000 stands for any destination (proc(5))."""
    lines = engine.exec(service, ("cat", "/proc/net/route")).splitlines()[1:]
    return "\n".join(f" {line.split()[1]} " for line in lines)


def test_every_value_arrives_as_written(engine: RunningStack) -> None:
    """The generated file loses nothing of what Compose and YAML could misread."""
    assert engine.exec("near", ("printenv", "WORDS")) == 'no: 1_000 {x: y} # & $HOME "quoted"\n'


def test_all_ports_are_open_on_loopback_alone(engine: RunningStack) -> None:
    """However the file publishes its ports, a stack under test is reached from this machine only."""
    run = f"{labels.RUN}={engine.run}"
    bindings = [
        binding
        for container in connect().containers.list(filters={"label": run})
        for opened in container.attrs["NetworkSettings"]["Ports"].values()
        for binding in opened or ()
    ]
    assert {binding["HostIp"] for binding in bindings} == {LOOPBACK}
    assert pings(engine.direct("open", 7000))
    assert "7000" not in {binding["HostPort"] for binding in bindings}


def test_a_service_that_opted_out_has_no_link(engine: RunningStack) -> None:
    """With `interpose: false` a service is started as declared, and no fault can be put before it."""
    assert {str(link) for link in engine.stack.links()} == {FRONT, BACK}
    assert answers(engine, "near", "open")


def test_a_service_without_a_proxy_is_reached_where_its_network_is_ours(engine: RunningStack) -> None:
    """On an internal network, too, and with no port opened; where the engine is elsewhere, nothing leads there."""
    if engine.lacks(Capability.DIRECT_ADDRESSES) is None:
        assert pings(engine.direct("shut", 7000))
    else:
        with pytest.raises(EngineError, match="port 7000 of 'shut'"):
            engine.direct("shut", 7000)


def test_two_launches_of_one_file_run_side_by_side(engine: RunningStack, file: Path, tmp_path: Path) -> None:
    """Neither ports, nor names, nor subnets collide, and a fault in one does not affect the other."""
    with launched(file, tmp_path) as other:
        link = other.stack.link(FRONT)
        other.link(link).cut()
        assert not answers(other, "near")
        assert answers(engine, "near")
        assert other.entry(link) != engine.entry(link)
    assert not leftovers(other.run)
    assert answers(engine, "near")
