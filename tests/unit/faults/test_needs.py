"""A fault that needs what an engine lacks says so before anything is done, and is exempt for that reason."""

from pathlib import Path

import pytest

from stackproof.engine.port import Capability, MissingCapabilityError
from stackproof.faults.catalogue import faults
from stackproof.faults.injection import heal_all, held
from stackproof.faults.journal import Journal
from stackproof.faults.needs import why_exempt
from stackproof.model import FaultSpec
from tests.unit.fakes import FakeStack

CUT, FREEZE = FaultSpec.parse("down front/web:80"), FaultSpec.parse("freeze web")
REASON = "this engine has no proxies"


@pytest.fixture
def bare() -> FakeStack:
    """A stack on an engine without links."""
    stack = FakeStack()
    stack.lacking[Capability.LINKS] = REASON
    return stack


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An undo journal."""
    return Journal(tmp_path / "journal.jsonl")


def test_it_is_refused_before_it_is_journalled(bare: FakeStack, journal: Journal) -> None:
    """Nothing is done, nothing is to be undone, and the error names the capability and the reason."""
    with pytest.raises(MissingCapabilityError) as refused, held(CUT, bare, journal):
        pytest.fail("the fault was held")
    assert refused.value.capability is Capability.LINKS
    assert refused.value.message == f"fault 'down front/web:80' needs {Capability.LINKS}, but {REASON}"
    assert journal.unhealed() == ()
    assert not any(link.is_cut() for link in bare.links.values())


def test_it_is_exempt_for_that_reason(bare: FakeStack) -> None:
    """The reason is the error's; a fault that needs nothing of the kind is not exempt."""
    assert str(why_exempt(CUT, bare)).endswith(REASON)
    assert why_exempt(FREEZE, bare) is None
    assert why_exempt(CUT, FakeStack()) is None


def test_what_was_injected_is_healed_all_the_same(bare: FakeStack, journal: Journal) -> None:
    """An engine that lost a capability meanwhile does not keep a journal from being worked off."""
    with held(CUT, FakeStack(), journal):
        assert heal_all(bare, journal) == (CUT,)


def test_a_missing_emulator_has_a_way_out() -> None:
    """Faults of netem name the module to load, and the kinds that do without it."""
    stack = FakeStack()
    stack.lacking[Capability.NETWORK_EMULATION] = "the kernel does not have it"
    spec = FaultSpec.parse("delay back/store delay_ms=100")
    assert "modprobe sch_netem" in str(next(each for each in faults() if each.kind == "delay").instead)
    assert "needs the network emulator" in str(why_exempt(spec, stack))


def test_every_capability_is_needed_by_some_kind_or_by_a_run() -> None:
    """None is left over that no fault and no run asks for."""
    of_runs = {Capability.DIRECT_ADDRESSES, Capability.SMALL_DISKS}
    assert {need for kind in faults() for need in kind.needs} | of_runs == set(Capability)
