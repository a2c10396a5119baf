"""rules/template-broken: a label or an annotation that Prometheus cannot expand."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.finding import Severity
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.templates import templates
from stackproof.model.alerting import RuleKind


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule in rules(monitoring, RuleKind.ALERT):
        for template in templates(rule):
            complaint = template.broken()
            if complaint:
                yield Spot(template.where, f"{template.part} of {rule.name} is no template: {complaint}")


CHECK = Check(
    id="rules/template-broken",
    severity=Severity.ERROR,
    why="Who is called at night reads `error expanding template` in place of what is wrong; newer versions of "
    "Prometheus refuse the whole file.",
    fix="write {{ $labels.NAME }} and {{ $value }}, each pair of braces closed and each if ended",
    look=_look,
)
