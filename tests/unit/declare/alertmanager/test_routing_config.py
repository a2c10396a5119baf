"""Alertmanager's configuration is read with its lines, and a mistake is reported by file and line."""

from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.checks.receivers import cannot_work
from stackproof.alerts.checks.routing import root_has_matchers
from stackproof.declare.alertmanager.integrations import KINDS
from stackproof.declare.alertmanager.routing_config import parse_routing, read_alertmanager, read_routing, routing_of
from stackproof.documents.yaml_reader import parse_tree
from stackproof.model import DeclarationError
from stackproof.model.file_problem import FileProblemError
from stackproof.model.monitoring import LabelMatcher, MatchOp, Routing
from tests.unit.declare.alertmanager import refused

REFUSING = (cannot_work.CHECK, root_has_matchers.CHECK)

SOUND = """\
global:
  slack_api_url: https://hooks.slack.com/services/T/B/x
  smtp_smarthost: mail:25
  smtp_from: alerts@example.org
route:
  receiver: chat
  group_by: [alertname, job]
  repeat_interval: 12h
  routes:
    - matchers: ['{severity="critical",team=~"db|web"}']
      receiver: pager
      continue: yes
      group_wait: 10s
      routes:
        - match: {service: shop}
          match_re:
            zone: eu-.*
          group_by: ['...']
    - matchers: [severity = warning]
      receiver: mail
      mute_time_intervals: [night]
receivers:
  - name: chat
    slack_configs:
      - channel: '#alerts'
  - name: pager
    pagerduty_configs:
      - routing_key: k
        details: {runbook: x}
  - name: mail
    email_configs: [{to: a@example.org, send_resolved: true}]
inhibit_rules:
  - source_match: {severity: critical}
    target_matchers:
      - severity =~ "warning|info"
    equal: [job, instance]
time_intervals:
  - name: night
    time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}]}]
"""
HERE = Path("am.yml")


def _problems(text: str) -> list[tuple[int | None, str]]:
    return [(each.where.line, each.message) for each in routing_of(HERE, parse_tree(HERE, text)).problems]


@pytest.fixture(scope="module")
def routing() -> Routing:
    """The sound configuration."""
    return parse_routing(SOUND, HERE)


def test_a_route_inherits_from_its_parent(routing: Routing) -> None:
    """Receiver, grouping and waits are inherited; the rest has Alertmanager's defaults."""
    pager, mail = routing.route.routes
    (shop,) = pager.routes
    assert (pager.receiver, shop.receiver, mail.receiver) == ("pager", "pager", "mail")
    assert (pager.group_by, shop.group_by) == (("alertname", "job"), ("...",))
    assert (shop.group_wait_s, mail.group_wait_s) == (10, 30)
    assert (mail.group_interval_s, mail.repeat_interval_s) == (300, 43200)
    assert (pager.continues, shop.continues, mail.time_intervals) == (True, False, ("night",))


def test_matchers_are_the_same_however_they_are_written(routing: Routing) -> None:
    """Old maps, lists and braces mean the same as to Alertmanager."""
    pager, mail = routing.route.routes
    assert pager.matchers == (
        LabelMatcher("severity", MatchOp.EQUAL, "critical"),
        LabelMatcher("team", MatchOp.REGEX, "db|web"),
    )
    assert pager.routes[0].matchers == (
        LabelMatcher("service", MatchOp.EQUAL, "shop"),
        LabelMatcher("zone", MatchOp.REGEX, "eu-.*"),
    )
    assert mail.matchers == (LabelMatcher("severity", MatchOp.EQUAL, "warning"),)
    (inhibition,) = routing.inhibitions
    assert (inhibition.source[0].value, inhibition.target[0].op) == ("critical", MatchOp.REGEX)
    assert inhibition.equal == ("job", "instance")


def test_each_part_knows_its_line(routing: Routing) -> None:
    """A finding can name the exact line, also in lists and maps on one line."""
    pager, mail = routing.route.routes
    assert [pager.at("continue").line, pager.at("group_wait").line, mail.at("matchers").line] == [12, 13, 19]
    assert [pager.routes[0].at("matchers.1").line, pager.routes[0].where.line] == [17, 15]
    assert routing.inhibitions[0].at("target_matchers.0").line == 35
    assert routing.receivers[1].integrations[0].at("details.runbook").line == 29
    assert routing.lines["receivers.0.slack_configs.0.channel"] == 25


def test_global_settings_are_defaults(routing: Routing) -> None:
    """An integration has the values of the global section, with their lines."""
    chat = routing.receivers[0].integrations[0]
    mail = routing.receivers[2].integrations[0]
    assert (chat.fields["api_url"][:23], chat.at("api_url").line) == ("https://hooks.slack.com", 2)
    assert (mail.fields["smarthost"], mail.fields["from"]) == ("mail:25", "alerts@example.org")


def test_an_own_key_overrides_the_global_one() -> None:
    """A URL from a file replaces the global URL."""
    text = SOUND.replace("- channel: '#alerts'", "- api_url_file: /run/secrets/slack")
    assert "api_url" not in parse_routing(text).receivers[0].integrations[0].fields


def test_send_resolved_has_the_default_of_its_vendor(routing: Routing) -> None:
    """False for Slack, email, WeChat and Rocket.Chat, true for the others."""
    resolved = {each.name: each.integrations[0].send_resolved for each in routing.receivers}
    assert resolved == {"chat": False, "pager": True, "mail": True}
    assert {name for name, kind in KINDS.items() if not kind.send_resolved} == {
        "email",
        "rocketchat",
        "slack",
        "wechat",
    }


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ("receiver: pager", "receiver: nobody", 11, "no receiver 'nobody'; known: chat, mail, pager"),
        ("continue: yes", "continue: maybe", 12, "expected continue to be true or false, saw 'maybe'"),
        ("continue: yes", "contniue: yes", 12, "a route has no key 'contniue'; is continue meant?"),
        ("group_wait: 10s", "group_wait: 10 s", 13, "to be a duration"),
        ("group_wait: 10s", "group_interval: 0s", 13, "expected group_interval to be more than 0"),
        ("repeat_interval: 12h", "repeat_interval: 0h", 8, "more than 0"),
        ("zone: eu-.*", "zone: eu-(.*", 17, "not a regular expression"),
        ("zone: eu-.*", "zone: (?!eu).*", 17, "invalid perl operator: (?!"),
        ("[severity = warning]", "[severity is warning]", 19, "expected a matcher"),
        ("[severity = warning]", "severity = warning", 19, "expected matchers to be a list"),
        ("[night]", "[nihgt]", 21, "no time interval 'nihgt'"),
        ("group_by: [alertname, job]", "group_by: [job, job]", 7, "names 'job' twice"),
        ("group_by: [alertname, job]", "group_by: [job, '...']", 7, "and others"),
        ("  - name: mail", "  - name: chat", 30, "is declared twice, first in line 23"),
        ("  - name: mail", "  - nmae: mail", 30, "expected a receiver to have a name"),
        ("slack_configs", "slak_configs", 24, "a receiver has no key 'slak_configs'"),
        ("- channel:", "- chanel:", 25, "an item of slack_configs has no key 'chanel'; is channel meant?"),
        ("send_resolved: true", "send_resolved: perhaps", 31, "to be true or false"),
        ("slack_api_url", "slack_url", 2, "global has no key 'slack_url'"),
        ("equal: [job", "equals: [job", 36, "an inhibition has no key 'equals'; is equal meant?"),
        ("route:\n  receiver: chat\n", "route:\n", 5, "expected the root route to have a receiver"),
        ("receiver: chat", "receiver: chat\n  continue: true", 7, "no siblings"),
        ("inhibit_rules:", "inhibit_rule:", 32, "is inhibit_rules meant?"),
        ("receivers:", "receivers: {x: y}\nmore:", 22, "expected receivers to be a list"),
    ],
)
def test_what_alertmanager_rejects_is_reported_with_its_line(before: str, after: str, line: int, says: str) -> None:
    """Each mistake has its line, what was expected and what was seen."""
    assert before in SOUND
    found = _problems(SOUND.replace(before, after, 1))
    assert any(at == line and says in message for at, message in found), found


def test_all_mistakes_are_found_at_once() -> None:
    """Nobody fixes one line only to learn about the next."""
    text = SOUND.replace("receiver: pager", "receiver: nobody").replace("equal:", "equals:")
    assert [line for line, _ in _problems(text)] == [11, 36]


@pytest.mark.parametrize(
    "text", ["- a\n- list\n", "words", "receivers: []", "route: words", "route: []", "global: 3", "route: {routes: 3}"]
)
def test_a_file_of_another_kind_is_a_problem(text: str) -> None:
    """YAML that is not a configuration is a problem with a line, never a traceback."""
    assert all(line for line, _ in _problems(text))
    assert _problems(text)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x00\x01", b"route: {", b"a: &a [*a]", b"!!python/x y"])
def test_a_file_that_is_not_yaml_gives_one_message(tmp_path: Path, content: bytes) -> None:
    """Broken, empty and binary files are named."""
    file = tmp_path / "am.yml"
    file.write_bytes(content)
    with pytest.raises(DeclarationError, match=r"am\.yml"):
        read_routing(file)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    """By its name, which is probably mistyped."""
    with pytest.raises(FileProblemError, match="does not exist"):
        read_alertmanager(tmp_path / "none.yml")


def test_merged_maps_are_read() -> None:
    """People use YAML anchors and merges to write a receiver once."""
    text = """\
route: {receiver: a}
receivers:
  - name: a
    slack_configs:
      - &slack {channel: '#a', send_resolved: true}
      - <<: *slack
        channel: '#b'
"""
    first, second = parse_routing(text).receivers[0].integrations
    assert (first.fields["channel"], second.fields["channel"], second.send_resolved) == ("#a", "#b", True)


def _refusals(text: str) -> list[int | None]:
    """The lines of all errors that say what Alertmanager refuses: of the reader, and of two checks."""
    read = routing_of(HERE, parse_tree(HERE, text))
    monitoring = Monitoring(routing=read.routing)
    checked = (finding.where.line for check in REFUSING for finding in check.findings(monitoring))
    return [*(problem.where.line for problem in read.problems), *checked]


@pytest.mark.parametrize("text", refused.REFUSED + refused.REFUSED_BY_NEWER)
def test_what_alertmanager_refuses_is_found_at_its_line(text: str) -> None:
    """Strict YAML, limits of values, and keys that exclude or need each other."""
    assert set(_refusals(text)) == {refused.line_of(text)}


@pytest.mark.parametrize("text", refused.ACCEPTED + refused.ACCEPTED_BY_NEWER)
def test_what_alertmanager_accepts_is_no_problem(text: str) -> None:
    """Unusual spellings, empty values, and settings of new versions."""
    assert _refusals(text) == []


def test_a_deep_tree_of_routes_is_read() -> None:
    """Reading does not follow the depth of a file."""
    text = "".join(f"{'  ' * depth}  routes:\n{'  ' * depth}  - receiver: a\n" for depth in range(100))
    routing = parse_routing(f"route:\n  receiver: a\n{text}receivers: [{{name: a}}]\n")
    depth, route = 0, routing.route
    while route.routes:
        depth, route = depth + 1, route.routes[0]
    assert (depth, route.receiver) == (100, "a")
