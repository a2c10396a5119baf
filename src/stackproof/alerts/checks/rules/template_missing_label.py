"""rules/template-missing-label: a template shows a label that the expression's result cannot have."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import alert_readings
from stackproof.alerts.templates.rule_texts import RuleText, rule_texts
from stackproof.alerts.templates.types import OWN_LABELS


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule, reading in alert_readings(monitoring):
        if reading.certain.facts.never:
            continue  # another check says so
        labels = reading.certain.facts.labels
        for text in rule_texts(rule):
            for name in _shown_labels(text):
                if labels.can_have(name):
                    continue
                set_by_rule = name in rule.labels
                message = f"{text.part} of {rule.name} shows $labels.{name}, which the result cannot have"
                if set_by_rule:
                    message += ": $labels does not contain labels that the rule sets"
                yield Spot(text.where, message, f"write {rule.labels[name]} literally" if set_by_rule else "")


def _shown_labels(text: RuleText) -> tuple[str, ...]:
    """The labels of its own alert that a text shows, without those that it tests."""
    own = [read for read in text.reads if read.source == OWN_LABELS.name]
    tested = {read.name for read in own if read.tested}
    return tuple(dict.fromkeys(read.name for read in own if read.name not in tested))


CHECK = Check(
    id="rules/template-missing-label",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="The label is empty in every notification: nobody can see which instance, job or disk is affected.",
    fix="keep the label in the expression (by (...), group_left (...)), or remove it from the template",
    look=_look,
)
