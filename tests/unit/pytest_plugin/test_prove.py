"""The fixture ``prove`` gives the judge's own verdict, and a test that repeats it says so in the record."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from stackproof.model import CheckResult, InconclusiveError, Location, Objective, Outcome, Promise, Sample, Sli
from stackproof.pytest_plugin.claims import ObjectiveRefutedError, ObjectiveUndecidedError, prove_on
from stackproof.pytest_plugin.hooks import _verdict_on
from tests.unit.fake_runs import RunOnFake

LINK = "front/web:80"
OBJECTIVE = Objective("sla-web-errors", Promise.SLA, "web", Sli.ERRORS, 0.9, None, LINK, Location(Path("slo.yaml"), 1))


def _send(fake_run: RunOnFake, count: int, outcome: Outcome) -> None:
    fake_run.run.record_samples([Sample(LINK, at_s, at_s, at_s + 0.1, outcome) for at_s in range(count)])


def _recorded(error: BaseException) -> CheckResult:
    """What the hook records of a test that ended with this error."""
    item = cast("pytest.Item", SimpleNamespace(nodeid="test_it", funcargs={"objective": OBJECTIVE}))
    report = cast("pytest.TestReport", SimpleNamespace(failed=True))
    return _verdict_on(item, report, error)


@pytest.mark.parametrize(
    ("count", "outcome", "kind"),
    [(100, Outcome.REJECTED, ObjectiveRefutedError), (3, Outcome.OK, ObjectiveUndecidedError)],
)
def test_a_proof_that_fails_has_the_judges_words_and_names_its_objective(
    fake_run: RunOnFake, count: int, outcome: Outcome, kind: type[Exception]
) -> None:
    """So the run's judge states it once, and needs to compare no sentences."""
    _send(fake_run, count, outcome)
    with pytest.raises(kind) as raised:
        prove_on(fake_run.run, OBJECTIVE)
    check = _recorded(raised.value)
    assert (check.objective, check.repeats_objective) == (OBJECTIVE.id, True)
    judgement = fake_run.run.judge(OBJECTIVE)
    assert (check.verdict, check.message) == (judgement.verdict, judgement.statement)
    fake_run.run.record(check)
    assert fake_run.judged().reasons == (f"test_it: {check.message}",), "the run's header has no such objective"


def test_a_test_about_an_objective_may_fail_for_a_reason_of_its_own() -> None:
    """Then the record has its objective, but not that it repeats the verdict."""
    check = _recorded(InconclusiveError("the load generator died"))
    assert (check.objective, check.repeats_objective) == (OBJECTIVE.id, False)


def test_a_proof_that_holds_is_given_back(fake_run: RunOnFake) -> None:
    """It is the judge's own judgement."""
    _send(fake_run, 100, Outcome.OK)
    assert prove_on(fake_run.run, OBJECTIVE) == fake_run.run.judge(OBJECTIVE)
