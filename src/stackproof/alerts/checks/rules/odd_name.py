"""rules/odd-name: a recorded metric or a label whose name only Prometheus 3 accepts, and only in quotes."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import expressions, rules
from stackproof.alerts.promql.syntax_tree import metrics
from stackproof.model.monitoring import Rule, RuleKind

_PLAIN_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_PLAIN_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_MEANT = re.compile(r"[\w:./]+")  # OpenTelemetry's names, and letters of other languages


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    named = (name for expression in expressions(monitoring) for name in metrics(expression.tree))
    knows_quotes = any(not _PLAIN_METRIC.fullmatch(name) for name in named)
    if knows_quotes:
        return  # these files are written for Prometheus 3
    for rule in rules(monitoring):
        odd = rule.kind is RuleKind.RECORD and not _PLAIN_METRIC.fullmatch(rule.name)
        if odd and not _MEANT.fullmatch(rule.name):
            yield Spot(
                rule.at("record"),
                f"the recorded metric {rule.name!r} has characters that PromQL reads as something else: only "
                f'{{"{rule.name}"}} selects it, and Prometheus 2 refuses the whole file',
            )
        yield from _of_labels(rule)


def _of_labels(rule: Rule) -> Iterator[Spot]:
    for label in rule.labels:
        if not _PLAIN_LABEL.fullmatch(label) and not _MEANT.fullmatch(label):
            yield Spot(
                rule.at(f"labels.{label}"),
                f"the label {label!r} of {rule.name} needs quotes in PromQL, matchers and templates, and Prometheus 2 "
                "refuses the whole file",
                "",
                Severity.INFO,
                Confidence.ADVICE,
            )


CHECK = Check(
    id="rules/odd-name",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="Since Prometheus 3 a name may have any characters. One with a space, a hyphen or a bracket is mostly a slip: "
    "written without quotes it is another expression, such as a difference.",
    fix="use letters, digits, underscores and, in recorded metrics, colons: job:http_requests:rate5m",
    look=_look,
)
