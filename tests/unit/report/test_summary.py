"""Other programs read summary.json: its shape is a promise."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from stackproof.history import Recorded
from stackproof.judge import RunJudgement
from stackproof.model import HistoryError, PropertyTried, Verdict
from stackproof.report.summary import joined, read_summary, summarise, write_summary


def test_the_summary_has_the_promised_shape(tmp_path: Path, recorded: Recorded, judgement: RunJudgement) -> None:
    """The file has these keys, in this order, and no others; ids and numbers are those of the judge."""
    file = tmp_path / "reports" / "summary.json"
    write_summary(summarise(recorded, judgement), file)
    summary = json.loads(file.read_text())
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
    assert summary["run"] == "sla-20260102-030405-ab12"
    assert summary["stack"] == "market"
    assert summary["started"] == "2026-01-02T03:04:05Z"
    assert summary["duration_s"] == 70.0
    assert summary["verdict"] == "FAIL"
    assert summary["alerts"] == []
    assert [objective["id"] for objective in summary["objectives"]] == [
        "sla-shop-availability",
        "sla-shop-latency",
        "slo-shop-errors",
        "slo-shop-latency",
    ]
    assert summary["objectives"][2] == {
        "id": "slo-shop-errors",
        "sli": "errors",
        "target": 0.9999,
        "observed": 0.999,
        "lower": pytest.approx(0.998027, abs=1e-6),
        "upper": pytest.approx(0.999565, abs=1e-6),
        "n": 6000,
        "failures": 6,
        "verdict": "FAIL",
    }
    assert summary["probes"][0] == {
        "service": "shop",
        "kind": "liveness",
        "verdict": "PASS",
        "worst_s": 0.0125,
        "n": 1,
        "detail": "",
    }
    assert summary["experiments"] == [
        {
            "id": "latency-1",
            "fault": "latency",
            "target": "front/shop:80",
            "bit": True,
            "evidence": "1.5 s instead of 0.02 s",
            "detected_s": 1.25,
            "recovered_s": None,
            "verdict": "PASS",
        }
    ]


def test_no_number_that_json_lacks_gets_out(recorded: Recorded, judgement: RunJudgement) -> None:
    """NaN and infinity break strict readers of JSON: they become null, like values that were never observed."""
    odd = replace(judgement.objectives[0], observed=None, lower=math.nan, upper=math.inf)
    summary = summarise(recorded, replace(judgement, objectives=(odd,))).to_json()
    text = json.dumps(summary, allow_nan=False)
    assert '"observed": null, "lower": null, "upper": null' in text


def test_the_summary_has_the_number_of_cases_that_were_tried(recorded: Recorded, judgement: RunJudgement) -> None:
    """Of a property that was tried on generated input, with the id of its test."""
    name, test = "wrong-frames over front/shop:80", "test_protocol.py::test_frames"
    event = PropertyTried(140, recorded.header.started, name, test, 2000)
    summary = summarise(replace(recorded, events=(*recorded.events, event)), judgement).to_json()
    assert summary["properties"] == [
        {"property": "wrong-frames over front/shop:80", "test": "test_protocol.py::test_frames", "cases": 2000}
    ]


def test_a_reader_never_sees_half_a_summary(tmp_path: Path, recorded: Recorded, judgement: RunJudgement) -> None:
    """A new summary replaces the old one in one step: a reader of the old one reads on, and nothing is left."""
    file = tmp_path / "summary.json"
    file.write_text("old")
    with file.open() as reader:
        write_summary(summarise(recorded, judgement), file)
        assert reader.read() == "old"
    assert json.loads(file.read_text())["verdict"] == "FAIL"
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


def test_a_summary_that_cannot_be_written_says_so(tmp_path: Path, recorded: Recorded, judgement: RunJudgement) -> None:
    """One message with the path, and how to get the summary anyway."""
    (tmp_path / "file").touch()
    with pytest.raises(HistoryError, match=r"file/summary\.json.*cannot be written") as caught:
        write_summary(summarise(recorded, judgement), tmp_path / "file" / "summary.json")
    assert "stackproof judge RUN --json" in str(caught.value)


def test_two_runs_that_belong_together_are_one_summary(
    tmp_path: Path, recorded: Recorded, judgement: RunJudgement
) -> None:
    """Nothing that either run showed is lost, and the worse verdict decides: a pass cannot hide an earlier failure."""
    failed = summarise(recorded, judgement)
    passed = replace(failed, run="later", verdict=Verdict.PASS, objectives=(), duration_s=5.0)
    write_summary(failed, tmp_path / "summary.json")
    before = read_summary(tmp_path / "summary.json")
    assert before == failed
    both = joined(passed, failed)
    assert (both.run, both.verdict, both.objectives) == ("later", Verdict.FAIL, failed.objectives)
    assert both.duration_s == failed.duration_s + 5.0


def test_a_broken_summary_is_ignored(tmp_path: Path) -> None:
    """A half-written summary of another run does not stop this one from being summarised."""
    (tmp_path / "summary.json").write_text("{", encoding="utf-8")
    assert read_summary(tmp_path / "summary.json") is None
    assert read_summary(tmp_path / "nothing.json") is None
