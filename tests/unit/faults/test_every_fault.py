"""No kind of fault can become a PASS by mistake: an injector that does nothing makes its experiment INCONCLUSIVE."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from stackproof.engine.port import Capability, RunningStack
from stackproof.experiments.experiment import ExperimentPlan, experiment
from stackproof.faults.catalogue import check, fault, faults
from stackproof.faults.fault_kind import BoundFault
from stackproof.history import now
from stackproof.model import (
    CheckResult,
    Evidence,
    ExperimentEnded,
    FaultSpec,
    InconclusiveError,
    PlannedFault,
    StackproofError,
    Verdict,
)
from tests.unit.fake_runs import RunOnFake, healthy_stack
from tests.unit.faults.examples import example

T = TypeVar("T")

by_kind = pytest.mark.parametrize("kind", [each.kind for each in faults()])


def do_nothing(monkeypatch: pytest.MonkeyPatch, spec: FaultSpec) -> type:
    """Replace a kind's injector by one that does nothing.

    If the kind needs helpers, its evidence and its healer may not work with the fake, whose helpers print nothing. Then
    they are replaced as well: tests/engine proves for these kinds that their own evidence does not confirm them.
    """
    bound = type(check(spec, healthy_stack()))
    monkeypatch.setattr(bound, "inject", lambda _self, _engine: None)
    if Capability.HELPERS in fault(spec.kind).requires:
        monkeypatch.setattr(
            bound, "evidence", _or_else(bound.evidence, Evidence(confirmed=False, observed="as before"))
        )
        monkeypatch.setattr(bound, "heal", _or_else(bound.heal, None))
    return bound


def _or_else(step: Callable[[BoundFault, RunningStack], T], otherwise: T) -> Callable[[BoundFault, RunningStack], T]:
    def tried(fault: BoundFault, engine: RunningStack) -> T:
        try:
            return step(fault, engine)
        except (StackproofError, ValueError):
            return otherwise

    return tried


def observe(monkeypatch: pytest.MonkeyPatch, bound: type, evidence: Evidence) -> None:
    """Replace a kind's evidence."""
    monkeypatch.setattr(bound, "evidence", lambda _self, _engine: evidence)


def test_every_kind_is_tried_here() -> None:
    """Every kind in the catalogue is tested here, with the example on its page."""
    kinds = {each.kind for each in faults()}
    assert {example(kind).kind for kind in kinds} == kinds


@by_kind
def test_an_injector_that_does_nothing_is_never_a_pass(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The experiment, its judge and the judge of the run all give INCONCLUSIVE; the block does not run."""
    spec = example(kind)
    do_nothing(monkeypatch, spec)
    with pytest.raises(InconclusiveError, match="was not confirmed"), experiment(fake_run.run, ExperimentPlan((spec,))):
        pytest.fail("the block ran")
    fake_run.run.record(CheckResult("a test that passed", Verdict.PASS))
    judged = fake_run.judged()
    (record,) = judged.faults
    assert (record.fault, record.confirmed, record.verdict) == (spec, False, Verdict.INCONCLUSIVE)
    assert judged.verdict is Verdict.INCONCLUSIVE


@by_kind
def test_a_claim_of_pass_does_not_outweigh_a_fault_that_did_nothing(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A test that ignores the evidence, and claims that everything held, does not make it a PASS."""
    spec = example(kind)
    observe(monkeypatch, do_nothing(monkeypatch, spec), Evidence(confirmed=False, observed="as before"))
    planned = PlannedFault("1", spec)
    with fake_run.run.fault(planned):
        pass
    fake_run.run.record(ExperimentEnded(*now(), (planned,), Verdict.PASS))
    judged = fake_run.judged()
    assert [each.verdict for each in judged.faults] == [Verdict.INCONCLUSIVE]
    assert judged.verdict is Verdict.INCONCLUSIVE


@by_kind
def test_the_same_experiment_passes_if_the_fault_is_confirmed(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The confirmation is all that the experiments above lack."""
    spec = example(kind)
    observe(monkeypatch, do_nothing(monkeypatch, spec), Evidence(confirmed=True, observed="seen"))
    with experiment(fake_run.run, ExperimentPlan((spec,))):
        pass
    judged = fake_run.judged()
    assert [each.verdict for each in judged.faults] == [Verdict.PASS]
    assert judged.verdict is Verdict.PASS, judged.reasons
