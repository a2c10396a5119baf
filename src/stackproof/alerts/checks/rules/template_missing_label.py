"""rules/template-missing-label: a template shows a label that the expression's result cannot have."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import alerts
from stackproof.alerts.promql.result_labels import labels_of, recorded_labels
from stackproof.alerts.rule_templates import templates


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    recorded = recorded_labels(monitoring.groups)
    for rule, expression in alerts(monitoring):
        labels = labels_of(expression.tree, recorded)
        for template in templates(rule):
            for name in template.labels():
                if labels.can_have(name):
                    continue
                set_by_rule = name in rule.labels
                message = f"{template.part} of {rule.name} shows $labels.{name}, which the result cannot have"
                if set_by_rule:
                    message += ": $labels does not contain labels that the rule sets"
                yield Spot(template.where, message, f"write {rule.labels[name]} literally" if set_by_rule else "")


CHECK = Check(
    id="rules/template-missing-label",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="The label is empty in every notification: nobody can see which instance, job or disk is affected.",
    fix="keep the label in the expression (by (...), group_left (...)), or remove it from the template",
    look=_look,
)
