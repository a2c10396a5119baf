"""rules/text-outside-braces: a variable that is shown as it is written."""

import json

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.rules.text_outside_braces import CHECK
from tests.unit.alerts.files import alert, finds, found, scraping


def _shows(text: str, expr: str = 'x{disk="a"} > 1') -> Monitoring:
    return Monitoring(alert(expr, f"for: 1m\nannotations:\n  summary: {json.dumps(text)}"))


@pytest.mark.parametrize(
    "text",
    [
        # https://github.com/wikimedia/operations-alerts/commit/df38ea5
        "Newest log in $site is {{ $value }} old",
        "$labels.instance is down",
        "{ $labels.instance } is down",
        "value: $value",
        "disk $disk of $instance",
        "$externalLabels.cluster",
        "${labels.instance} is at ${value}",
        "{{ if $labels.a }}on $labels.a{{ end }}",
    ],
)
def test_a_variable_outside_of_braces_is_found(text: str) -> None:
    """At the line of the text."""
    assert found(CHECK, _shows(text)) == [(8, "warning")]


@pytest.mark.parametrize(
    "text",
    [
        "{{ $labels.instance }} is down",
        "costs $5 or US$ 10",
        "run `kubectl logs $pod`",
        "run $(hostname) or ${HOME}",
        "echo $HOME",
        "https://grafana/d/x?var-instance=$instance",
        "a$instance",
        "{{ `$labels.instance` }}",
        "regex foo$ and $",
        "{{ $x := $labels.a }}{{ $x }}",
    ],
)
def test_other_dollars_are_accepted(text: str) -> None:
    """Money, shells, links and patterns."""
    assert not finds(CHECK, _shows(text))


def test_an_external_label_is_proposed_if_prometheus_adds_it() -> None:
    """So the fix is right."""
    monitoring = _shows("in $dc")
    assert not finds(CHECK, monitoring)
    known = Monitoring(monitoring.groups, scraping=scraping("global: {external_labels: {dc: a}}"))
    (finding,) = CHECK.findings(known)
    assert finding.fix == "write {{ $externalLabels.dc }}"
