"""rules/unknown-label-value: a selector asks for a label value that its recording rules never give."""

from collections.abc import Iterator
from difflib import get_close_matches

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.facts import Remark, RemarkKind
from stackproof.alerts.meaning.readings import Reading, readings
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.promql.syntax_tree import matchers, metric
from stackproof.model.monitoring import RuleKind


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        for remark, confidence in reading.remarks(RemarkKind.NO_SUCH_VALUE):
            yield _spot(monitoring, reading, remark, confidence)


def _spot(monitoring: Monitoring, reading: Reading, remark: Remark, confidence: Confidence) -> Spot:
    assert isinstance(remark.node, pp.VectorSelector)  # noqa: S101 - for the types: only selectors have this remark
    severity = Severity.ERROR if confidence is Confidence.CERTAIN else Severity.WARNING
    name = metric(remark.node)
    recorded = [rule for rule in rules(monitoring, RuleKind.RECORD) if rule.name == name]
    wanted = next((each for each in matchers(remark.node) if each.name == remark.label), None)
    if not recorded:
        return Spot(
            reading.at(remark.node), f"no series can satisfy all matchers of {remark.label}", "", severity, confidence
        )
    values = sorted({rule.labels[remark.label] for rule in recorded if remark.label in rule.labels})
    near = get_close_matches(wanted.value.lower(), [value.lower() for value in values], n=1) if wanted else []
    fix = next((f'did you mean {remark.label}="{value}"?' for value in values if value.lower() in near), "")
    known = f"; recorded is {remark.label}={', '.join(values[:5])}" if values else f"; it has no label {remark.label}"
    return Spot(reading.at(remark.node), f"no record of {name} has {wanted}{known}", fix, severity, confidence)


CHECK = Check(
    id="rules/unknown-label-value",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES,),
    why="A selector that no series satisfies has no result: the alert never fires, and nothing reports it.",
    fix="write the label and its value as the recording rule sets them",
    look=_look,
)
