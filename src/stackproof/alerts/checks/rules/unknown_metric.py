"""rules/unknown-metric: a rule or panel on a metric that nothing exports or records."""

from collections.abc import Iterator
from difflib import get_close_matches

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.promql.expressions import Expression, expressions, rules
from stackproof.alerts.promql.syntax_tree import Visit, metric, metrics, walk
from stackproof.model.monitoring import RuleKind

# https://prometheus.io/docs/concepts/jobs_instances/ and https://prometheus.io/docs/prometheus/latest/configuration/
# alerting_rules/#inspecting-alerts-during-runtime: the metrics that Prometheus itself generates.
_MADE_BY_PROMETHEUS = frozenset({"up", "ALERTS", "ALERTS_FOR_STATE", "target_info"})
_PREFIX_OF_SCRAPES = "scrape_"


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.metrics is None:
        return
    known = {each.name for each in monitoring.metrics} | _MADE_BY_PROMETHEUS
    known |= {rule.name for rule in rules(monitoring, RuleKind.RECORD)}
    for expression in expressions(monitoring):
        seen: set[str] = set()
        for visit in walk(expression.tree):
            name = metric(visit.node) if isinstance(visit.node, pp.VectorSelector) else None
            if name is None or name in seen or _is_known(name, known) or _has_alternative(visit, known):
                continue
            seen.add(name)
            yield _spot(expression, name, known)


def _is_known(name: str, known: set[str]) -> bool:
    return name in known or name.startswith((_PREFIX_OF_SCRAPES, "var_"))


def _has_alternative(visit: Visit, known: set[str]) -> bool:
    """Whether an ``or`` offers a known metric instead: rules support old and new names of a metric that way."""
    either = (each for each in visit.parents if isinstance(each, pp.BinaryExpr) and str(each.op) == "or")
    return any(_is_known(name, known) for each in either for name in metrics(each))


def _spot(expression: Expression, name: str, known: set[str]) -> Spot:
    near = get_close_matches(name, known, n=1, cutoff=0.8)
    suggestion = f"did you mean {near[0]}?" if near else ""
    return Spot(expression.at(name), f"nothing exports or records {name}", suggestion)


CHECK = Check(
    id="rules/unknown-metric",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.RULES, Needs.METRICS),
    why="An expression on a missing metric has no result: the alert never fires, the panel stays blank, and nothing "
    "reports it.",
    fix="correct the name, or give the metrics of every exporter with --metrics (it may be given several times)",
    look=_look,
)
