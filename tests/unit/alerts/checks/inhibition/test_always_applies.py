"""inhibition/always-applies: one fault hides all others."""

from dataclasses import replace

import pytest

from stackproof.alerts.checks.inhibition.always_applies import CHECK
from tests.unit.alerts.files import finds, found, scraping
from tests.unit.alerts.routes import inhibiting

SIDES = "source_matchers: [severity=critical]\ntarget_matchers: [severity=warning]"


@pytest.mark.parametrize(
    "rule",
    [
        SIDES,
        f"{SIDES}\nequal: []",
        "target_matchers: [severity=warning]\nequal: [job]",
        "source_match: {severity: critical}",
    ],
)
def test_sides_without_a_common_label_are_found(rule: str) -> None:
    """No equal, or no matchers on one side."""
    assert found(CHECK, inhibiting(rule)) == [(3, "error")]


def test_a_label_that_no_alert_has_does_not_limit_it() -> None:
    """Missing labels count as equal, so every critical alert would mute every warning."""
    rules = ("Down {severity: critical, team: db}", "Slow {severity: warning}")
    assert found(CHECK, inhibiting(f"{SIDES}\nequal: [team]", *rules)) == []
    down = ("Down {severity: critical}", "Slow {severity: warning}", "Info {severity: info, team: db}")
    series = ("Down {severity: critical} x > 1", "Slow {severity: warning} y > 1", "Info {severity: info, team: db}")
    assert found(CHECK, inhibiting(f"{SIDES}\nequal: [team]", *series)) == []  # unknown
    monitoring = inhibiting(f"{SIDES}\nequal: [team]", *down)
    assert found(CHECK, monitoring) == [(5, "warning")]  # an external label may be called so
    assert found(CHECK, replace(monitoring, scraping=scraping("{}"))) == [(5, "error")]


@pytest.mark.parametrize(
    "rule",
    [
        f"{SIDES}\nequal: [job]",
        "source_matchers: [alertname=ClusterDown]\ntarget_matchers: [severity=warning]",
        "source_matchers: [severity=critical]\ntarget_matchers: [alertname=Slow]",
        "source_matchers: [alertname=Down]\nequal: [job, instance]",
        "source_matchers: [alertname=Down]",
        "source_matchers: [alertname=InfoInhibitor]\ntarget_matchers: [severity=info]\nequal: [namespace]",
        "source_matchers: [alertname=Down, severity=critical]\ntarget_matchers: [alertname=Slow, severity=warning]",
        "source_matchers: [inhibits=pages]\ntarget_matchers: [inhibited_by=pages]",
        "source_matchers: [scope=cluster]\ntarget_matchers: [severity=warning]",
        "source_matchers: [severity=critical, team=db]\ntarget_matchers: [severity=warning, team=db]",
        f"{SIDES}\nequal: [cluster]",
    ],
)
def test_sides_with_a_common_label_or_an_alert_name_are_accepted(rule: str) -> None:
    """A named alert limits the inhibition, and so does a label made for it; labels of series may be there."""
    assert not finds(CHECK, inhibiting(rule, "Down {severity: critical} up == 0", "Slow {severity: warning} y > 1"))
