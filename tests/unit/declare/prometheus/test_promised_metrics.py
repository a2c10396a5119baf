"""The metrics that a stack promises are read with their lines."""

from pathlib import Path

import pytest

from stackproof.declare.prometheus.promised_metrics import read_promised_metrics
from stackproof.model import DeclarationError, Location
from stackproof.model.metric_families import PromisedMetric
from stackproof.model.monitoring import MetricType


def written(folder: Path, text: str) -> Path:
    """A file of promises."""
    file = folder / "metrics.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_job_has_its_own_and_shared_metrics(tmp_path: Path) -> None:
    """Each with its location; merged metrics have that of the map they are merged into."""
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
def test_a_wrong_promise_is_reported_with_its_line(metric: str, told: str, tmp_path: Path) -> None:
    """With what was expected."""
    file = written(tmp_path, f"jobs:\n  shop:\n    metrics:\n      {metric}\n")
    with pytest.raises(DeclarationError) as raised:
        read_promised_metrics(file)
    assert str(raised.value).startswith(f"{file}:4: ")
    assert told in raised.value.message


@pytest.mark.parametrize("text", ["", "[]", "jobs: [", "jobs: {shop: }"])
def test_a_file_without_promises_is_reported(text: str, tmp_path: Path) -> None:
    """As a message, not a traceback."""
    with pytest.raises(DeclarationError):
        read_promised_metrics(written(tmp_path, text))
