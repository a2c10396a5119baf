"""promql/many-to-one: several series of one side match one of the other, without ``group_left``."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.facts import RemarkKind
from stackproof.alerts.meaning.readings import readings


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        for remark, _ in reading.remarks(RemarkKind.MANY_WITHOUT_GROUP):
            yield Spot(reading.at(remark.node), f"many-to-one without group_left: {remark.detail}")


CHECK = Check(
    id="promql/many-to-one",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="As soon as two series match the same one, the evaluation fails: the rule has no result, and only the log of "
    "Prometheus and its page of rules show why.",
    fix="add group_left () after on (...) or ignoring (...), or group_right () if the right side has more series",
    look=_look,
)
