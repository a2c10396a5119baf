"""judge and report: what runs left, judged again and shown together."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stackproof.history import Header, History
from stackproof.model import CheckResult, Outcome, RunEnded, Sample, Verdict
from tests.unit.cli.commands import run
from tests.unit.fakes import small_stack
from tests.unit.pytest_plugin.test_objectives import SLO

Recording = Callable[..., Path]
LINK = "front/web:80"


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """Writes the record of a run with one test's verdict and 100 requests, and gives its folder."""
    monkeypatch.chdir(tmp_path)

    def record(verdict: Verdict = Verdict.PASS, outcome: Outcome = Outcome.OK) -> Path:
        folder = tmp_path / "reports" / "runs" / "mine-20260101-000000-abcd"
        now_s = time.monotonic()
        with History.create(folder, Header("mine", small_stack(), (), datetime.now(UTC), now_s)) as history:
            history.extend(Sample(LINK, now_s, now_s, now_s + 0.01, outcome) for _ in range(100))
            history.append(CheckResult("test_a", verdict, "why"))
            history.append(RunEnded(now_s + 1, datetime.now(UTC)))
        return folder

    return record


@pytest.mark.parametrize(("verdict", "code"), [(Verdict.PASS, 0), (Verdict.FAIL, 1), (Verdict.INCONCLUSIVE, 3)])
def test_the_exit_code_is_the_verdict(recorded: Recording, verdict: Verdict, code: int) -> None:
    """0 PASS, 1 FAIL, 3 INCONCLUSIVE, as when the run ended; the reasons are shown."""
    done = run("judge", str(recorded(verdict)))
    assert (done.code, done.err) == (code, "")
    assert f"Verdict: {verdict}" in done.out
    assert ("test_a: why" in done.out) is (code != 0)


def test_the_folder_or_the_file_may_be_given(recorded: Recording) -> None:
    """Both mean the same run."""
    folder = recorded()
    assert run("judge", str(folder)) == run("judge", str(folder / "history.jsonl"))


def test_json_is_the_runs_summary(recorded: Recording) -> None:
    """The shape of summary.json."""
    summary = run("judge", str(recorded()), "--json").json()
    assert list(summary) == [
        "run",
        "stack",
        "started",
        "duration_s",
        "verdict",
        "objectives",
        "probes",
        "experiments",
        "alerts",
        "properties",
    ]
    assert (summary["run"], summary["verdict"]) == ("mine", "PASS")


def test_a_run_is_judged_against_other_objectives(recorded: Recording, tmp_path: Path) -> None:
    """--slo names their folder; which of them decide is a matter of the profile."""
    folder = str(recorded(outcome=Outcome.WRONG))
    (tmp_path / "slo").mkdir()
    (tmp_path / "slo" / "web.yaml").write_text(SLO.format(promise="slo", target=99.9), encoding="utf-8")
    assert run("judge", folder).code == 0
    done = run("judge", folder, "--slo", "slo", "--json")
    assert (done.code, [each["verdict"] for each in done.json()["objectives"]]) == (0, ["FAIL"])
    assert run("judge", folder, "--slo", "slo", "--profile", "nightly").code == 1


def test_wrong_objectives_are_refused_with_their_line(recorded: Recording, tmp_path: Path) -> None:
    """--stack names the compose file that the message speaks of."""
    (tmp_path / "slo").mkdir()
    (tmp_path / "slo" / "web.yaml").write_text(SLO.format(promise="slo", target=99).replace(": web", ": shop"))
    done = run("judge", str(recorded()), "--slo", "slo", "--stack", "other.yaml")
    assert done.is_refused("slo/web.yaml:2: ", "no service 'shop' in other.yaml")


def test_a_record_that_is_none_is_refused(tmp_path: Path) -> None:
    """The message names the file and what is wrong with it."""
    (tmp_path / "history.jsonl").write_text("no record\n", encoding="utf-8")
    assert run("judge", str(tmp_path)).is_refused(str(tmp_path / "history.jsonl"))


def test_a_report_needs_results(recorded: Recording) -> None:
    """A run without Allure's results makes no report."""
    recorded()
    assert run("report").is_refused("no run with results in reports/runs")


@pytest.mark.usefixtures("no_engine")
def test_a_report_that_cannot_be_made_says_why(recorded: Recording) -> None:
    """The pages are made in our tools image; without an engine there is one message, and the results are kept."""
    results = recorded() / "allure-results"
    results.mkdir()
    (results / "a-result.json").write_text(json.dumps({"uuid": "a"}), encoding="utf-8")
    done = run("report")
    assert done.is_refused("expected the container engine to answer", "stackproof doctor")
    assert [*results.iterdir()]
