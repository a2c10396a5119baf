"""Mistakes that people made in public are found at their line."""

import pytest

from tests.unit.alerts.whole_files import ALERTING, findings

# Each file was written for this test; the link leads to somebody who made the mistake.
MISTAKES = [
    # Everything was to go to a webhook, by a star; https://github.com/prometheus/alertmanager/issues/2830
    ("star-for-everything", "routing/wildcard-in-matcher", [6]),
    # Compose sets the variables, Alertmanager does not read them; https://github.com/prometheus/alertmanager/issues/2917
    ("variables-of-compose", "receivers/unexpanded-placeholder", [9, 10]),
    # Infos were to be silenced by other alerts; https://github.com/prometheus-operator/kube-prometheus/issues/861
    ("inhibited-by-its-own-name", "inhibition/never-applies", [9]),
    # Nobody was told of the end; https://github.com/prometheus/alertmanager/issues/630
    ("no-word-of-the-end", "receivers/no-send-resolved", [13, 15]),
    # A new handler behind two routes that take all; https://github.com/sapcc/helm-charts/pull/738
    ("caught-before", "routing/never-matches", [9]),
    # All alerts but one, by looking ahead; https://github.com/prometheus/alertmanager/issues/535
    ("looking-ahead", "file/invalid", [8]),
    # A sum by all but le; https://github.com/samber/awesome-prometheus-alerts/pull/351
    ("quantile-without-le", "promql/quantile-without-le", [6]),
    # Buckets without a rate; https://github.com/samber/awesome-prometheus-alerts/issues/292
    ("quantile-without-rate", "promql/quantile-without-rate", [7]),
    # Connections that are open now have no rate; https://github.com/samber/awesome-prometheus-alerts/pull/270
    ("rate-of-gauge", "promql/rate-of-gauge", [6]),
    # Where all are down there is nothing to count; https://github.com/prometheus/prometheus/issues/4735
    ("count-of-nothing", "rules/never-fires", [12]),
    # A message with a hole; https://github.com/prometheus-operator/prometheus-operator/issues/1259
    ("label-lost-by-sum", "rules/template-missing-label", [13]),
    # One letter less, and no rule is loaded; https://github.com/samber/awesome-prometheus-alerts/issues/303
    ("misspelt-variable", "rules/template-broken", [11]),
    # The job got another name, its alert did not; https://github.com/stackhpc/stackhpc-kayobe-config/pull/2018
    ("renamed-job", "rules/unknown-job", [5]),
]


@pytest.mark.parametrize(("name", "check", "lines"), MISTAKES, ids=[name for name, _, _ in MISTAKES])
def test_a_real_mistake_is_found_at_its_line(name: str, check: str, lines: list[int]) -> None:
    """By the right check, and without other errors."""
    found = findings(ALERTING / "wrong" / name)
    assert [each.where.line for each in found if each.id == check] == lines
    assert {each.id for each in found if each.severity.value == "error"} <= {check}
