"""Short Alertmanager configurations for tests: a root with routes below, and three working receivers."""

import textwrap

from stackproof.alerts.check import Monitoring
from stackproof.model.monitoring import RuleGroup
from tests.unit.alerts.files import group, routing

RECEIVERS = """\
receivers:
- name: chat
  webhook_configs: [{url: 'http://chat/'}]
- name: pager
  webhook_configs: [{url: 'http://pager/'}]
- name: mail
  webhook_configs: [{url: 'http://mail/'}]
- name: 'null'
"""


def routed(routes: str, *rules: str, root: str = "receiver: chat") -> Monitoring:
    """A root on line 2, its routes from line 4 on, and alerts, each named after its first word.

    Args:
        routes: The list of routes, as YAML.
        rules: ``NAME {LABELS} EXPR`` each; without expression it is that of an alert without further labels.
        root: What the root says.
    """
    text = f"route:\n  {root}\n  routes:\n{textwrap.indent(textwrap.dedent(routes).strip(chr(10)), '  ')}\n{RECEIVERS}"
    return Monitoring(routing=routing(text), groups=ruled(*rules))


def inhibiting(rule: str, *rules: str) -> Monitoring:
    """One inhibition, which begins on line 3, and alerts."""
    body = textwrap.indent(textwrap.dedent(rule).strip("\n"), "  ")
    return Monitoring(
        routing=routing(f"route: {{receiver: chat}}\ninhibit_rules:\n- {body[2:]}\n{RECEIVERS}"), groups=ruled(*rules)
    )


def received(integration: str, *rules: str, more: str = "", root: str = "") -> Monitoring:
    """One receiver, used by the root, with its integration on line 5; then further receivers and other content."""
    body = textwrap.indent(textwrap.dedent(integration).strip("\n"), "  ")
    text = f"route: {{receiver: one{root}}}\nreceivers:\n- name: one\n{body}\n{textwrap.dedent(more)}"
    return Monitoring(routing=routing(text), groups=ruled(*rules))


def ruled(*rules: str) -> tuple[RuleGroup, ...]:
    """Alerts, each given as ``NAME {LABELS} EXPR``."""
    parts = []
    for rule in rules:
        name, _, rest = rule.partition(" ")
        labels, _, expr = rest.partition("} ")
        parts.append(f"- alert: {name}\n  expr: {expr or 'sum(x) > 1'}\n  labels: {labels.removesuffix('}')}}}")
    return group("\n".join(parts)) if parts else ()
