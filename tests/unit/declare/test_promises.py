"""The objectives of any Sloth spec are read, with our labels or without."""

from pathlib import Path

import pytest

from stackproof.declare.promises import Promises, all_promises, read_spec, spec_files
from stackproof.model import Promise, Sli
from stackproof.model.file_problem import FileProblem, FileProblemError

FOREIGN = """\
version: prometheus/v1
service: shop
slos:
  - name: requests-availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(requests_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))
    alerting: {name: LatencyIsNoWordOfThis}
  - name: fast-enough
    objective: 95
    sli:
      raw:
        error_ratio_query: 1 - rate(took_bucket{le="0.3"}[{{.window}}]) / rate(took_count[{{.window}}])
"""


def _read(folder: Path, **files: str) -> Promises:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return all_promises(folder, map(_spec, spec_files(folder)))


def _spec(file: Path) -> Promises | FileProblem:
    try:
        return read_spec(file)
    except FileProblemError as error:
        return error.problem


def test_a_foreign_spec_is_understood(tmp_path: Path) -> None:
    """The SLI is found from names and queries, a latency limit from its bucket."""
    read = _read(tmp_path, a=FOREIGN)
    told = [(each.id, each.sli, each.target, each.threshold_s, each.where.line) for each in read.objectives]
    assert told == [
        ("requests-availability", Sli.AVAILABILITY, 0.999, None, 4),
        ("fast-enough", Sli.LATENCY, 0.95, 0.3, 11),
    ]
    assert read.problems == ()


def test_our_own_labels_count_more_than_names(tmp_path: Path) -> None:
    """Explicit labels are believed."""
    text = (
        "slos: [{name: latency-of-errors, objective: 99, labels: {sli: errors, promise: sla}},"
        " {name: x, objective: 99, labels: {sli: latency, threshold_s: '0.5'}}]\n"
    )
    first, second = _read(tmp_path, a=text).objectives
    assert (first.sli, first.promise) == (Sli.ERRORS, Promise.SLA)
    assert (second.sli, second.threshold_s) == (Sli.LATENCY, 0.5)


def test_a_kubernetes_object_has_a_spec(tmp_path: Path) -> None:
    """Sloth's operator reads the same under spec."""
    text = "kind: PrometheusServiceLevel\nspec: {service: a, slos: [{name: x, objective: 99}]}\n"
    assert [each.service for each in _read(tmp_path, a=text).objectives] == ["a"]


@pytest.mark.parametrize(
    "text", ["slos: [{name: a, objective: high}]", "slos: [{name: a}]", "slos: [{objective: 100}]", "slos: {}", "a: ["]
)
def test_an_invalid_objective_is_reported(tmp_path: Path, text: str) -> None:
    """With its location."""
    read = _read(tmp_path, a=text, b=FOREIGN)
    assert len(read.problems) == 1
    assert read.problems[0].where.line == 1
    assert len(read.objectives) == 2


def test_a_folder_without_specs_is_reported(tmp_path: Path) -> None:
    """A wrong folder must not look as if every threshold were backed."""
    assert _read(tmp_path, a="groups: []\n").problems
    assert all_promises(tmp_path, map(_spec, spec_files(tmp_path / "nothing.yaml"))).problems
