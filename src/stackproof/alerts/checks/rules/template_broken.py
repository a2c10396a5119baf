"""rules/template-broken: a label or an annotation that Prometheus cannot expand."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.templates.rule_texts import rule_texts
from stackproof.model.monitoring import RuleKind


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule in rules(monitoring, RuleKind.ALERT):
        for text in rule_texts(rule):
            for problem in sorted(text.problems, key=lambda each: not each.fails)[:1]:
                if problem.fails:
                    message = f"{text.part} of {rule.name} cannot be expanded: {problem.message}"
                    yield Spot(text.where, message, problem.fix)
                else:
                    message = f"{text.part} of {rule.name} is expanded with a gap: {problem.message}"
                    yield Spot(text.where, message, problem.fix, Severity.WARNING, Confidence.CERTAIN)
            if not text.problems and text.text.count("}}") and "{{" not in text.text:
                message = f"{text.part} of {rule.name} has }}}} without {{{{: it is shown as it is"
                yield Spot(text.where, message, "", Severity.WARNING, Confidence.LIKELY)


CHECK = Check(
    id="rules/template-broken",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="The person on call reads `error expanding template` instead of what is wrong. If Prometheus cannot even parse "
    "the text, it rejects the whole file.",
    fix="write {{ $labels.NAME }} and {{ $value }}, close each pair of braces and end each if",
    look=_look,
)
