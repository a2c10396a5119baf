"""rules/template-broken: a label or an annotation that Prometheus cannot expand."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.rule_templates import templates
from stackproof.model.monitoring import RuleKind


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule in rules(monitoring, RuleKind.ALERT):
        for template in templates(rule):
            problem = template.problem()
            if problem:
                yield Spot(template.where, f"{template.part} of {rule.name} cannot be expanded: {problem}")


CHECK = Check(
    id="rules/template-broken",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="The person on call reads `error expanding template` instead of what is wrong; newer versions of Prometheus "
    "reject the whole file.",
    fix="write {{ $labels.NAME }} and {{ $value }}, close each pair of braces and end each if",
    look=_look,
)
