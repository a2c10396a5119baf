"""routing/setting-as-label: one level of indentation too much."""

import pytest

from stackproof.alerts.checks.routing.setting_as_label import CHECK
from tests.unit.alerts.files import finds, found
from tests.unit.alerts.routes import inhibiting, routed


@pytest.mark.parametrize("setting", ["continue: true", "receiver: pager", "group_wait: 5m"])
def test_a_setting_inside_of_match_is_found(setting: str) -> None:
    """At its own line: YAML accepts it, and Alertmanager takes it as a label."""
    assert found(CHECK, routed(f"- receiver: pager\n  match:\n    team: db\n    {setting}")) == [(7, "warning")]


def test_a_setting_inside_of_an_inhibition_is_found() -> None:
    """Also there."""
    assert finds(CHECK, inhibiting("source_match: {severity: critical, equal: job}\ntarget_match: {severity: low}"))


@pytest.mark.parametrize(
    "routes",
    [
        "- {receiver: pager, match: {team: db}, continue: true}",
        "- {receiver: pager, match: {routed: 'true'}}",
        "- {receiver: pager, match: {group: a}}",
    ],
)
def test_settings_in_their_place_are_accepted(routes: str) -> None:
    """And labels with other names."""
    assert not finds(CHECK, routed(routes))


def test_a_label_that_rules_set_is_accepted() -> None:
    """An alert may choose its receiver by a label."""
    assert not finds(CHECK, routed("- {receiver: pager, match: {receiver: db}}", "Down {receiver: db}"))
