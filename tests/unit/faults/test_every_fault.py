"""No kind of fault can become a PASS by mistake: an injector that does nothing makes its experiment INCONCLUSIVE."""

from pathlib import Path

import pytest

from stackproof.experiments.experiment import Plan, experiment
from stackproof.faults.catalogue import check, faults
from stackproof.model import CheckResult, EventKind, Evidence, FaultSpec, InconclusiveError, Verdict
from tests.unit.grounds import Ground, well_stack

PAGES = Path(__file__).parents[3] / "docs" / "faults"
OBSERVED_BY_A_HELPER = frozenset(
    {
        *("loss", "partition", "delay", "reorder", "duplicate"),
        *("cpu", "memory", "memory_hog", "descriptors", "full_disk", "slow_disk"),
        *("dns_fail", "dns_lie"),
    }
)
"""Kinds whose evidence needs a helper in a container. For these, tests/engine proves that it is no confirmation."""

HEALED_BY_A_HELPER = frozenset({"slow_disk"})

by_kind = pytest.mark.parametrize("kind", [each.kind for each in faults()])


def example(kind: str) -> FaultSpec:
    """The fault that a kind's page shows: a new kind has a page, and is tested here through it."""
    page = (PAGES / f"{kind}.md").read_text(encoding="utf-8")
    return FaultSpec.parse(page.split('--with-fault "')[1].split('"')[0])


def do_nothing(monkeypatch: pytest.MonkeyPatch, spec: FaultSpec) -> type:
    """Replace a kind's injector by one that does nothing."""
    bound = type(check(spec, well_stack()))
    for call in ("inject", *(("heal",) if spec.kind in HEALED_BY_A_HELPER else ())):
        monkeypatch.setattr(bound, call, lambda _self, _engine: None)
    return bound


def show(monkeypatch: pytest.MonkeyPatch, bound: type, evidence: Evidence) -> None:
    """Replace a kind's evidence."""
    monkeypatch.setattr(bound, "evidence", lambda _self, _engine: evidence)


def test_every_kind_is_tried_here() -> None:
    """Every kind in the catalogue is tested here, and all exceptions are kinds in it."""
    kinds = {each.kind for each in faults()}
    assert {example(kind).kind for kind in kinds} == kinds
    assert kinds > OBSERVED_BY_A_HELPER


@by_kind
def test_an_injector_that_does_nothing_is_never_a_pass(
    standing: Ground, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The experiment, its judge and the judge of the run all give INCONCLUSIVE; the block does not run."""
    spec = example(kind)
    bound = do_nothing(monkeypatch, spec)
    if kind in OBSERVED_BY_A_HELPER:
        show(monkeypatch, bound, Evidence(confirmed=False, observed="as before"))
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
    show(monkeypatch, do_nothing(monkeypatch, spec), Evidence(confirmed=False, observed="as before"))
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
    show(monkeypatch, do_nothing(monkeypatch, spec), Evidence(confirmed=True, observed="seen"))
    with experiment(standing.run, Plan((spec,))):
        pass
    judged = standing.judged()
    assert [each.verdict for each in judged.experiments] == [Verdict.PASS]
    assert judged.verdict is Verdict.PASS, judged.reasons
