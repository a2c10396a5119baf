import pytest

from stackproof.engine.port import Place, Side
from stackproof.faults.means.packet_filters import chain_name, install_chain, remove_chain, rule_comment
from stackproof.model import EngineError, FaultError
from tests.unit.fakes import FakeStack
from tests.unit.faults.packet_engines import EndedEngine, RefusingEngine

PLACE = Place("web", capabilities=("NET_ADMIN",))


def test_the_name_of_a_chain_depends_only_on_its_fault() -> None:
    """Another process finds it; two faults never share one; iptables allows 28 characters."""
    assert chain_name("loss", "front/web") == chain_name("loss", "front/web")
    assert (
        len({chain_name("loss", "front/web"), chain_name("loss", "back/web"), chain_name("partition", "front/web")})
        == 3
    )
    assert len(chain_name("partition", "a-service-with-a-long-name<->another-service")) <= 28


def test_rules_apply_at_once_and_replace_older_ones() -> None:
    """The jump to the chain is added last, after the rules; an older chain is removed first."""
    engine = FakeStack()
    install_chain(engine, PLACE, "some-chain", ("--jump DROP",))
    ((place, (shell, option, script)),) = engine.helped
    assert (place, shell, option) == (PLACE, "sh", "-c")
    lines = [line for line in script.splitlines() if "some-chain" in line]
    assert "--delete INPUT" in lines[0]
    assert lines[-3:] == [
        "iptables --wait --new-chain some-chain",
        "iptables --wait --append some-chain --jump DROP",
        "iptables --wait --insert INPUT --jump some-chain",
    ]


def test_a_kernel_that_cannot_filter_is_reported() -> None:
    """With its error, and what to do about it."""
    with pytest.raises(FaultError, match=r"expected to filter packets of 'web'.*no such match\n  fix: check that"):
        install_chain(RefusingEngine("no such match"), PLACE, "some-chain", ("--jump DROP",))


def test_a_rule_names_its_fault() -> None:
    """In a comment, in which the shell does not interpret an arrow."""
    assert rule_comment("partition a->b") == "--match comment --comment 'stackproof: partition a->b'"


def test_a_service_that_has_ended_needs_no_removal() -> None:
    """Its filters are gone with it, whether it ended before or during the removal."""
    ended = EndedEngine()
    remove_chain(ended, PLACE, "some-chain")
    assert ended.helped == []
    ending = RefusingEngine("it has ended")
    ending.ends = True
    remove_chain(ending, Place("web", Side.PROXY), "some-chain")


def test_a_chain_that_cannot_be_removed_is_an_error() -> None:
    """The heal does not hide it."""
    with pytest.raises(EngineError, match="cannot be removed"):
        remove_chain(RefusingEngine("chain some-chain cannot be removed"), PLACE, "some-chain")
