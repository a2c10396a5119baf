import pytest

from stackproof.engine.port import Place, Side
from stackproof.faults.means.filters import chain_of, commented, lift, put
from stackproof.model import EngineError, FaultError
from tests.unit.fakes import FakeStack
from tests.unit.faults.packet_engines import EndedEngine, RefusingEngine

PLACE = Place("web", capabilities=("NET_ADMIN",))


def test_a_chain_is_named_by_its_fault_alone() -> None:
    """Another process finds it; two faults never share one; iptables takes names of up to 28 characters."""
    assert chain_of("loss", "front/web") == chain_of("loss", "front/web")
    assert len({chain_of("loss", "front/web"), chain_of("loss", "back/web"), chain_of("partition", "front/web")}) == 3
    assert len(chain_of("partition", "a-service-with-a-long-name<->another-service")) <= 28


def test_rules_are_in_force_at_once_and_replace_older_ones() -> None:
    """The jump to the chain comes last, after the rules; a chain that was there before is taken away first."""
    engine = FakeStack()
    put(engine, PLACE, "some-chain", ("--jump DROP",))
    ((place, (shell, option, script)),) = engine.helped
    assert (place, shell, option) == (PLACE, "sh", "-c")
    lines = [line for line in script.splitlines() if "some-chain" in line]
    assert "--delete INPUT" in lines[0]
    assert lines[-3:] == [
        "iptables --wait --new-chain some-chain",
        "iptables --wait --append some-chain --jump DROP",
        "iptables --wait --insert INPUT --jump some-chain",
    ]


def test_a_kernel_that_cannot_filter_is_told_of() -> None:
    """What it said, and what to do about it."""
    with pytest.raises(FaultError, match=r"expected to filter packets beside 'web'.*no such match\n  fix: see that"):
        put(RefusingEngine("no such match"), PLACE, "some-chain", ("--jump DROP",))


def test_a_rule_tells_whose_it_is() -> None:
    """Whoever finds it knows; an arrow in it means nothing to the shell."""
    assert commented("partition a->b") == "--match comment --comment 'stackproof: partition a->b'"


def test_what_has_ended_took_its_filters_with_it() -> None:
    """A service that ended, before or while its filters are lifted, needs no heal."""
    ended = EndedEngine()
    lift(ended, PLACE, "some-chain")
    assert ended.helped == []
    ending = RefusingEngine("it is gone")
    ending.ends = True
    lift(ending, Place("web", Side.PROXY), "some-chain")


def test_what_cannot_be_lifted_is_told() -> None:
    """A filter that stays is no heal."""
    with pytest.raises(EngineError, match="cannot be removed"):
        lift(RefusingEngine("chain some-chain cannot be removed"), PLACE, "some-chain")
