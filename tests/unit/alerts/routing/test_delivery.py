"""An alert is delivered where Alertmanager would deliver it, and muted when Alertmanager would mute it."""

from stackproof.alerts.routing.delivery import active_inhibitions, deliveries
from stackproof.declare.alertmanager.routing_config import parse_routing

RECEIVERS = "receivers: [{name: root}, {name: a}, {name: b}, {name: c}]\n"
TREE = f"""\
route:
  receiver: root
  group_by: [alertname, job]
  routes:
    - matchers: [severity=critical]
      receiver: a
      continue: true
      routes:
        - matchers: [team=web]
          receiver: b
          group_by: ['...']
    - matchers: [severity=~"critical|warning", team!=""]
      receiver: c
{RECEIVERS}"""


def _to(text: str, **labels: str) -> list[str]:
    return [each.receiver for each in deliveries(parse_routing(text), labels)]


def test_the_first_matching_route_handles_an_alert_unless_it_continues() -> None:
    """Depth first; a parent handles what no child does, and the root what nothing else does."""
    assert _to(TREE, severity="critical") == ["a"]
    assert _to(TREE, severity="critical", team="web") == ["b", "c"]
    assert _to(TREE, severity="warning") == ["root"]
    assert _to(TREE, severity="warning", team="db") == ["c"]
    assert _to(TREE) == ["root"]


def test_a_group_consists_of_the_labels_that_exist() -> None:
    """Three dots group by all labels; a label that an alert lacks is not part of its group."""
    routing = parse_routing(TREE)
    (root,) = deliveries(routing, {"alertname": "X", "pod": "p"})
    assert root.group == {"alertname": "X"}
    labels = {"severity": "critical", "team": "web", "pod": "p"}
    assert deliveries(routing, labels)[0].group == labels


INHIBITING = """\
route: {receiver: root}
receivers: [{name: root}]
inhibit_rules:
  - source_matchers: [severity=critical]
    target_matchers: [severity=~"warning|critical"]
    equal: [job, zone]
"""


def test_a_source_mutes_a_target_with_equal_labels() -> None:
    """Labels in equal must have equal values; a label absent in both counts as equal."""
    routing = parse_routing(INHIBITING)
    source = {"severity": "critical", "job": "web"}
    assert active_inhibitions(routing, [source], {"severity": "warning", "job": "web"}) == routing.inhibitions
    assert active_inhibitions(routing, [source], {"severity": "warning", "job": "db"}) == ()
    assert active_inhibitions(routing, [source], {"severity": "warning", "job": "web", "zone": "eu"}) == ()
    assert active_inhibitions(routing, [], {"severity": "warning", "job": "web"}) == ()


def test_no_alert_mutes_itself() -> None:
    """An alert that matches both sides is muted neither by another that does nor by itself."""
    routing = parse_routing(INHIBITING)
    critical = {"severity": "critical", "job": "web"}
    assert active_inhibitions(routing, [critical, {**critical, "pod": "p"}], critical) == ()
