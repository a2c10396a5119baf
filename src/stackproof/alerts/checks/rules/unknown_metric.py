"""rules/unknown-metric: a rule or panel on a metric that nothing exports or records."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.expressions import rules
from stackproof.alerts.promql.metric_names import base_names_of_native_histograms
from stackproof.alerts.promql.syntax_tree import Visit, metric, metrics, walk
from stackproof.model import Location
from stackproof.model.monitoring import RuleKind

# https://prometheus.io/docs/concepts/jobs_instances/ and https://prometheus.io/docs/prometheus/latest/configuration/
# alerting_rules/#inspecting-alerts-during-runtime: the metrics that Prometheus itself generates.
_MADE_BY_PROMETHEUS = frozenset({"up", "ALERTS", "ALERTS_FOR_STATE", "target_info"})
_PREFIX_OF_SCRAPES = "scrape_"
_END_OF_FIRST_WORD = re.compile(r"[_:.]")
_MOST_SUGGESTIONS = 50  # each is compared with every known name
_MOST_LETTERS_MORE = 3


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the metrics.

    Attributes:
        names: Every metric that is exported or recorded.
        families: How their names begin: the part before the first ``_`` or ``:``.
        near: The most similar names of those that were asked for.
    """

    names: frozenset[str]
    families: frozenset[str]
    near: dict[str, str] = field(default_factory=dict)

    def nearest(self, name: str) -> str:
        """The known name that is most like it, or that has only another prefix; "" if none is like it."""
        if name not in self.near and len(self.near) < _MOST_SUGGESTIONS:
            prefixed = (each for each in self.names if each.endswith(f"_{name}") or name.endswith(f"_{each}"))
            alike = (each for each in self.names if abs(len(each) - len(name)) <= _MOST_LETTERS_MORE)
            close = get_close_matches(name, alike, n=1, cutoff=0.8)
            self.near[name] = close[0] if close else next(prefixed, "")
        return self.near.get(name, "")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.metrics is None:
        return
    made = base_names_of_native_histograms(monitoring)
    made |= {each.name for each in monitoring.metrics} | {rule.name for rule in rules(monitoring, RuleKind.RECORD)}
    known = _Known(frozenset(made | _MADE_BY_PROMETHEUS), frozenset(_family(name) for name in made))
    for reading in readings(monitoring):
        seen: set[str] = set()
        for visit in walk(reading.expression.tree):
            name = metric(visit.node) if isinstance(visit.node, pp.VectorSelector) else None
            if name is None or name in seen or _is_known(name, known.names) or _has_alternative(visit, known.names):
                continue
            seen.add(name)
            yield _spot(reading.at(visit.node), name, known)


def _family(name: str) -> str:
    return _END_OF_FIRST_WORD.split(name, maxsplit=1)[0]


def _is_known(name: str, known: frozenset[str]) -> bool:
    return name in known or name.startswith((_PREFIX_OF_SCRAPES, "var_"))


def _has_alternative(visit: Visit, known: frozenset[str]) -> bool:
    """Whether an ``or`` offers a known metric instead: rules support old and new names of a metric that way."""
    either = (each for each in visit.parents if isinstance(each, pp.BinaryExpr) and str(each.op) == "or")
    return any(_is_known(name, known) for each in either for name in metrics(each))


def _spot(where: Location, name: str, known: _Known) -> Spot:
    """Certain if other metrics of the same exporter are given, so that it should be among them."""
    near = known.nearest(name)
    message = f"nothing exports or records {name} in the given metrics and rules"
    suggestion = f"did you mean {near}?" if near else ""
    if _family(name) in known.families:
        return Spot(where, message, suggestion)
    if near or ":" in name:
        return Spot(where, message, suggestion, Severity.WARNING, Confidence.LIKELY)
    message += "; none of them begins like it, so its exporter may be missing from --metrics"
    return Spot(where, message, "", Severity.INFO, Confidence.ADVICE)


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
