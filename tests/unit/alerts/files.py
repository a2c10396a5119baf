"""Short files of rules for tests, read by the same readers as users' files."""

import textwrap
from pathlib import Path

from stackproof.alerts.check import Check, Monitoring
from stackproof.declare.alertmanager.routing_config import routing_of
from stackproof.declare.prometheus.exposition import metrics_of
from stackproof.declare.prometheus.rule_file import rules_of
from stackproof.declare.prometheus.scrape_config import scraping_of
from stackproof.documents.yaml_reader import parse_tree
from stackproof.model import Location
from stackproof.model.monitoring import ExportedMetric, Routing, RuleGroup, Scraping

RULES = Path("rules.yaml")


def alert(expr: str, more: str = "") -> tuple[RuleGroup, ...]:
    """One alert named A with this expression, which is on line 4, and further keys as YAML."""
    text = f"groups:\n- name: g\n  rules:\n  - expr: {_quoted(expr)}\n    alert: A\n{textwrap.indent(more, '    ')}"
    return rules_of(RULES, parse_tree(RULES, text)).groups


def _quoted(expr: str) -> str:
    return "'" + expr.replace("'", "''") + "'"


def group(text: str) -> tuple[RuleGroup, ...]:
    """One group of rules; the list of rules begins on line 4."""
    body = textwrap.indent(textwrap.dedent(text).strip("\n"), "  ")
    return rules_of(RULES, parse_tree(RULES, f"groups:\n- name: g\n  rules:\n{body}\n")).sound()


def scraping(text: str) -> Scraping:
    """Prometheus' configuration."""
    file = Path("prometheus.yml")
    return scraping_of(file, parse_tree(file, textwrap.dedent(text))).sound()


def routing(text: str) -> Routing:
    """Alertmanager's configuration."""
    file = Path("alertmanager.yml")
    return routing_of(file, parse_tree(file, textwrap.dedent(text))).sound()


def exported(text: str) -> tuple[ExportedMetric, ...]:
    """The metrics of an exporter."""
    return metrics_of(textwrap.dedent(text), Location(Path("metrics")))


def found(check: Check, monitoring: Monitoring) -> list[tuple[int | None, str]]:
    """Line and severity of each finding."""
    return [(finding.where.line, finding.severity.value) for finding in check.findings(monitoring)]


def finds(check: Check, monitoring: Monitoring) -> bool:
    """Whether a check finds anything."""
    return bool(found(check, monitoring))
