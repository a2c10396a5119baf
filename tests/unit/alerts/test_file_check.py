"""Files are checked whatever is in them: an unreadable one is a finding, and the rest is still checked."""

from pathlib import Path

import pytest

from stackproof.alerts.file_check import FilesToCheck, ToolUse, check_files
from stackproof.alerts.finding import Finding
from tests.tiny_servers import AnswersHttp, serving

WRONG = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: count(up == 1) < 1\n    for: 1m\n"


class _Exporter(AnswersHttp):
    def do_GET(self) -> None:  # noqa: N802 - the base class names it so
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"# TYPE there gauge\nthere 1\n")
        self.close_connection = True


def _check(asked: FilesToCheck) -> tuple[Finding, ...]:
    return check_files(asked, ToolUse.SKIP).findings


def _ids(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.id for finding in findings}


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A file with one mistake on line 5."""
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("content", "check"),
    [
        (None, "file/missing"),
        (b"", "file/empty"),
        (b"\x00\xff\xfe\x01", "file/unreadable"),
        (b"groups: [", "file/broken-yaml"),
        (b"- a\n- b\n", "file/invalid"),
        (b"groups:\n- name: a\n  rulez: []\n", "file/invalid"),
        (b"groups:\n- name: a\n  rules:\n  - alert: A\n    expr: sum(\n", "promql/invalid"),
    ],
)
def test_an_unreadable_file_hides_no_other(tmp_path: Path, wrong: Path, content: bytes | None, check: str) -> None:
    """One bad file is a finding, and the mistake in the other is still found."""
    other = tmp_path / "other.yaml"
    if content is not None:
        other.write_bytes(content)
    found = _check(FilesToCheck(rules=[str(other), str(wrong)]))
    assert check in {finding.id for finding in found if finding.where.file == other}
    assert (wrong, 5) in {(f.where.file, f.where.line) for f in found if f.id == "rules/never-fires"}


@pytest.mark.parametrize("content", ["", "[", "- a", "nothing: here", "route: [a]\nreceivers: {}\n", "\x00"])
def test_a_bad_configuration_hides_no_rule(tmp_path: Path, wrong: Path, content: str) -> None:
    """Rules are still checked, whatever is in the files of Alertmanager or Prometheus."""
    config = tmp_path / "config.yml"
    config.write_text(content, encoding="utf-8")
    asked = FilesToCheck(rules=[str(wrong)], alertmanager=config, prometheus=config, slo=config, metrics=[str(config)])
    assert "rules/never-fires" in _ids(_check(asked))


def test_a_folder_is_searched_for_rules(tmp_path: Path, wrong: Path) -> None:
    """Other YAML in it is skipped, broken rules are not."""
    (tmp_path / "alertmanager.yml").write_text("route: {receiver: a}\nreceivers: [{name: a}]\n", encoding="utf-8")
    (tmp_path / "tests.yaml").write_text("rule_files: [wrong.yaml]\ntests: []\n", encoding="utf-8")
    below = tmp_path / "below" / "more.yml"
    below.parent.mkdir()
    below.write_text("groups: [{", encoding="utf-8")
    found = _check(FilesToCheck(rules=[str(tmp_path)]))
    assert {finding.where.file for finding in found} == {wrong, below}


def test_a_pattern_finds_files_and_each_is_read_once(tmp_path: Path, wrong: Path) -> None:
    """A file that is named twice has no duplicate alerts."""
    found = _check(FilesToCheck(rules=[str(tmp_path / "*.yaml"), str(wrong), str(tmp_path)]))
    assert _ids(found) == {"rules/never-fires", "rules/no-annotations"}
    assert _ids(_check(FilesToCheck(rules=[str(tmp_path / "*.none")]))) == {"file/missing"}


def test_by_default_the_rule_files_of_prometheus_are_checked(tmp_path: Path, wrong: Path) -> None:
    """rule_files are relative to the configuration."""
    config = tmp_path / "prometheus.yml"
    config.write_text(f"rule_files: [{wrong.name}]\n", encoding="utf-8")
    assert "rules/never-fires" in _ids(_check(FilesToCheck(prometheus=config)))
    config.write_text("rule_files: [gone.yaml, 'none*.yaml', /etc/nowhere/of-a-container.yaml]\n", encoding="utf-8")
    found = _check(FilesToCheck(prometheus=config))
    assert [(finding.id, finding.where.file) for finding in found] == [("file/missing", tmp_path / "gone.yaml")]


def test_exporters_are_queried(wrong: Path) -> None:
    """A metric that a live exporter lacks is missing; up belongs to Prometheus."""
    missing = wrong.with_name("missing.yaml")
    missing.write_text("groups: [{name: g, rules: [{alert: A, expr: absent(gone) or there > 1}]}]\n", encoding="utf-8")
    with serving(_Exporter) as address:
        url = f"http://{address.host}:{address.port}/metrics"
        assert "rules/unknown-metric" not in _ids(_check(FilesToCheck(rules=[str(wrong)], metrics=[url])))
        missing.write_text("groups: [{name: g, rules: [{alert: A, expr: gone > 1}]}]\n", encoding="utf-8")
        assert "rules/unknown-metric" in _ids(_check(FilesToCheck(rules=[str(missing)], metrics=[url])))


def test_with_one_silent_exporter_no_metric_is_called_missing(tmp_path: Path) -> None:
    """Its metrics are unknown, and that is the only finding."""
    rules, metrics = tmp_path / "r.yaml", tmp_path / "m.txt"
    rules.write_text("groups: [{name: g, rules: [{alert: A, expr: gone > 1}]}]\n", encoding="utf-8")
    metrics.write_text("there 1\n", encoding="utf-8")
    asked = FilesToCheck(rules=[str(rules)], metrics=["http://127.0.0.1:1/metrics", str(metrics)])
    assert {"metrics/no-answer"} <= _ids(_check(asked))
    assert "rules/unknown-metric" not in _ids(_check(asked))


def test_a_start_page_is_not_an_exposition(tmp_path: Path) -> None:
    """The usual mistake is to name Prometheus' own address instead of an exporter's."""
    rules = tmp_path / "r.yaml"
    rules.write_text("groups: []\n", encoding="utf-8")
    with serving(AnswersHttp) as address:
        url = f"http://{address.host}:{address.port}/"
        (finding,) = _check(FilesToCheck(rules=[str(rules)], metrics=[url]))
    assert finding.id == "metrics/no-answer"
    assert url in finding.message


def test_findings_are_in_the_order_of_files_and_lines(wrong: Path) -> None:
    """So that people go through each file once."""
    found = _check(FilesToCheck(rules=[str(wrong)]))
    assert [finding.where.line for finding in found] == [4, 5]
