"""What kinds of faults require of an engine."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stackproof.engine.port import Capability, Limits, LinkControl, MissingCapabilityError, Override, Place
from stackproof.experiments.experiment import ExperimentPlan, experiment
from stackproof.faults.catalogue import check, family_of, fault, faults
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.faults.requirements import FIXES
from stackproof.model import ExperimentEnded, FamilyExempted, FaultInjected, Link
from tests.unit.fake_runs import RunOnFake, healthy_stack
from tests.unit.fakes import FakeStack
from tests.unit.faults.examples import example

REQUIRING = [(each.kind, capability) for each in faults() for capability in sorted(each.requires)]
WHY = "the fake does not have it"

by_requirement = pytest.mark.parametrize(("kind", "capability"), REQUIRING)


class RecordingEngine(FakeStack):
    """An engine that records which capabilities are used.

    Attributes:
        used: These capabilities.
    """

    def __init__(self) -> None:
        super().__init__(healthy_stack())
        self.used: set[Capability] = set()

    def link(self, link: Link) -> LinkControl:
        """Record, and give a fake link."""
        self.used.add(Capability.LINKS)
        return super().link(link)

    def pause(self, service: str) -> None:
        """Record, and freeze."""
        self.used.add(Capability.FREEZING)
        super().pause(service)

    def suspend_restart(self, service: str) -> None:
        """Record, and suspend."""
        self.used.add(Capability.RESTART_CONTROL)
        super().suspend_restart(service)

    def run_helper(self, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
        """Record, and print what the test gives."""
        self.used.add(Capability.HELPERS)
        return super().run_helper(place, command, timeout_s)

    def limit(self, service: str, limits: Limits) -> None:
        """Record, and limit."""
        self.used.add(Capability.LIMIT_CHANGES)
        super().limit(service, limits)

    def throttle(self, service: str, disk: str, bytes_per_s: int) -> None:
        """Record, and throttle."""
        self.used.add(Capability.WRITE_LIMITS)
        super().throttle(service, disk, bytes_per_s)

    def recreate(self, service: str, alteration: Override) -> None:
        """Record, and recreate."""
        self.used.add(Capability.ALTERATIONS)
        super().recreate(service, alteration)


def undeclared(kind: str) -> set[Capability]:
    """The capabilities that a kind uses and does not declare, before the fake, which prints nothing, stops it."""
    engine = RecordingEngine()
    bound = check(example(kind), engine.stack)
    for step in (bound.inject, bound.heal, bound.evidence):
        try:
            step(engine)
        except Exception:  # noqa: BLE001, S112 - only what was used counts
            continue
    return engine.used - fault(kind).requires


def test_every_kind_declares_what_it_uses() -> None:
    """Otherwise it would fail halfway on an engine that lacks it."""
    kinds = [each.kind for each in faults()]
    with ThreadPoolExecutor(len(kinds)) as pool:  # some wait for a state that does not come
        found = dict(zip(kinds, pool.map(undeclared, kinds), strict=True))
    assert not {kind: names for kind, names in found.items() if names}


def test_what_is_used_but_not_declared_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check above fails for a kind that freezes a service and does not say so."""
    bound = type(check(example("restart"), healthy_stack()))
    monkeypatch.setattr(bound, "inject", lambda self, engine: engine.pause(self.service.name))
    assert undeclared("restart") == {Capability.FREEZING}


@by_requirement
def test_a_fault_that_needs_what_the_engine_lacks_is_refused_with_the_reason(
    tmp_path: Path, kind: str, capability: Capability
) -> None:
    """Nothing is journalled, and nothing is done."""
    engine, journal = FakeStack(healthy_stack()), Journal(tmp_path / "journal.jsonl")
    engine.lacking[capability] = WHY
    with (
        pytest.raises(MissingCapabilityError, match=f"fault '{kind}' needs .*, but {WHY}") as missing,
        held(example(kind), engine, journal),
    ):
        pytest.fail("it was injected")
    assert missing.value.fix == FIXES.get(capability)
    assert not journal.unhealed()
    assert not engine.helped


@by_requirement
def test_an_experiment_with_such_a_fault_is_exempt_with_the_reason(
    fake_run: RunOnFake, kind: str, capability: Capability
) -> None:
    """The record has the exemption of each service, and no verdict: the block does not run."""
    fake_run.engine.lacking[capability] = WHY
    spec = example(kind)
    with pytest.raises(MissingCapabilityError), experiment(fake_run.run, ExperimentPlan((spec,))):
        pytest.fail("the block ran")
    exempted = [(each.service, each.family, each.reason) for each in fake_run.events(FamilyExempted)]
    assert exempted == [(name, family_of(kind), f"{kind}: {WHY}") for name in spec.aims]
    assert not fake_run.events(ExperimentEnded)


def test_a_fault_of_a_run_is_exempt_as_well(fake_run: RunOnFake) -> None:
    """Without an experiment around it."""
    fake_run.engine.lacking[Capability.FREEZING] = WHY
    with pytest.raises(MissingCapabilityError), fake_run.run.fault("freeze store"):
        pytest.fail("it was injected")
    (exempted,) = fake_run.events(FamilyExempted)
    assert exempted.service == "store"
    assert not fake_run.events(FaultInjected)
