"""No kind of fault can become a PASS by mistake: an injector that does nothing makes its experiment INCONCLUSIVE."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from stackproof.engine.port import Capability, Engine
from stackproof.experiments.experiment import Plan, experiment
from stackproof.faults.catalogue import check, fault, faults
from stackproof.faults.fault_kind import BoundFault
from stackproof.model import CheckResult, EventKind, Evidence, FaultSpec, InconclusiveError, StackproofError, Verdict
from tests.unit.faults.examples import example
from tests.unit.grounds import Ground, well_stack

T = TypeVar("T")

by_kind = pytest.mark.parametrize("kind", [each.kind for each in faults()])


def do_nothing(monkeypatch: pytest.MonkeyPatch, spec: FaultSpec) -> type:
    """Replace a kind's injector by one that does nothing.

    If the kind needs helpers, its evidence and its healer may not work with the fake, whose helpers print nothing. Then
    they are replaced as well: tests/engine proves for these kinds that their own evidence does not confirm them.
    """
    bound = type(check(spec, well_stack()))
    monkeypatch.setattr(bound, "inject", lambda _self, _engine: None)
    if Capability.HELPERS in fault(spec.kind).requires:
        monkeypatch.setattr(
            bound, "evidence", _or_else(bound.evidence, Evidence(confirmed=False, observed="as before"))
        )
        monkeypatch.setattr(bound, "heal", _or_else(bound.heal, None))
    return bound


def _or_else(step: Callable[[BoundFault, Engine], T], otherwise: T) -> Callable[[BoundFault, Engine], T]:
    def tried(fault: BoundFault, engine: Engine) -> T:
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
    standing: Ground, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The experiment, its judge and the judge of the run all give INCONCLUSIVE; the block does not run."""
    spec = example(kind)
    do_nothing(monkeypatch, spec)
    with pytest.raises(InconclusiveError, match="was not seen to bite"), experiment(standing.run, Plan((spec,))):
        pytest.fail("the block ran")
    standing.run.check(CheckResult("a test that passed", Verdict.PASS))
    judged = standing.judged()
    (judged_experiment,) = judged.experiments
    assert (judged_experiment.fault, judged_experiment.confirmed, judged_experiment.verdict) == (
        spec,
        False,
        Verdict.INCONCLUSIVE,
    )
    assert judged.verdict is Verdict.INCONCLUSIVE


@by_kind
def test_a_claim_of_pass_does_not_outweigh_a_fault_that_did_nothing(
    standing: Ground, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A test that ignores the evidence, and claims that everything held, does not make it a PASS."""
    spec = example(kind)
    observe(monkeypatch, do_nothing(monkeypatch, spec), Evidence(confirmed=False, observed="as before"))
    with standing.run.fault(spec):
        pass
    standing.run.note(EventKind.EXPERIMENT, str(spec), verdict=Verdict.PASS, reason="")
    judged = standing.judged()
    assert [each.verdict for each in judged.experiments] == [Verdict.INCONCLUSIVE]
    assert judged.verdict is Verdict.INCONCLUSIVE


@by_kind
def test_the_same_experiment_passes_if_the_fault_is_confirmed(
    standing: Ground, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The confirmation is all that the experiments above lack."""
    spec = example(kind)
    observe(monkeypatch, do_nothing(monkeypatch, spec), Evidence(confirmed=True, observed="seen"))
    with experiment(standing.run, Plan((spec,))):
        pass
    judged = standing.judged()
    assert [each.verdict for each in judged.experiments] == [Verdict.PASS]
    assert judged.verdict is Verdict.PASS, judged.reasons
