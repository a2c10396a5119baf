"""What a drill expects of an alert is read from the files that the run's clock compresses."""

from pathlib import Path

import pytest

from stackproof.drills.alerting import read_alerting
from stackproof.engine.port import AlertingFile, AlertingRole, Declaration
from stackproof.judge import theoretical_detection
from stackproof.model import DeclarationError
from tests.unit.fakes import small_stack

FILES = {
    "rules": """groups:
  - name: slow
    interval: 1m
    rules:
      - {alert: Down, expr: up == 0, for: 2m, labels: {severity: critical}}
      - {record: ups, expr: sum(up)}
""",
    "routing": """route:
  receiver: rest
  group_wait: 30s
  routes:
    - {matchers: [severity="critical"], receiver: pager, group_wait: 10s}
receivers: [{name: rest}, {name: pager}]
""",
    "scraping": "global: {scrape_interval: 15s, evaluation_interval: 15s}\n",
}


def _declaration(folder: Path, *roles: str) -> Declaration:
    files = []
    for role in roles:
        file = folder / f"{role}.yaml"
        file.write_text(FILES[role], encoding="utf-8")
        files.append(AlertingFile(role, AlertingRole(role), file))
    return Declaration(small_stack(), None, tuple(files))


@pytest.mark.parametrize(("factor", "expected_s"), [(1, 205), (60, 0.5 + 190 / 60)])
def test_theory_is_that_of_the_files_on_the_runs_clock(tmp_path: Path, factor: float, expected_s: float) -> None:
    """Scrape 15 s, the group's interval 1 min, `for` 2 min, the route's group_wait 10 s: 205 s, or a 60th.

    Scrapes alone are not sixty times as often: targets get half a second to answer.
    """
    alerting = read_alerting(_declaration(tmp_path, *FILES), factor)
    assert alerting.alerts == ("Down",)
    assert theoretical_detection(alerting.timing("Down")).received_s == pytest.approx(expected_s)


def test_an_alert_that_no_rule_makes_is_named(tmp_path: Path) -> None:
    """A drill of a misspelt alert says which there are."""
    alerting = read_alerting(_declaration(tmp_path, *FILES), 60)
    with pytest.raises(DeclarationError, match="saw 'Dwon'; known: Down"):
        alerting.timing("Dwon")


def test_a_stack_without_routing_says_what_to_write(tmp_path: Path) -> None:
    """Which role is missing is said."""
    with pytest.raises(DeclarationError, match=r"role: routing\}, saw 0"):
        read_alerting(_declaration(tmp_path, "rules", "scraping"), 60)
