"""No kind of fault can become a PASS by mistake: an injector that does nothing makes its experiment INCONCLUSIVE."""

from pathlib import Path

import pytest

from stackproof.experiments.experiment import ExperimentPlan, experiment
from stackproof.faults.catalogue import check, faults
from stackproof.history import now
from stackproof.model import CheckResult, Evidence, ExperimentEnded, FaultSpec, InconclusiveError, PlannedFault, Verdict
from tests.unit.fake_runs import RunOnFake, healthy_stack

PAGES = Path(__file__).parents[3] / "docs" / "faults"
SEEN_BY_A_HELPER = frozenset(
    {
        *("loss", "partition", "delay", "reorder", "duplicate"),
        *("cpu", "memory", "memory_hog", "descriptors", "full_disk", "slow_disk"),
        *("dns_fail", "dns_lie"),
    }
)
"""Kinds that are seen by what runs in a container: of these, tests/engine proves that they say no."""

HEALED_BY_A_HELPER = frozenset({"slow_disk"})

by_kind = pytest.mark.parametrize("kind", [each.kind for each in faults()])


def example(kind: str) -> FaultSpec:
    """The fault that the page of a kind shows: a kind that joins the catalogue has one, and joins this test by it."""
    page = (PAGES / f"{kind}.md").read_text(encoding="utf-8")
    return FaultSpec.parse(page.split('--with-fault "')[1].split('"')[0])


def do_nothing(monkeypatch: pytest.MonkeyPatch, spec: FaultSpec) -> type:
    """Take a kind's injector away."""
    bound = type(check(spec, healthy_stack()))
    for call in ("inject", *(("heal",) if spec.kind in HEALED_BY_A_HELPER else ())):
        monkeypatch.setattr(bound, call, lambda _self, _engine: None)
    return bound


def show(monkeypatch: pytest.MonkeyPatch, bound: type, evidence: Evidence) -> None:
    """Have a kind's evidence say this."""
    monkeypatch.setattr(bound, "evidence", lambda _self, _engine: evidence)


def test_every_kind_is_tried_here() -> None:
    """The catalogue is the list of what is tried; nothing is excused that is not in it."""
    kinds = {each.kind for each in faults()}
    assert {example(kind).kind for kind in kinds} == kinds
    assert kinds > SEEN_BY_A_HELPER


@by_kind
def test_an_injector_that_does_nothing_is_never_a_pass(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The experiment, the judge of experiments and the judge of runs all say INCONCLUSIVE; the block does not run."""
    spec = example(kind)
    bound = do_nothing(monkeypatch, spec)
    if kind in SEEN_BY_A_HELPER:
        show(monkeypatch, bound, Evidence(confirmed=False, observed="as before"))
    with pytest.raises(InconclusiveError, match="was not confirmed"), experiment(fake_run.run, ExperimentPlan((spec,))):
        pytest.fail("the block ran")
    fake_run.run.record(CheckResult("a green test beside it", Verdict.PASS))
    judged = fake_run.judged()
    (fault,) = judged.faults
    assert (fault.fault, fault.confirmed, fault.verdict) == (spec, False, Verdict.INCONCLUSIVE)
    assert judged.verdict is Verdict.INCONCLUSIVE


@by_kind
def test_a_claim_of_pass_does_not_outweigh_a_fault_that_did_nothing(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A test that ignores the evidence, and says that all held, does not make it a PASS."""
    spec = example(kind)
    show(monkeypatch, do_nothing(monkeypatch, spec), Evidence(confirmed=False, observed="as before"))
    planned = PlannedFault("1", spec)
    with fake_run.run.fault(planned):
        pass
    fake_run.run.record(ExperimentEnded(*now(), (planned,), Verdict.PASS))
    judged = fake_run.judged()
    assert [each.verdict for each in judged.faults] == [Verdict.INCONCLUSIVE]
    assert judged.verdict is Verdict.INCONCLUSIVE


@by_kind
def test_the_same_experiment_passes_where_the_fault_was_seen(
    fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """It is the confirmation, and nothing else, that the experiments above lack."""
    spec = example(kind)
    show(monkeypatch, do_nothing(monkeypatch, spec), Evidence(confirmed=True, observed="seen"))
    with experiment(fake_run.run, ExperimentPlan((spec,))):
        pass
    judged = fake_run.judged()
    assert [each.verdict for each in judged.faults] == [Verdict.PASS]
    assert judged.verdict is Verdict.PASS, judged.reasons
