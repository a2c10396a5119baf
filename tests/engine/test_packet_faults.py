"""Faults of packets on containers: between real network namespaces, observed from others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from stackproof.engine.port import Address, Capability, Place, RunningStack, Side
from stackproof.faults.catalogue import check
from stackproof.faults.evidence.client_view import BRIEF, PortRequest, watch_reply
from stackproof.faults.evidence.port_requests import ask_directly
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.faults.means.network_interface import NetworkInterface
from stackproof.machine.waiting import wait_until
from stackproof.model import ContainerStatus, Evidence, FaultError, FaultSpec, Link
from tests.engine.emulator import emulated
from tests.engine.fault_claims import FaultClaims
from tests.engine.live_stacks import launched, redis_image
from tests.engine.talker import TALKER

pytestmark = pytest.mark.engine

# Two servers behind proxies that share two networks, and a client that does not listen and so has no proxy.
STACK = """
name: packets
services:
  store: &server
    image: {image}
    init: true
    command: [redis-server, --port, "6379", --protected-mode, "no", --save, "", --dir, /tmp]
    networks: [front, back]
    expose: ["6379"]
    healthcheck: {{test: [CMD, redis-cli, ping], interval: 300ms, timeout: 5s, retries: 30}}
    x-stackproof: {{probes: {{ping: "tcp://:6379?send=PING%0D%0A&expect=PONG"}}}}
  shelf:
    <<: *server
  reader:
    image: {image}
    init: true
    command: [sleep, infinity]
    networks: [front]
networks:
  front:
  back: {{internal: true}}
"""
WITHIN_S = 60.0  # only bounds a hang
PING = PortRequest(b"PING\r\n")
FILTERED = (
    "loss front/store percent=30",
    "loss front/reader percent=100",
    "partition shelf->store",
    "partition reader<->store",
    "partition front",
)
EMULATED = ("delay front/store delay_ms=80", "reorder front/store percent=30", "duplicate front/store percent=20")
each_emulation = pytest.mark.parametrize("fault", EMULATED)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The stack."""
    folder = tmp_path_factory.mktemp("packets")
    file = folder / "compose.yaml"
    file.write_text(STACK.format(image=redis_image()), encoding="utf-8")
    with launched(file, folder) as standing:
        yield standing


@pytest.fixture(scope="module")
def has_netem(engine: RunningStack) -> bool:
    """True if the kernel has the network emulator."""
    return engine.lacks(Capability.NETWORK_EMULATION) is None


class TestFilteredPackets(FaultClaims):
    """Losses and partitions are confirmed, and healed."""

    FAULTS = FILTERED


class TestEmulatedPackets(FaultClaims):
    """Packets that are late, out of order or duplicated are confirmed, and healed, if the kernel has the emulator."""

    FAULTS = EMULATED

    @pytest.fixture
    def injectable(self, *, has_netem: bool) -> None:
        """Only with the emulator."""
        if not has_netem:
            pytest.skip("this kernel has no network emulator (module sch_netem)")


def evidence_of(engine: RunningStack, fault: str) -> Evidence:
    """The evidence of a fault."""
    return check(FaultSpec.parse(fault), engine.stack).evidence(engine)


@each_emulation
def test_a_kernel_without_the_emulator_is_reported(
    engine: RunningStack, journal: Journal, fault: str, *, has_netem: bool
) -> None:
    """Without the emulator, the message says so, and what does not need it; nothing is left to heal."""
    if has_netem:
        pytest.skip("this kernel has the network emulator")
    needed = r"needs the network emulator \(sch_netem\), but .*kernel does not have it\n  fix: .*modprobe sch_netem"
    with pytest.raises(FaultError, match=needed), held(FaultSpec.parse(fault), engine, journal):
        pytest.fail("it was injected")
    assert journal.unhealed() == ()


@pytest.mark.parametrize(
    ("fault", "late_ms", "prompt", "twice"),
    [(EMULATED[0], 81, 0, 0), (EMULATED[1], 50, 0.3, 0), (EMULATED[2], 0, 0, 0.2)],
)
def test_the_evidence_recognizes_real_packets_that_are_disturbed(
    engine: RunningStack, fault: str, late_ms: float, prompt: float, twice: float
) -> None:
    """On any kernel: packets that something else delays, reorders or duplicates are recognized and distinguished."""
    with emulated(engine, NetworkInterface("front", "store"), late_ms, prompt, twice):
        seen = {each: evidence_of(engine, each) for each in EMULATED}
    assert {each for each, evidence in seen.items() if evidence.confirmed} == {fault}, seen


def test_a_partition_one_way_works_the_other_way_round_too(engine: RunningStack, journal: Journal) -> None:
    """The evidence of one direction confirms neither the other one nor both."""
    with held(FaultSpec.parse("partition store->shelf"), engine, journal) as injection:
        assert injection.evidence().confirmed
        others = [evidence_of(engine, f"partition {aim}") for aim in ("shelf->store", "shelf<->store", "front")]
    assert not any(each.confirmed for each in others), others


@pytest.mark.parametrize("aim", ["shelf->store", "front"])
def test_an_open_connection_falls_silent_and_continues_after_the_heal(
    engine: RunningStack, journal: Journal, aim: str
) -> None:
    """An open connection is cut, too, and nothing has to be restarted or reopened."""
    engine.exec("store", ("redis-cli", "del", "talker"))
    address = next(
        each.host for each in engine.addresses("store") if (each.network, each.side) == ("front", Side.PROXY)
    )
    with ThreadPoolExecutor(1) as pool:
        talk = pool.submit(engine.run_helper, Place("shelf"), ("python3", "-u", "-c", TALKER, address), 90)
        assert wait_until(
            lambda: engine.exec("store", ("redis-cli", "get", "talker")).strip() == "open", within_s=WITHIN_S
        ).in_time
        with held(FaultSpec.parse(f"partition {aim}"), engine, journal) as injection:
            assert injection.evidence().confirmed
        assert talk.result().split("\n")[:3] == ["answered", "cut", "answered again"]


@pytest.mark.parametrize("network", ["front", "back"])
def test_the_harness_reaches_every_service_of_a_partitioned_network(
    engine: RunningStack, journal: Journal, network: str
) -> None:
    """Over links and directly: load and probes go on, although no service reaches another."""
    with held(FaultSpec.parse(f"partition {network}"), engine, journal):
        for name in ("store", "shelf"):
            asked = ask_directly(engine, engine.stack.service(name))
            assert all(each.is_answered for each in asked), asked
            assert answers(engine.entry(Link(network, name, 6379)))


def test_another_network_is_not_affected(engine: RunningStack, journal: Journal) -> None:
    """Services that share two networks reach each other over the one that is not cut."""
    with held(FaultSpec.parse("partition front"), engine, journal):
        assert not evidence_of(engine, "partition back").confirmed
        (host,) = (
            each.host for each in engine.addresses("store") if each.network == "back" and each.side is Side.PROXY
        )
        assert "succeeded" in engine.run_helper(Place("shelf"), ("sh", "-c", f"nc -n -v -z -w 5 {host} 6379 2>&1"))


@pytest.mark.parametrize("fault", ["loss front/store percent=50", "partition shelf<->store"])
@pytest.mark.parametrize("meanwhile", ["ended", "restarted", "paused"])
def test_it_is_healed_whatever_happened_to_the_service(
    engine: RunningStack, journal: Journal, fault: str, meanwhile: str
) -> None:
    """An ended or restarted service has nothing to heal, a paused one is healed; and so are all others."""
    spec = FaultSpec.parse(fault)
    journal.begin(spec)
    check(spec, engine.stack).inject(engine)
    if meanwhile == "paused":
        engine.pause("store")
    else:
        engine.kill("store")
        assert wait_until(lambda: engine.state("store").status is ContainerStatus.EXITED, within_s=WITHIN_S).in_time
    if meanwhile == "restarted":
        engine.start("store")
    check(spec, engine.stack).heal(engine)
    engine.unpause("store")
    engine.start("store")
    assert not evidence_of(engine, fault).confirmed
    assert not any("stackproof" in rules for rules in filters(engine)), list(filters(engine))
    assert wait_until(lambda: answers(engine.direct("store", 6379)), within_s=WITHIN_S).in_time


def filters(engine: RunningStack) -> Iterator[str]:
    """The packet filters of every container."""
    for service in engine.stack.standing:
        for side in sorted({each.side for each in engine.addresses(service.name)}):
            yield engine.run_helper(
                Place(service.name, side, capabilities=("NET_ADMIN",)), ("iptables", "--list-rules")
            )


def answers(address: Address) -> bool:
    """True if a Redis server answers there."""
    return watch_reply(address, PING, BRIEF).is_answered
