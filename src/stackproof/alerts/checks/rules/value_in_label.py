"""rules/value-in-label: a label that contains the value, so that each new value is another alert."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import alert_readings
from stackproof.alerts.templates.rule_texts import shown_values


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule, reading in alert_readings(monitoring):
        bounds = reading.likely.facts.bounds
        if bounds is not None and bounds.low == bounds.high:
            continue  # there is only one value
        for shown in shown_values(rule):
            if shown.part.startswith("labels."):
                waits = f", so that for: ({rule.for_s:g} s) begins anew and may never end" if rule.for_s else ""
                message = f"{shown.part} of {rule.name} contains the value: each new value is another alert{waits}"
                yield Spot(shown.where, message)


CHECK = Check(
    id="rules/value-in-label",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="An alert is identified by its labels. With every change of the value the old alert is resolved and a new one "
    "begins: it flaps, and everybody is notified each time.",
    fix="move the value to an annotation",
    look=_look,
)
