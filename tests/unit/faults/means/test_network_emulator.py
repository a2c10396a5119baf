import pytest

from stackproof.engine.port import Place
from stackproof.faults.catalogue import check
from stackproof.model import EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack
from tests.unit.faults.packet_engines import EndedEngine, RefusingEngine

EMULATIONS = {
    "delay back/store delay_ms=100": "5d01: netem limit 100000 delay 100ms",
    "delay back/store delay_ms=100 jitter_ms=20": "5d01: netem limit 100000 delay 100ms 20ms",
    "duplicate back/store percent=5": "5d02: netem limit 100000 duplicate 5%",
    "reorder back/store percent=25": "5d03: netem limit 100000 delay 50ms reorder 25%",
}
each_fault = pytest.mark.parametrize("fault", EMULATIONS)


@each_fault
def test_the_emulator_is_installed_and_removed(fault: str) -> None:
    """On the interface with the service's own address; only an emulator of this kind is removed; twice is fine."""
    engine = FakeStack()
    bound = check(FaultSpec.parse(fault), engine.stack)
    bound.inject(engine)
    place, (_, _, script) = engine.helped[0]
    assert place == Place("store", capabilities=("NET_ADMIN",))
    assert "address show to 10.0.1.2)" in script
    assert script.endswith(f'tc qdisc add dev "${{dev:?}}" root handle {EMULATIONS[fault]}')
    bound.heal(engine)
    bound.heal(engine)
    for healer, (_, _, script) in engine.helped[1:]:
        assert healer == place
        assert f'grep --quiet "netem {EMULATIONS[fault][:4]}: root"; then tc qdisc del' in script
        assert "add" not in script.partition("END\nif")[2]


@each_fault
@pytest.mark.parametrize(
    "printed", ["Error: Specified qdisc kind is unknown.", "RTNETLINK answers: No such file or directory"]
)
def test_a_kernel_without_the_emulator_is_reported(fault: str, printed: str) -> None:
    """The message names what is missing, and faults that do not need it."""
    bound = check(FaultSpec.parse(fault), FakeStack().stack)
    with pytest.raises(FaultError) as refused:
        bound.inject(RefusingEngine(printed))
    assert "needs the network emulator (sch_netem), but the engine's kernel does not have it" in refused.value.message
    assert refused.value.fix is not None
    assert "modprobe sch_netem" in refused.value.fix
    assert "`latency` or `loss`" in refused.value.fix


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        ("RTNETLINK answers: File exists", "that 'store' sends on 'back' is already being shaped"),
        (
            "Error: Exclusivity flag on, cannot modify.",
            "that 'store' sends on 'back' is already being shaped",
        ),
        ("sh: dev: parameter not set", "fault 'delay' on back/store: .*parameter not set"),
    ],
)
def test_another_error_is_reported_as_it_is(printed: str, message: str) -> None:
    """One of them is that two emulators cannot share an interface."""
    bound = check(FaultSpec.parse("delay back/store delay_ms=100"), FakeStack().stack)
    with pytest.raises(FaultError, match=message):
        bound.inject(RefusingEngine(printed))


@each_fault
def test_a_service_that_has_ended_is_refused(fault: str) -> None:
    """The injection says so; the evidence is no confirmation, and the heal has nothing to do."""
    engine = EndedEngine()
    bound = check(FaultSpec.parse(fault), engine.stack)
    with pytest.raises(FaultError, match="expected 'store' to run on 'back', it has ended"):
        bound.inject(engine)
    assert not bound.evidence(engine).confirmed
    bound.heal(engine)
    assert engine.helped == []


def test_an_emulator_that_cannot_be_removed_is_an_error() -> None:
    """The heal does not hide it."""
    bound = check(FaultSpec.parse("delay back/store delay_ms=100"), FakeStack().stack)
    with pytest.raises(EngineError):
        bound.heal(RefusingEngine("not permitted"))
