"""An alert goes where Alertmanager would send it, and is silenced when Alertmanager would silence it."""

from stackproof.alerts.routing.delivery import deliveries, inhibited
from stackproof.declare.alertmanager.config import parse_routing

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


def test_the_first_route_takes_an_alert_unless_it_continues() -> None:
    """Depth first; a parent takes what no child does, the root what nobody does."""
    assert _to(TREE, severity="critical") == ["a"]
    assert _to(TREE, severity="critical", team="web") == ["b", "c"]
    assert _to(TREE, severity="warning") == ["root"]
    assert _to(TREE, severity="warning", team="db") == ["c"]
    assert _to(TREE) == ["root"]


def test_a_group_is_made_of_the_labels_that_are_there() -> None:
    """Three dots group by all; a label that an alert lacks is no part of its group."""
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


def test_a_source_silences_a_target_that_is_like_it() -> None:
    """Labels in equal must be alike; two that both lack one are alike."""
    routing = parse_routing(INHIBITING)
    source = {"severity": "critical", "job": "web"}
    assert inhibited(routing, [source], {"severity": "warning", "job": "web"}) == routing.inhibitions
    assert inhibited(routing, [source], {"severity": "warning", "job": "db"}) == ()
    assert inhibited(routing, [source], {"severity": "warning", "job": "web", "zone": "eu"}) == ()
    assert inhibited(routing, [], {"severity": "warning", "job": "web"}) == ()


def test_no_alert_silences_itself() -> None:
    """One that matches both sides is not silenced by another that does, nor by itself."""
    routing = parse_routing(INHIBITING)
    critical = {"severity": "critical", "job": "web"}
    assert inhibited(routing, [critical, {**critical, "pod": "p"}], critical) == ()
