"""The Allure report has the evidence, and the run as a whole."""

import gzip
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stackproof.history import FILE_NAME, History, Recorded
from stackproof.judge import RunJudgement
from stackproof.model import HistoryError, Verdict
from stackproof.report import allure_files
from stackproof.report.allure_files import write_allure_files

FAULT = "latency front/shop:80 latency_ms=1500"
Json = dict[str, Any]


@pytest.fixture
def results(tmp_path: Path, recorded: Recorded, judgement: RunJudgement) -> Path:
    """A folder of results beside a history, written to."""
    (tmp_path / FILE_NAME).write_text("a history\n")
    write_allure_files(tmp_path / "allure-results", recorded, judgement)
    return tmp_path / "allure-results"


def _whole(results: Path) -> Json:
    (file,) = results.glob("*-result.json")
    whole: Json = json.loads(file.read_text())
    return whole


def test_the_environment_has_what_was_run_and_where(results: Path) -> None:
    """A reader of the report sees stack, run, profile and machine."""
    lines = (results / "environment.properties").read_text().splitlines()
    environment = dict(line.split(" = ", 1) for line in lines)
    assert environment["run"] == "sla-20260102-030405-ab12"
    assert environment["stack"] == "market"
    assert environment["profile"] == "quick"
    assert "CPUs" in environment["machine"]


def test_every_failure_has_a_category(results: Path) -> None:
    """A broken contract, an own aim missed, an undecided claim and a broken harness are distinguished."""
    categories = json.loads((results / "categories.json").read_text())

    def category(status: str, message: str) -> str:
        for each in categories:
            if status in each["matchedStatuses"] and re.fullmatch(each["messageRegex"], message):
                return str(each["name"])
        return ""

    assert category("failed", "AssertionError: sla-shop-latency is refuted: at most") == "Contract broken (SLA)"
    assert category("failed", "AssertionError: slo-shop-latency is refuted: at most") == "Own aim missed (SLO)"
    assert category("failed", "sla-shop-latency: at most 51 % of answers come within 1 s") == "Contract broken (SLA)"
    assert category("broken", "InconclusiveError: sla-x is undecided:\nmore").startswith("Undecided")
    assert category("failed", "AssertionError: assert 1 == 2") == "Claim refuted"
    assert category("broken", "KeyError: 'x'") == "Harness broken"


def _executor(folder: Path, recorded: Recorded, judgement: RunJudgement) -> Json:
    write_allure_files(folder, recorded, judgement)
    executor: Json = json.loads((folder / "executor.json").read_text())
    return executor


def test_a_local_run_names_its_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, recorded: Recorded, judgement: RunJudgement
) -> None:
    """Outside any workflow, the machine ran it."""
    monkeypatch.delenv("GITHUB_RUN_ID", raising=False)
    executor = _executor(tmp_path, recorded, judgement)
    assert (executor["type"], executor["buildName"]) == ("local", "sla-20260102-030405-ab12")


def test_a_run_in_a_workflow_links_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, recorded: Recorded, judgement: RunJudgement
) -> None:
    """In GitHub's workflow, the report leads to the workflow's run."""
    for name, value in {"RUN_ID": "7", "SERVER_URL": "https://git", "REPOSITORY": "a/b", "RUN_NUMBER": "3"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    executor = _executor(tmp_path, recorded, judgement)
    assert (executor["type"], executor["buildOrder"]) == ("github", 3)
    assert executor["buildUrl"] == "https://git/a/b/actions/runs/7"


def test_the_run_as_a_whole_is_a_result(results: Path) -> None:
    """The run's verdict is in the report with its reasons, a step for each objective, plots, table and history."""
    whole = _whole(results)
    assert whole["name"] == "The sla run as a whole"
    assert whole["status"] == "failed"
    assert whole["statusDetails"]["message"].startswith("sla-shop-latency: at most")
    assert [step["status"] for step in whole["steps"]] == ["passed", "failed", "failed", "failed", "passed"]
    attached = {each["name"]: (results / each["source"]).read_bytes() for each in whole["attachments"]}
    assert list(attached) == ["verdicts", "matrix of faults", "front/shop:80 over time", "history.jsonl.gz"]
    assert b"Verdict: FAIL" in attached["verdicts"]
    assert attached["front/shop:80 over time"].startswith(b"\x89PNG")
    assert gzip.decompress(attached["history.jsonl.gz"]) == b"a history\n"


def test_the_run_as_a_whole_shows_each_experiment(results: Path) -> None:
    """One step with its sentence, at the experiment's own time, with its picture."""
    whole = _whole(results)
    step = whole["steps"][-1]
    assert step["name"].startswith(
        "latency front/shop:80 latency_ms=1500: confirmed 1.25 s after injection (1.5 s instead"
    )
    assert step["start"] == whole["start"] + 35_000
    assert step["stop"] == whole["start"] + 70_000
    (picture,) = step["attachments"]
    assert picture["name"] == f"latency-1: {FAULT}"
    assert (results / picture["source"]).read_bytes().startswith(b"\x89PNG")


def test_of_very_many_experiments_only_those_that_passed_are_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, recorded: Recorded, judgement: RunJudgement
) -> None:
    """60 are shown, beyond them those that did not pass, and the number of the others is given."""
    monkeypatch.setattr(allure_files, "pictures", lambda scenes: (b"a picture" for _ in scenes))
    (one,) = judgement.faults
    many = [
        replace(one, injection=f"e{number}", name=f"e{number}", injected_s=130.0 + number, healed_s=130.5 + number)
        for number in range(100)
    ]
    many[90] = replace(many[90], verdict=Verdict.INCONCLUSIVE)
    write_allure_files(tmp_path, recorded, replace(judgement, objectives=(), faults=tuple(many)))
    steps = _whole(tmp_path)["steps"]
    pictures = [step["attachments"][0]["name"].split(":")[0] for step in steps[:-1]]
    assert pictures == [f"e{number}" for number in (*range(60), 90)]
    assert steps[-1]["name"] == "39 of 100 experiments are not shown here: all of them passed"


def test_runs_of_one_suite_share_a_history(results: Path, recorded: Recorded, judgement: RunJudgement) -> None:
    """The report's trends need the same identity from run to run."""
    before = _whole(results)["historyId"]
    for file in results.glob("*-result.json"):
        file.unlink()
    write_allure_files(results, recorded, judgement)
    assert _whole(results)["historyId"] == before


def test_results_that_cannot_be_written_say_so(tmp_path: Path, recorded: Recorded, judgement: RunJudgement) -> None:
    """One message with the path, not a traceback."""
    (tmp_path / "file").touch()
    with pytest.raises(HistoryError, match=r"file/results.*cannot be written"):
        write_allure_files(tmp_path / "file" / "results", recorded, judgement)


_A_TEST = """
import sys
from pathlib import Path
from stackproof.history import read
from stackproof.judge import Profile, judge_run
from stackproof.report.attachments import attach_judgement, attach_plot, attach_text

def test_it():
    recorded = read(Path(__file__).parent)
    judged = judge_run(recorded, Profile.QUICK)
    judgement = judged.objectives[1]
    attach_judgement(judgement)
    attach_plot(judgement.objective, recorded.samples, recorded.events)
    attach_plot(judgement.objective, [], [])
    attach_text("container said no", "log of shop")
    attach_text("up again after 1.20 s")
"""


def test_a_test_shows_its_evidence(tmp_path: Path, recorded: Recorded) -> None:
    """In Allure's own results: the verdict as a step, one plot, the log, and the measured time."""
    (tmp_path / "test_it.py").write_text(_A_TEST)
    with History.create(tmp_path, recorded.header) as history:
        history.extend([*recorded.events, *recorded.samples])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:stackproof.pytest_plugin", "--alluredir=results"]
    done = subprocess.run([*command, "test_it.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    whole = _whole(tmp_path / "results")
    (step,) = whole["steps"]
    assert step["name"].startswith("FAIL sla-shop-latency: at most 51.0705 % of answers come within 1 s")
    figures = (tmp_path / "results" / step["attachments"][0]["source"]).read_text()
    assert "promised:   95 % within 1 s on front/shop:80" in figures
    assert "requests:   5994, 2997 of them bad" in figures
    assert [each["name"] for each in whole["attachments"]] == [
        "front/shop:80 over time",
        "log of shop",
        "up again after 1.20 s",
    ]
