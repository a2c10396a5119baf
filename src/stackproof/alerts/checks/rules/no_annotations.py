"""rules/no-annotations: an alert that explains nothing beyond its name."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import rules
from stackproof.model.monitoring import RuleKind


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule in rules(monitoring, RuleKind.ALERT):
        if not any(text.strip() for text in rule.annotations.values()):
            yield Spot(rule.where, f"{rule.name} has no annotation")


CHECK = Check(
    id="rules/no-annotations",
    severity=Severity.INFO,
    confidence=Confidence.ADVICE,
    needs=(Needs.RULES,),
    why="The person on call has to work out from the expression what is wrong and what to do.",
    fix="add annotations: a summary, and a description or runbook_url that explains what to do",
    look=_look,
)
