"""promql/mean-of-parts: an average over label values that are parts of one whole, such as CPU modes."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.syntax_tree import RATES, arguments, bare, matchers, metric, walk
from stackproof.alerts.routing.implication import literals
from stackproof.model.monitoring import LabelMatcher, MatchOp

# Seconds of a core by mode: https://github.com/prometheus/node_exporter and
# https://github.com/prometheus-community/windows_exporter.
_MODES = re.compile(r"node_cpu_(guest_)?seconds_total|windows_cpu_time_total|.*_cpu_(mode_)?(seconds|time)_total")
_WHOLE_PROCESS = re.compile(r"process_cpu.*|container_cpu.*|go_.*")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        for visit in walk(reading.expression.tree):
            name = _mean_over_modes(visit.node)
            if name:
                yield Spot(
                    reading.at(visit.node),
                    f"avg over the modes of {name} is the mean of a mode, not the use of a core: the modes of a core "
                    "add up to 1",
                )


def _mean_over_modes(node: pp.Expr) -> str | None:
    """The metric, if a node averages its modes."""
    if not isinstance(node, pp.AggregateExpr) or str(node.op) != "avg" or _keeps(node, "mode"):
        return None
    inner = bare(node.expr)
    if not isinstance(inner, pp.Call) or inner.func.name not in RATES:
        return None
    ranged = bare(arguments(inner)[0])
    if not isinstance(ranged, pp.MatrixSelector):
        return None
    name = metric(ranged.vector_selector) or ""
    of_mode = [each for each in matchers(ranged.vector_selector) if each.name == "mode"]
    if any(_is_one(each) for each in of_mode):
        return None
    return name if _MODES.fullmatch(name) and not _WHOLE_PROCESS.fullmatch(name) and _has_modes(name, of_mode) else None


def _is_one(matcher: LabelMatcher) -> bool:
    """Whether it selects one value, also by a pattern without special characters."""
    alternatives = literals(matcher.value) if matcher.op is MatchOp.REGEX else None
    return matcher.op is MatchOp.EQUAL or (alternatives is not None and len(alternatives) == 1)


def _has_modes(name: str, of_mode: list[LabelMatcher]) -> bool:
    """Whether the metric has modes: the two well-known ones, and others if the expression selects some."""
    return bool(of_mode) or name.startswith(("node_cpu", "windows_cpu"))


def _keeps(node: pp.AggregateExpr, label: str) -> bool:
    if node.modifier is None:
        return False
    by = node.modifier.type == pp.AggModifierType.By
    return (label in node.modifier.labels) is by


CHECK = Check(
    id="promql/mean-of-parts",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="A busy core shows as a fraction of what it is: the limit is never reached, the panel shows an idle machine.",
    fix='take what is not idle: 1 - avg by (instance) (rate(NAME{mode="idle"}[5m])), or sum over the modes first',
    look=_look,
)
