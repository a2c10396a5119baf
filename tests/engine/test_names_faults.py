"""Faults of names, on containers."""

from collections.abc import Iterator

import pytest

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect
from stackproof.engine.port import Place, RunningStack, Shares
from stackproof.faults.catalogue import check
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.engine.fault_claims import (
    assert_bites_and_heals,
    assert_healed_from_the_journal,
    assert_unseen_without_injection,
)
from tests.engine.live_stacks import launched, redis_image
from tests.engine.names import all_rules, looked_up, nat_rules, status_over_one_socket, write_rules_the_old_way

pytestmark = pytest.mark.engine

STORES = """
name: names
x-redis: &redis
  image: {image}
  init: true
  command: [redis-server, --port, "6379", --protected-mode, "no", --save, "", --dir, /tmp]
  expose: ["6379"]
  healthcheck: {{test: [CMD, redis-cli, ping], interval: 300ms, timeout: 5s, retries: 30}}
services:
  asker:
    <<: *redis
    networks: [front]
  narrow:
    <<: *redis
    networks: [front]
    sysctls: {{net.ipv4.ip_local_port_range: 40000 40015}}
  store:
    <<: *redis
    networks: {{front: {{aliases: [sub.store]}}}}
  lodger:
    image: {image}
    init: true
    command: [sleep, infinity]
    network_mode: service:store
  hosted:
    image: {image}
    init: true
    command: [sleep, infinity]
    network_mode: host
networks:
  front:
"""
OF_NAMES = (
    "dns_fail asker name=store",
    "dns_fail asker name=store mode=silent",
    "dns_lie asker name=store address=127.0.0.9",
)
each_fault = pytest.mark.parametrize("fault", OF_NAMES)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Two Redis servers behind their proxies, one of which is asked for the other."""
    folder = tmp_path_factory.mktemp("names")
    file = folder / "compose.yaml"
    file.write_text(STORES.format(image=redis_image()), encoding="utf-8")
    with launched(file, folder) as standing:
        yield standing


@each_fault
def test_a_fault_bites_and_heals(engine: RunningStack, journal: Journal, fault: str) -> None:
    """On containers every fault is shown to bite; healed, it is shown no more."""
    assert_bites_and_heals(engine, journal, fault)


@each_fault
def test_a_fault_that_was_not_injected_is_not_seen(
    engine: RunningStack, journal: Journal, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """With an injector that does nothing, the evidence says so."""
    assert_unseen_without_injection(engine, journal, monkeypatch, fault)


@each_fault
def test_another_process_heals_what_a_dead_one_left(engine: RunningStack, journal: Journal, fault: str) -> None:
    """From the journal's text alone, with nothing else remembered, the fault is undone; a second time does nothing."""
    assert_healed_from_the_journal(engine, journal, fault)


FAILS, LIES = (FaultSpec.parse(text) for text in (OF_NAMES[0], "dns_lie asker name=sub.store address=127.0.0.9"))


@pytest.mark.parametrize("order", [(FAILS, LIES), (LIES, FAILS)], ids=str)
def test_two_faults_of_names_hold_at_once(
    engine: RunningStack, journal: Journal, order: tuple[FaultSpec, FaultSpec]
) -> None:
    """Whichever came first, both bite; names under a name are others; and healed, the service's rules are as before."""
    before = all_rules(engine, "asker")
    with held(order[0], engine, journal) as first, held(order[1], engine, journal) as second:
        assert first.evidence().confirmed
        assert second.evidence().confirmed
        assert not looked_up(engine, "asker", "store")
        assert looked_up(engine, "asker", "sub.store") == {"127.0.0.9"}
        assert looked_up(engine, "store", "store") == looked_up(engine, "store", "sub.store") != {"127.0.0.9"}
    assert all_rules(engine, "asker") == before


@pytest.mark.parametrize("fault", ["dns_fail narrow name=store", "dns_lie narrow name=store address=127.0.0.9"])
def test_a_port_that_was_used_just_before_leads_nobody_astray(
    engine: RunningStack, journal: Journal, fault: str
) -> None:
    """The kernel remembers the way of a port's packets: each question goes its own, though there are few ports."""
    with held(FaultSpec.parse(fault), engine, journal) as injection:
        seen = [injection.evidence() for _ in range(5)]
    assert all(each.confirmed for each in seen), [each.observed for each in seen]


def test_look_ups_over_tcp_fail_as_well(engine: RunningStack, journal: Journal) -> None:
    """A long question, which goes over TCP, is answered as a short one."""
    assert looked_up(engine, "asker", "store", "use-vc")
    with held(FAILS, engine, journal):
        assert not looked_up(engine, "asker", "store", "use-vc")
        assert looked_up(engine, "asker", "asker", "use-vc")
    with held(FaultSpec.parse(OF_NAMES[1]), engine, journal):
        assert not looked_up(engine, "asker", "store", "use-vc")


def test_who_asks_from_one_socket_for_ever_feels_it_too(engine: RunningStack, journal: Journal) -> None:
    """The kernel remembers the ways of connections: a service that keeps its socket feels fault and heal at once."""
    assert status_over_one_socket(engine, "asker", "store") == "NOERROR"
    with held(FAILS, engine, journal):
        assert status_over_one_socket(engine, "asker", "store") == "NXDOMAIN"
    assert status_over_one_socket(engine, "asker", "store") == "NOERROR"


@each_fault
def test_it_is_healed_when_the_service_died_meanwhile(engine: RunningStack, fault: str) -> None:
    """Its resolver goes, though the network that it was in is gone; the service, started again, looks up as ever."""
    bound = check(FaultSpec.parse(fault), engine.stack)
    bound.inject(engine)
    engine.kill("asker")
    assert not bound.evidence(engine).confirmed
    bound.heal(engine)
    bound.heal(engine)
    assert not _helpers(engine)
    engine.start("asker")
    assert looked_up(engine, "asker", "store") not in ({"127.0.0.9"}, set())


def test_it_is_healed_when_the_service_was_started_anew_meanwhile(engine: RunningStack) -> None:
    """A new start has a new network without our rules: the evidence says so, and the heal leaves it as it is."""
    bound = check(FAILS, engine.stack)
    bound.inject(engine)
    engine.kill("asker")
    engine.start("asker")
    assert not bound.evidence(engine).confirmed
    before = nat_rules(engine, "asker")
    bound.heal(engine)
    assert nat_rules(engine, "asker") == before
    assert not _helpers(engine)


@pytest.mark.parametrize("fault", [FAILS, LIES], ids=str)
def test_rules_of_the_old_kind_are_led_before_as_well(engine: RunningStack, fault: FaultSpec) -> None:
    """An engine may write its rules by iptables-legacy: ours are then of that kind, or they would come too late."""
    write_rules_the_old_way(engine, "asker")
    before = nat_rules(engine, "asker", "iptables-legacy")
    bound = check(fault, engine.stack)
    bound.inject(engine)
    during = bound.evidence(engine)
    bound.heal(engine)
    after = bound.evidence(engine)
    assert nat_rules(engine, "asker", "iptables-legacy") == before
    engine.kill("asker")
    engine.start("asker")
    assert during.confirmed, during.observed
    assert not after.confirmed, after.observed


def test_it_is_healed_while_the_service_is_frozen(engine: RunningStack, journal: Journal) -> None:
    """A frozen service is a living one: it finds the names again when it thaws."""
    before = nat_rules(engine, "asker")
    try:
        with held(FAILS, engine, journal):
            engine.pause("asker")
    finally:
        engine.unpause("asker")
    assert nat_rules(engine, "asker") == before


def test_who_lives_in_a_services_network_shares_the_fault(engine: RunningStack) -> None:
    """There is one network, and one way that look-ups take in it: aimed at either, it is felt by both."""
    bound = check(FaultSpec.parse("dns_lie lodger name=asker address=127.0.0.9"), engine.stack)
    bound.inject(engine)
    during = bound.evidence(engine)
    both = [looked_up(engine, name, "asker") for name in ("lodger", "store")]
    bound.heal(engine)
    after = bound.evidence(engine)
    assert during.confirmed, during.observed
    assert not after.confirmed, after.observed
    assert both == [{"127.0.0.9"}] * 2


def test_a_name_that_is_not_there_anyhow_cannot_fail(engine: RunningStack, journal: Journal) -> None:
    """A mistyped name fails without any fault: the evidence says so."""
    with held(FaultSpec.parse("dns_fail asker name=stroe.invalid"), engine, journal) as injection:
        evidence = injection.evidence()
    assert not evidence.confirmed


def test_a_lie_leads_nobody_out_of_the_stack(engine: RunningStack) -> None:
    """A private address beyond the stack's networks is refused before anything is done."""
    away = check(FaultSpec.parse("dns_lie asker name=store address=10.255.255.77"), engine.stack)
    with pytest.raises(FaultError, match=r"reaches without leaving the stack's networks, saw 10\.255\.255\.77"):
        away.inject(engine)
    assert not _helpers(engine)


@pytest.mark.parametrize("fault", ["dns_fail hosted name=store", "dns_lie hosted name=store address=127.0.0.9"])
def test_the_machine_itself_is_never_lied_to(engine: RunningStack, fault: str) -> None:
    """A service that has the machine's own network is refused: rules there would be the machine's."""
    bound = check(FaultSpec.parse(fault), engine.stack)
    with pytest.raises(EngineError, match=r"to have its own network, but it uses the ones of the machine"):
        bound.inject(engine)
    assert not _helpers(engine)


def test_no_helper_sees_the_machines_processes_but_those_of_a_service(engine: RunningStack) -> None:
    """A service on the machine's network has processes of its own all the same."""
    assert "sleep" in engine.run_helper(Place("hosted", shares=Shares.PROCESSES), ("cat", "/proc/1/cmdline"))


def _helpers(engine: RunningStack) -> list[str]:
    wanted = [f"{labels.RUN}={engine.run}", f"{labels.ROLE}={labels.ROLE_HELPER}"]
    return [str(each.name) for each in connect().containers.list(all=True, filters={"label": wanted})]
