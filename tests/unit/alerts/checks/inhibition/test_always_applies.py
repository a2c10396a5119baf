"""inhibition/always-applies: one fault hides all others."""

import pytest

from stackproof.alerts.checks.inhibition.always_applies import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import inhibiting

SIDES = "source_matchers: [severity=critical]\ntarget_matchers: [severity=warning]"


@pytest.mark.parametrize(
    "rule",
    [SIDES, f"{SIDES}\nequal: []", "target_matchers: [severity=warning]\nequal: [job]", "source_match: {a: b}"],
)
def test_sides_without_a_common_label_are_found(rule: str) -> None:
    """No equal, or no matchers on one side."""
    assert found(CHECK, inhibiting(rule)) == [(3, "error")]


def test_a_label_that_no_alert_has_does_not_limit_it() -> None:
    """Missing labels count as equal, so every critical alert would mute every warning."""
    rules = ("Down {severity: critical, team: db}", "Slow {severity: warning}")
    assert found(CHECK, inhibiting(f"{SIDES}\nequal: [team]", *rules)) == []
    down = ("Down {severity: critical}", "Slow {severity: warning}", "Info {severity: info, team: db}")
    assert found(CHECK, inhibiting(f"{SIDES}\nequal: [team]", *down)) == [(5, "error")]


@pytest.mark.parametrize(
    "rule",
    [
        f"{SIDES}\nequal: [job]",
        "source_matchers: [alertname=ClusterDown]\ntarget_matchers: [severity=warning]",
        "source_matchers: [severity=critical]\ntarget_matchers: [alertname=Slow]",
        "source_matchers: [alertname=Down]\nequal: [job, instance]",
    ],
)
def test_sides_with_a_common_label_or_an_alert_name_are_accepted(rule: str) -> None:
    """A named alert limits the inhibition; labels that series may have are not known to be missing."""
    assert not finds(CHECK, inhibiting(rule, "Down {severity: critical} up == 0", "Slow {severity: warning} y > 1"))
