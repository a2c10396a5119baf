from pathlib import Path

import pytest

from stackproof.declare.prometheus.promised_metrics import read_promised_metrics
from stackproof.model import DeclarationError, Location
from stackproof.model.alerting import MetricType
from stackproof.model.metrics import PromisedMetric


def written(folder: Path, text: str) -> Path:
    """A file of promises."""
    file = folder / "metrics.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_job_has_its_metrics_and_those_it_shares(tmp_path: Path) -> None:
    """Each with its place; what was merged has the place of the map that it was merged into."""
    file = written(
        tmp_path,
        "x-all: &all\n  up_seconds: {type: gauge, unit: seconds}\njobs:\n  shop:\n    complete: true\n    metrics:\n"
        "      <<: *all\n      sold_items_total: {type: counter, unit: items, labels: [kind]}\n",
    )
    (page,) = read_promised_metrics(file)
    assert (page.job, page.complete) == ("shop", True)
    assert set(page.metrics) == {
        PromisedMetric("up_seconds", MetricType.GAUGE, frozenset(), Location(file, 6)),
        PromisedMetric("sold_items_total", MetricType.COUNTER, frozenset({"kind"}), Location(file, 8)),
    }


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("a_seconds: {type: timer}", "a_seconds.type"),
        ("a_seconds: {type: gauge, unit: bytes}", "expected the name to end in its unit, _bytes"),
        ("a_seconds: {type: gauge, help: x}", "a_seconds.help"),
        ("a_seconds: {}", "a_seconds.type"),
    ],
)
def test_a_wrong_promise_is_told_with_its_line(metric: str, told: str, tmp_path: Path) -> None:
    """What was expected, and where."""
    file = written(tmp_path, f"jobs:\n  shop:\n    metrics:\n      {metric}\n")
    with pytest.raises(DeclarationError) as raised:
        read_promised_metrics(file)
    assert str(raised.value).startswith(f"{file}:4: ")
    assert told in raised.value.message


@pytest.mark.parametrize("text", ["", "[]", "jobs: [", "jobs: {shop: }"])
def test_what_holds_no_promises_is_told(text: str, tmp_path: Path) -> None:
    """A message, and no traceback."""
    with pytest.raises(DeclarationError):
        read_promised_metrics(written(tmp_path, text))
