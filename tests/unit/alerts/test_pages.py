"""The examples on the pages of checks are correct: the check finds the wrong one and accepts the fixed one."""

import re
from pathlib import Path

import pytest

from stackproof.alerts.catalogue import CHECKS
from stackproof.alerts.check import Check, Monitoring
from stackproof.model import Objective, Promise, Sli
from stackproof.model.monitoring import NOWHERE
from tests.unit.alerts.files import exported, finds, group, routing, scraping

PAGES = Path(__file__).parents[3] / "docs" / "checks"
OF_RULES = [check for check in CHECKS if check.id.startswith(("promql/", "rules/"))]

_EXAMPLE = re.compile(r"^## (Wrong|Fixed)\n+```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)

# What the pages take for granted, in words.
ELSE = Monitoring(
    routing=routing(
        """\
        route: {receiver: rest, routes: [{receiver: payments, matchers: ['namespace="payments"']}]}
        receivers: [{name: rest}, {name: payments}]
        """
    ),
    scraping=scraping(
        """\
        global: {scrape_interval: 1m, evaluation_interval: 10m}
        scrape_configs: [{job_name: node-exporter}, {job_name: blackbox, metrics_path: /probe}]
        """
    ),
    metrics=exported(
        """\
        # TYPE http_requests_errors_total counter
        # TYPE process_resident_memory_bytes gauge
        # TYPE node_name gauge
        node_name{node="a",service="kubelet"} 1
        node_name{node="a",service="op-kubelet"} 1
        """
    ),
    objectives=(Objective("slo", Promise.SLO, "a", Sli.ERRORS, 0.999, None, "n/a:1", NOWHERE),),
)


def _monitoring(check: Check, text: str) -> Monitoring:
    """The example with what its page assumes; the check of severities also needs other alerts that have one."""
    others = "- {alert: B, expr: b, labels: {severity: a}}\n- {alert: C, expr: c, labels: {severity: a}}"
    groups = (*group(text), *(group(others) if check.id == "rules/no-severity" else ()))
    routes = None if check.id == "rules/no-severity" else ELSE.routing
    return Monitoring(groups, routes, ELSE.scraping, (), ELSE.metrics, ELSE.objectives)


@pytest.mark.parametrize("check", OF_RULES, ids=lambda check: check.id)
def test_the_examples_of_a_page_are_correct(check: Check) -> None:
    """A rule that is fixed as its page shows has no finding."""
    page = (PAGES / f"{check.id.replace('/', '-')}.md").read_text(encoding="utf-8")
    examples = dict(_EXAMPLE.findall(page))
    assert finds(check, _monitoring(check, examples["Wrong"]))
    assert not finds(check, _monitoring(check, examples["Fixed"]))
