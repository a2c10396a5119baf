"""Small wrong edits of an Alertmanager configuration, and route tests that notice them."""

import textwrap
from pathlib import Path

import pytest

from stackproof.alerts.mutants.routing_mutants import ROUTING_OPERATORS, routing_mutants
from stackproof.alerts.routing.route_test_run import failures
from stackproof.declare.alertmanager.route_test_file import read_route_tests
from stackproof.model.monitoring import Routing
from stackproof.model.route_tests import RouteTests
from tests.unit.alerts.files import routing

CONFIGURATION = """\
route:
  receiver: mail
  group_by: [alertname]
  group_wait: 30s
  repeat_interval: 4h
  routes:
    - matchers: [alertname="Down"]
      receiver: chat
      continue: true
    - matchers: [severity="critical"]
      receiver: pager
      group_wait: 10s
inhibit_rules:
  - source_matchers: [alertname="Down"]
    target_matchers: [severity="warning"]
    equal: [stack]
receivers:
  - name: mail
    email_configs: [{to: a@b.example, send_resolved: true, smarthost: 'x:25', from: a@b.example}]
  - name: chat
    webhook_configs: [{url: 'http://chat/'}]
  - name: pager
    webhook_configs: [{url: 'http://pager/'}]
"""

TESTS = """\
routes:
  - labels: {alertname: Down, severity: critical}
    receivers: [chat, {name: pager, group_wait: 10s}]
    group_by: [alertname]
    group_wait: 30s
    repeat_interval: 4h
  - labels: {alertname: Down, severity: warning}
    receivers: [chat]
  - labels: {alertname: Slow, severity: critical}
    receivers: [pager]
  - labels: {alertname: Slow, severity: warning}
    receivers: [mail]
    group_wait: 30s
inhibitions:
  - firing: [{alertname: Down, stack: a}]
    silences: {alertname: Slow, severity: warning, stack: a}
  - firing: [{alertname: Down, stack: a}]
    leaves: {alertname: Slow, severity: warning, stack: b}
  - firing: [{alertname: Down, stack: a}]
    leaves: {alertname: Slow, severity: critical, stack: a}
  - firing: [{alertname: Slow, severity: warning, stack: a}]
    leaves: {alertname: Down, severity: critical, stack: a}
  - firing: [{alertname: Other, severity: critical, stack: a}]
    leaves: {alertname: Slow, severity: warning, stack: a}
receivers:
  - {name: mail, integrations: [email], send_resolved: true}
  - {name: chat, integrations: [webhook], send_resolved: [true]}
  - {name: pager, integrations: [webhook], send_resolved: true}
"""


def _tests(folder: Path, text: str) -> RouteTests:
    file = folder / "routes.yml"
    file.write_text(textwrap.dedent(text))
    return read_route_tests(file)


def _survivors(configuration: Routing, tests: RouteTests) -> list[str]:
    mutants = (each for each in routing_mutants(configuration) if not each.mutant.equivalent)
    return [each.mutant.id for each in mutants if not list(failures(each.routing, tests))]


def test_good_tests_notice_every_edit(tmp_path: Path) -> None:
    """And they pass on the original configuration."""
    tests = _tests(tmp_path, TESTS)
    assert not list(failures(routing(CONFIGURATION), tests))
    assert _survivors(routing(CONFIGURATION), tests) == []


@pytest.mark.parametrize(
    ("claim", "survivor"),
    [
        ("    repeat_interval: 4h\n", "alertmanager.yml:route:wait-4"),
        ("    group_by: [alertname]\n", "alertmanager.yml:route:group-1"),
        ("    group_wait: 30s\n", "alertmanager.yml:route:wait-1"),
        ("  - {name: pager, integrations: [webhook], send_resolved: true}\n", "alertmanager.yml:pager:resolved-1"),
        (
            "  - firing: [{alertname: Down, stack: a}]\n    leaves: {alertname: Slow, severity: warning, stack: b}\n",
            "alertmanager.yml:inhibition-0:equal-1",
        ),
    ],
)
def test_without_a_claim_its_edits_survive(tmp_path: Path, claim: str, survivor: str) -> None:
    """A mutant survives exactly when no claim covers what it breaks."""
    less = TESTS.replace(claim, "")
    assert survivor in _survivors(routing(CONFIGURATION), _tests(tmp_path, less))


def test_every_operator_edits_something() -> None:
    """An operator that edits nothing is a defect."""
    found = {each.mutant.operator for each in routing_mutants(routing(CONFIGURATION))}
    assert found == set(ROUTING_OPERATORS)


def test_edits_of_the_root_apply_to_children_that_inherit() -> None:
    """Another wait of the root is another wait of each child without its own."""
    mutants = [each for each in routing_mutants(routing(CONFIGURATION)) if each.mutant.id.endswith(":route:wait-1")]
    assert [route.group_wait_s for route in mutants[0].routing.route.routes] == [15, 10]


@pytest.mark.parametrize(
    ("routes", "operator", "reason"),
    [
        ("[{matchers: [a=b]}, {matchers: [a=c]}]", "order", "no alert matches both"),
        ("[{matchers: [a=b]}, {matchers: [c=d]}]", "order", ""),
        ("[{matchers: [a=b]}, {matchers: [a=c]}]", "continue", "no alert matches both it and a later route"),
        ("[{matchers: [a=b]}, {matchers: [c=d]}]", "continue", ""),
        ("[{matchers: [a=b]}]", "continue", "no route follows it"),
        ("[{matchers: [a=b, 'a=~\"b|c\"']}]", "matcher", ""),
    ],
)
def test_an_edit_is_equivalent_only_with_a_proof(routes: str, operator: str, reason: str) -> None:
    """Two routes that no alert matches both may be in any order."""
    configuration = routing(f"route:\n  receiver: a\n  routes: {routes}\nreceivers: [{{name: a}}, {{name: b}}]\n")
    found = [each.mutant for each in routing_mutants(configuration) if each.mutant.operator == operator]
    assert found[0].equivalent == reason


def test_a_label_of_equal_needs_a_matcher_on_one_side_only() -> None:
    """A source that must have the target's name need not repeat it, if it cannot be a target itself."""
    configuration = routing(
        "route: {receiver: a}\nreceivers: [{name: a}]\ninhibit_rules:\n"
        "- {source_matchers: [n=~x.+, s=c], target_matchers: [n=~x.+, s=w], equal: [n]}\n"
        "- {source_matchers: [n=~x.+, s=c], target_matchers: [n=~x.+, s=w], equal: []}\n"
        "- {source_matchers: [n=~x.+], target_matchers: [n=~x.+, s=w], equal: [n]}\n"
    )
    needless = [each.mutant for each in routing_mutants(configuration) if each.mutant.equivalent]
    assert [mutant.id.removeprefix("alertmanager.yml:") for mutant in needless] == [
        "inhibition-0:matcher-1",
        "inhibition-0:matcher-7",
    ]
    assert {mutant.equivalent for mutant in needless} == {"the other matchers imply it"}


def test_a_matcher_that_others_imply_may_be_dropped() -> None:
    """An alert with b also matches b or c."""
    configuration = routing(
        "route:\n  receiver: a\n  routes: [{matchers: [a=b, 'a=~\"b|c\"']}]\nreceivers: [{name: a}]\n"
    )
    found = [each.mutant for each in routing_mutants(configuration) if each.mutant.operator == "matcher"]
    assert [mutant.equivalent for mutant in found if '[a="b"]' in mutant.after] == ["the other matchers imply it"]
