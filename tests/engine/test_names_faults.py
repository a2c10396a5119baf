"""Faults of names on containers."""

from collections.abc import Iterator

import pytest

from stackproof.engine.docker import labels
from stackproof.engine.docker.api_client import connect
from stackproof.engine.port import Place, RunningStack, Shares
from stackproof.faults.catalogue import check
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.engine.fault_claims import FaultClaims
from tests.engine.live_stacks import launched, redis_image
from tests.engine.name_rules import all_rules, looked_up, nat_rules, status_over_one_socket, write_rules_the_old_way

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
FAULTY = (
    "dns_fail asker name=store",
    "dns_fail asker name=store mode=silent",
    "dns_lie asker name=store address=127.0.0.9",
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Two Redis servers behind their proxies, one of which looks up the other."""
    folder = tmp_path_factory.mktemp("names")
    file = folder / "compose.yaml"
    file.write_text(STORES.format(image=redis_image()), encoding="utf-8")
    with launched(file, folder) as standing:
        yield standing


class TestFaultsOfNames(FaultClaims):
    """They are confirmed, and healed."""

    FAULTS = FAULTY


FAILS, LIES = (FaultSpec.parse(text) for text in (FAULTY[0], "dns_lie asker name=sub.store address=127.0.0.9"))


@pytest.mark.parametrize("order", [(FAILS, LIES), (LIES, FAILS)], ids=str)
def test_two_faults_of_names_are_held_at_the_same_time(
    engine: RunningStack, journal: Journal, order: tuple[FaultSpec, FaultSpec]
) -> None:
    """In either order both are confirmed; subdomains are not affected; after the heal the rules are as before."""
    before = all_rules(engine, "asker")
    with held(order[0], engine, journal) as first, held(order[1], engine, journal) as second:
        assert first.evidence().confirmed
        assert second.evidence().confirmed
        assert not looked_up(engine, "asker", "store")
        assert looked_up(engine, "asker", "sub.store") == {"127.0.0.9"}
        assert looked_up(engine, "store", "store") == looked_up(engine, "store", "sub.store") != {"127.0.0.9"}
    assert all_rules(engine, "asker") == before


@pytest.mark.parametrize("fault", ["dns_fail narrow name=store", "dns_lie narrow name=store address=127.0.0.9"])
def test_a_port_that_was_just_used_does_not_misdirect_a_question(
    engine: RunningStack, journal: Journal, fault: str
) -> None:
    """The kernel tracks a port's flow: each question is sent the right way, even with few ports."""
    with held(FaultSpec.parse(fault), engine, journal) as injection:
        seen = [injection.evidence() for _ in range(5)]
    assert all(each.confirmed for each in seen), [each.observed for each in seen]


def test_look_ups_over_tcp_fail_as_well(engine: RunningStack, journal: Journal) -> None:
    """A question over TCP gets the same answer as one over UDP."""
    assert looked_up(engine, "asker", "store", "use-vc")
    with held(FAILS, engine, journal):
        assert not looked_up(engine, "asker", "store", "use-vc")
        assert looked_up(engine, "asker", "asker", "use-vc")
    with held(FaultSpec.parse(FAULTY[1]), engine, journal):
        assert not looked_up(engine, "asker", "store", "use-vc")


def test_a_client_with_one_socket_notices_it_too(engine: RunningStack, journal: Journal) -> None:
    """The kernel tracks flows: a service that keeps its socket notices the fault and the heal at once."""
    assert status_over_one_socket(engine, "asker", "store") == "NOERROR"
    with held(FAILS, engine, journal):
        assert status_over_one_socket(engine, "asker", "store") == "NXDOMAIN"
    assert status_over_one_socket(engine, "asker", "store") == "NOERROR"


@pytest.mark.parametrize("fault", FAULTY)
def test_it_is_healed_after_the_service_has_ended(engine: RunningStack, fault: str) -> None:
    """Its resolver is removed, although its network is gone; after a start the service looks up names as usual."""
    bound = check(FaultSpec.parse(fault), engine.stack)
    bound.inject(engine)
    engine.kill("asker")
    assert not bound.evidence(engine).confirmed
    bound.heal(engine)
    bound.heal(engine)
    assert not _helpers(engine)
    engine.start("asker")
    assert looked_up(engine, "asker", "store") not in ({"127.0.0.9"}, set())


def test_it_is_healed_after_the_service_was_restarted(engine: RunningStack) -> None:
    """Its new network does not have our rules: the evidence says so, and the heal does not change it."""
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
def test_rules_of_the_old_kind_are_preceded_as_well(engine: RunningStack, fault: FaultSpec) -> None:
    """An engine may write its rules with iptables-legacy: ours must then be of that kind to come before them."""
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
    """A frozen service is healed like a running one."""
    before = nat_rules(engine, "asker")
    try:
        with held(FAILS, engine, journal):
            engine.pause("asker")
    finally:
        engine.unpause("asker")
    assert nat_rules(engine, "asker") == before


def test_services_that_share_a_network_share_the_fault(engine: RunningStack) -> None:
    """Aimed at either, it affects the look-ups of both."""
    bound = check(FaultSpec.parse("dns_lie lodger name=asker address=127.0.0.9"), engine.stack)
    bound.inject(engine)
    during = bound.evidence(engine)
    both = [looked_up(engine, name, "asker") for name in ("lodger", "store")]
    bound.heal(engine)
    after = bound.evidence(engine)
    assert during.confirmed, during.observed
    assert not after.confirmed, after.observed
    assert both == [{"127.0.0.9"}] * 2


def test_a_name_that_does_not_exist_cannot_fail(engine: RunningStack, journal: Journal) -> None:
    """A mistyped name fails without a fault: the evidence says so."""
    with held(FaultSpec.parse("dns_fail asker name=stroe.invalid"), engine, journal) as injection:
        evidence = injection.evidence()
    assert not evidence.confirmed


def test_a_false_address_outside_the_stack_is_refused(engine: RunningStack) -> None:
    """A private address that is not in the stack's networks is refused before anything is done."""
    away = check(FaultSpec.parse("dns_lie asker name=store address=10.255.255.77"), engine.stack)
    with pytest.raises(FaultError, match=r"reaches without leaving the stack's networks, saw 10\.255\.255\.77"):
        away.inject(engine)
    assert not _helpers(engine)


@pytest.mark.parametrize("fault", ["dns_fail hosted name=store", "dns_lie hosted name=store address=127.0.0.9"])
def test_the_machine_itself_is_never_affected(engine: RunningStack, fault: str) -> None:
    """A service with the machine's own network is refused: rules there would be the machine's."""
    bound = check(FaultSpec.parse(fault), engine.stack)
    with pytest.raises(EngineError, match=r"to have its own network, but it uses the ones of the machine"):
        bound.inject(engine)
    assert not _helpers(engine)


def test_a_helper_sees_the_processes_of_a_service_and_not_the_machines(engine: RunningStack) -> None:
    """Even of a service on the machine's network."""
    assert "sleep" in engine.run_helper(Place("hosted", shares=Shares.PROCESSES), ("cat", "/proc/1/cmdline"))


def _helpers(engine: RunningStack) -> list[str]:
    wanted = [f"{labels.RUN}={engine.run}", f"{labels.ROLE}={labels.ROLE_HELPER}"]
    return [str(each.name) for each in connect().containers.list(all=True, filters={"label": wanted})]
