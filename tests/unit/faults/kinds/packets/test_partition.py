import pytest

from stackproof.engine.port import Side
from stackproof.faults.catalogue import check
from stackproof.faults.evidence.crossing import Answers, Call, Crossing, Hearing
from stackproof.faults.evidence.pings import Tally
from stackproof.faults.kinds.packets.partition import KIND, Partition
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.packet_engines import EndedEngine, RefusingEngine

AIMS = ("web->store", "web<->store", "back")
WELL = Answers(Tally(5, 5), 1, 1)
SILENT = Answers(Tally(5, 0), 1, 0)
each_aim = pytest.mark.parametrize("aim", AIMS)


def bound(aim: str) -> Partition:
    """A partition of the small stack."""
    fault = check(FaultSpec("partition", aim), small_stack())
    assert isinstance(fault, Partition)
    return fault


def put(engine: FakeStack) -> dict[tuple[str, Side], list[str]]:
    """Rules by the container that they are put in."""
    return {
        (place.service, place.side): [line for line in command[2].splitlines() if "--append" in line]
        for place, command in engine.helped
    }


@pytest.mark.parametrize(
    ("aim", "message"),
    [
        ("nowhere", "expected A->B, A<->B or a network, saw 'nowhere'; networks: front, back"),
        ("web->nobody", "no service 'nobody'.*it has: store, tool, web"),
        ("tool<->web", "'tool' is started on demand"),
        ("web->web", "expected two services, saw 'web' twice"),
        ("front", "expected two services on 'front', it has: web"),
    ],
)
def test_a_wrong_aim_is_told_with_what_there_is(aim: str, message: str) -> None:
    """An unknown service or network, one on demand, one alone."""
    with pytest.raises(FaultError, match=message):
        bound(aim)


def test_services_that_share_no_network_are_apart_already() -> None:
    """The message says where each of them is."""
    stack = small_stack()
    web, store, tool = stack.services
    apart = type(stack)(stack.name, stack.file, stack.networks, (type(web)("web", networks=("front",)), store, tool))
    with pytest.raises(FaultError, match="share a network: 'web' is on front; 'store' is on back"):
        KIND.check(FaultSpec("partition", "web->store"), apart)


def test_one_way_both_halves_of_the_deaf_one_drop_what_either_half_of_the_other_sends() -> None:
    """And the other drops nothing: packets reach it still. Networks that they do not share stay as they are."""
    engine = FakeStack()
    bound("web->store").inject(engine)
    rules = put(engine)
    assert set(rules) == {("store", Side.SERVICE), ("store", Side.PROXY)}
    for lines in rules.values():
        assert [line.split("--source ")[1].split()[0] for line in lines] == ["10.1.0.2", "10.1.0.1"]
        assert all(line.endswith("--jump DROP") for line in lines)


def test_both_ways_each_drops_what_the_other_sends() -> None:
    """Four containers, and in each the two addresses of the other service."""
    engine = FakeStack()
    bound("web<->store").inject(engine)
    rules = put(engine)
    assert len(rules) == 4
    assert all("10.0.1." in line for line in rules["web", Side.SERVICE])
    assert all("10.1.0." in line for line in rules["store", Side.PROXY])


def test_on_a_network_each_lets_in_its_own_other_half_and_the_host() -> None:
    """All else that comes from the network's own addresses is dropped, whoever joins it later."""
    engine = FakeStack()
    bound("back").inject(engine)
    rules = put(engine)
    assert len(rules) == 4
    half, *_, host, rest = rules["store", Side.PROXY]  # between them this machine's own address, if it has one
    assert "--source 10.0.1.2 " in half
    assert half.endswith("--jump RETURN")
    assert '--source "$gateway" ' in host
    assert '--source "$cidr" ' in rest
    assert rest.endswith("--jump DROP")


@each_aim
def test_it_is_healed_wherever_it_may_have_been_put(aim: str) -> None:
    """In the same containers, with the same rights; healing twice, or healing what was never injected, is fine."""
    engine, healing = FakeStack(), FakeStack()
    bound(aim).inject(engine)
    bound(aim).heal(healing)
    assert {place for place, _ in healing.helped} == {place for place, _ in engine.helped}
    assert all(place.capabilities == ("NET_ADMIN",) for place, _ in healing.helped)
    assert not any("--append" in command[2] for _, command in healing.helped)


@each_aim
def test_what_has_ended_is_told_and_needs_no_heal(aim: str) -> None:
    """Nobody is parted from a service that does not run."""
    engine = EndedEngine()
    with pytest.raises(FaultError, match=r"expected two services of it to run, these do: none"):
        bound(aim).inject(engine)
    assert not bound(aim).evidence(engine).confirmed
    bound(aim).heal(engine)
    assert engine.helped == []


def test_a_heal_that_fails_somewhere_is_told_after_all_were_tried() -> None:
    """Each container that keeps a filter is named."""
    with pytest.raises(EngineError) as failed:
        bound("back").heal(RefusingEngine("chain cannot be removed"))
    assert failed.value.message.count("beside 'web'") == 2
    assert failed.value.message.count("beside 'store'") == 2


def seen(to_store: Answers, to_web: Answers, echoes: tuple[int, int], itself: Answers = WELL) -> Crossing:
    """What came of calls between web and store; how many reached store, and web."""
    return Crossing(
        (Call("web", "store", to_store), Call("store", "web", to_web)),
        (Hearing("store", itself, echoes[0]), Hearing("web", WELL, echoes[1])),
    )


@pytest.mark.parametrize(
    ("aim", "crossing", "bit"),
    [
        ("web->store", seen(SILENT, SILENT, (0, 5)), True),
        ("web->store", seen(WELL, WELL, (5, 5)), False),
        ("web->store", seen(SILENT, SILENT, (0, 0)), False),
        ("web->store", seen(SILENT, SILENT, (5, 0)), False),
        ("web->store", seen(SILENT, WELL, (0, 5)), False),
        ("web->store", seen(SILENT, SILENT, (0, 5), SILENT), False),
        ("web<->store", seen(SILENT, SILENT, (0, 0)), True),
        ("web<->store", seen(SILENT, SILENT, (0, 5)), False),
        ("web<->store", seen(SILENT, SILENT, (1, 0)), False),
        ("web<->store", seen(Answers(Tally(5, 0), 1, 1), SILENT, (0, 0)), False),
        ("back", seen(SILENT, SILENT, (0, 0)), True),
        ("back", seen(SILENT, SILENT, (0, 0), SILENT), False),
        ("back", Crossing((), ()), False),
    ],
)
def test_it_bit_where_exactly_what_is_cut_off_does_not_arrive(aim: str, crossing: Crossing, *, bit: bool) -> None:
    """Bitten: no answer, and packets arrive the open way alone; not: any answer, another way, or someone unwell."""
    assert bound(aim).judge(crossing).confirmed is bit


def test_the_evidence_tells_what_arrives_and_who_is_answered() -> None:
    """In words, with numbers; of many answers the first few."""
    observed = bound("web->store").judge(seen(SILENT, WELL, (0, 5), SILENT)).observed
    assert observed == (
        "0 of 5 pings reach store; 5 of 5 pings reach web; 1 of 2 calls are answered; "
        "store calls web: 5 of 5 packets answered, 1 of 1 TCP connections; store does not even answer itself"
    )
