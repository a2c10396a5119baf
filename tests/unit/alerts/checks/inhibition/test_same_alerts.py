"""inhibition/same-alerts: it mutes nothing, because both sides are the same."""

import pytest

from stackproof.alerts.checks.inhibition.same_alerts import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import inhibiting


@pytest.mark.parametrize("target", ["severity=critical", "severity=~critical", 'severity="critical"'])
def test_sides_that_match_the_same_alerts_are_found(target: str) -> None:
    """However they are written."""
    rule = f"source_matchers: [severity=critical]\ntarget_matchers: [{target}]\nequal: [job]"
    assert found(CHECK, inhibiting(rule)) == [(3, "warning")]


@pytest.mark.parametrize("target", ["severity=warning", "severity=~critical|warning", "severity=critical, team=db"])
def test_sides_that_differ_are_accepted(target: str) -> None:
    """If one side is broader, some source can mute some target."""
    rule = f"source_matchers: [severity=critical]\ntarget_matchers: [{target}]"
    assert not finds(CHECK, inhibiting(rule))
