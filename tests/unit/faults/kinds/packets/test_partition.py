import pytest

from stackproof.engine.port import Side
from stackproof.faults.catalogue import check
from stackproof.faults.evidence.pings import PingCount
from stackproof.faults.evidence.service_reachability import Call, CallOutcome, Reachability, ReceivedCalls
from stackproof.faults.kinds.packets.partition import KIND, Partition
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.packet_engines import EndedEngine, RefusingEngine

TARGETS = ("web->store", "web<->store", "back")
COMPLETE = CallOutcome(PingCount(5, 5), 1, 1)
SILENT = CallOutcome(PingCount(5, 0), 1, 0)
each_target = pytest.mark.parametrize("target", TARGETS)


def bound(target: str) -> Partition:
    """A partition of the small stack."""
    fault = check(FaultSpec("partition", target), small_stack())
    assert isinstance(fault, Partition)
    return fault


def rules_by_container(engine: FakeStack) -> dict[tuple[str, Side], list[str]]:
    """The rules that were added, by container."""
    return {
        (place.service, place.side): [line for line in command[2].splitlines() if "--append" in line]
        for place, command in engine.helped
    }


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere", "expected A->B, A<->B or a network, saw 'nowhere'; networks: front, back"),
        ("web->nobody", "no service 'nobody'.*it has: store, tool, web"),
        ("tool<->web", "'tool' is started on demand"),
        ("web->web", "expected two services, saw 'web' twice"),
        ("front", "expected two services on 'front', it has: web"),
    ],
)
def test_a_wrong_target_is_refused_with_the_known_ones(target: str, message: str) -> None:
    """An unknown service or network, an on-demand service, a service that is alone."""
    with pytest.raises(FaultError, match=message):
        bound(target)


def test_services_that_share_no_network_are_refused() -> None:
    """The message names the networks of each."""
    stack = small_stack()
    web, store, tool = stack.services
    apart = type(stack)(stack.name, stack.file, stack.networks, (type(web)("web", networks=("front",)), store, tool))
    with pytest.raises(FaultError, match="share a network: 'web' is on front; 'store' is on back"):
        KIND.check(FaultSpec("partition", "web->store"), apart)


def test_one_way_both_containers_of_one_service_drop_what_either_container_of_the_other_sends() -> None:
    """The other one drops nothing, so packets still reach it. Networks that they do not share are not affected."""
    engine = FakeStack()
    bound("web->store").inject(engine)
    rules = rules_by_container(engine)
    assert set(rules) == {("store", Side.SERVICE), ("store", Side.PROXY)}
    for lines in rules.values():
        assert [line.split("--source ")[1].split()[0] for line in lines] == ["10.1.0.2", "10.1.0.1"]
        assert all(line.endswith("--jump DROP") for line in lines)


def test_both_ways_each_drops_what_the_other_sends() -> None:
    """Four containers, and in each the two addresses of the other service."""
    engine = FakeStack()
    bound("web<->store").inject(engine)
    rules = rules_by_container(engine)
    assert len(rules) == 4
    assert all("10.0.1." in line for line in rules["web", Side.SERVICE])
    assert all("10.1.0." in line for line in rules["store", Side.PROXY])


def test_on_a_network_each_service_lets_in_its_own_other_container_and_the_host() -> None:
    """Everything else from the network's own addresses is dropped, that of services that join later included."""
    engine = FakeStack()
    bound("back").inject(engine)
    rules = rules_by_container(engine)
    assert len(rules) == 4
    own, *_, host, rest = rules["store", Side.PROXY]  # between them this machine's own address, if it has one
    assert "--source 10.0.1.2 " in own
    assert own.endswith("--jump RETURN")
    assert '--source "$gateway" ' in host
    assert '--source "$cidr" ' in rest
    assert rest.endswith("--jump DROP")


@each_target
def test_it_is_healed_in_every_container_that_may_have_it(target: str) -> None:
    """In the same containers, with the same capabilities; healing what was never injected is fine."""
    engine, healing = FakeStack(), FakeStack()
    bound(target).inject(engine)
    bound(target).heal(healing)
    assert {place for place, _ in healing.helped} == {place for place, _ in engine.helped}
    assert all(place.capabilities == ("NET_ADMIN",) for place, _ in healing.helped)
    assert not any("--append" in command[2] for _, command in healing.helped)


@each_target
def test_services_that_have_ended_are_refused_and_need_no_heal(target: str) -> None:
    """A partition needs two running services."""
    engine = EndedEngine()
    with pytest.raises(FaultError, match="expected two of its services to run; running: none"):
        bound(target).inject(engine)
    assert not bound(target).evidence(engine).confirmed
    bound(target).heal(engine)
    assert engine.helped == []


def test_a_heal_that_fails_in_some_containers_tries_them_all() -> None:
    """The error names each container that keeps a filter."""
    with pytest.raises(EngineError) as failed:
        bound("back").heal(RefusingEngine("chain cannot be removed"))
    assert failed.value.message.count("of 'web'") == 2
    assert failed.value.message.count("of 'store'") == 2


def reachability(
    to_store: CallOutcome, to_web: CallOutcome, echo_requests: tuple[int, int], itself: CallOutcome = COMPLETE
) -> Reachability:
    """The outcome of calls between web and store, and how many echo requests reached store and web."""
    return Reachability(
        (Call("web", "store", to_store), Call("store", "web", to_web)),
        (ReceivedCalls("store", itself, echo_requests[0]), ReceivedCalls("web", COMPLETE, echo_requests[1])),
    )


@pytest.mark.parametrize(
    ("target", "seen", "confirmed"),
    [
        ("web->store", reachability(SILENT, SILENT, (0, 5)), True),
        ("web->store", reachability(COMPLETE, COMPLETE, (5, 5)), False),
        ("web->store", reachability(SILENT, SILENT, (0, 0)), False),
        ("web->store", reachability(SILENT, SILENT, (5, 0)), False),
        ("web->store", reachability(SILENT, COMPLETE, (0, 5)), False),
        ("web->store", reachability(SILENT, SILENT, (0, 5), SILENT), False),
        ("web<->store", reachability(SILENT, SILENT, (0, 0)), True),
        ("web<->store", reachability(SILENT, SILENT, (0, 5)), False),
        ("web<->store", reachability(SILENT, SILENT, (1, 0)), False),
        ("web<->store", reachability(CallOutcome(PingCount(5, 0), 1, 1), SILENT, (0, 0)), False),
        ("back", reachability(SILENT, SILENT, (0, 0)), True),
        ("back", reachability(SILENT, SILENT, (0, 0), SILENT), False),
        ("back", Reachability((), ()), False),
    ],
)
def test_it_is_confirmed_if_packets_arrive_only_where_they_should(
    target: str, seen: Reachability, *, confirmed: bool
) -> None:
    """Confirmed: no answers, and packets arrive only as they should; not confirmed: an answer, or a broken service."""
    assert bound(target).judge(seen).confirmed is confirmed


def test_the_evidence_names_what_arrives_and_which_calls_are_answered() -> None:
    """With numbers, and of many answered calls the first few."""
    observed = bound("web->store").judge(reachability(SILENT, COMPLETE, (0, 5), SILENT)).observed
    assert observed == (
        "0 of 5 pings reach store; 5 of 5 pings reach web; 1 of 2 calls are answered; "
        "store calls web: 5 of 5 packets answered, 1 of 1 TCP connections; store does not even answer itself"
    )
