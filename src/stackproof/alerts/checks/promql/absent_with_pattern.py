"""promql/absent-with-pattern: ``absent`` of several things tells only when all of them are gone."""

import re
from collections.abc import Iterator

import promql_parser as pp

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import Reading, alert_readings
from stackproof.alerts.promql.syntax_tree import arguments, bare, calls, matchers
from stackproof.alerts.routing.implication import literals
from stackproof.model.monitoring import LabelMatcher, MatchOp, Rule

_ABSENT = frozenset({"absent", "absent_over_time"})
# Where something runs, and what scrapes it: a pattern there does not stand for several things that are awaited.
_PLACES = re.compile(
    r"job|cluster.*|env.*|stage|region|zone|datacenter|dc|site|namespace|tenant|prometheus.*|code|status|method|mode|__.*",
    re.IGNORECASE,
)
# Names that Kubernetes makes: only a pattern can select them, and often the pods are replicas.
_GENERATED = frozenset({"pod", "pod_name", "replicaset", "job_name", "container_id"})
_ANY_SUFFIX = re.compile(r"\.[*+]$")
_ALL = re.compile(r"\b(all|none|no|any|every|nothing|entire|whole)\b", re.IGNORECASE)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for rule, reading in alert_readings(monitoring):
        for call in calls(reading.expression.tree, _ABSENT):
            matcher = _pattern(call)
            if matcher is not None and not _means_all(rule):
                yield _spot(rule, reading, call, matcher)


def _pattern(call: pp.Call) -> LabelMatcher | None:
    """The matcher by which ``absent`` selects several things."""
    node = bare(arguments(call)[0])
    if isinstance(node, pp.MatrixSelector):
        node = node.vector_selector
    if not isinstance(node, pp.VectorSelector):
        return None
    given = [each for each in matchers(node) if each.op is MatchOp.REGEX]
    patterns = (each for each in given if not _PLACES.fullmatch(each.name) or _lists_jobs(each))
    return next(
        (each for each in patterns if each.value not in {".+", ".*"} and re.search(r"[*+|\[?]", each.value)), None
    )


def _lists_jobs(matcher: LabelMatcher) -> bool:
    """Whether a pattern lists several jobs, not two names of one: ``etcd|kube-etcd``."""
    names = sorted((re.sub(r"[-_.]", "", each) for each in literals(matcher.value) or ()), key=len)
    several = len(names) > 1 and not any(names[0] in each for each in names[1:])
    return matcher.name == "job" and several


def _means_all(rule: Rule) -> bool:
    """Whether the rule says that it is about all of them."""
    words = " ".join((re.sub(r"([a-z])([A-Z])", r"\1 \2", rule.name), *rule.annotations.values()))
    return _ALL.search(words) is not None


def _spot(rule: Rule, reading: Reading, call: pp.Call, matcher: LabelMatcher) -> Spot:
    message = f"{rule.name} fires only when everything that {matcher} matches is gone: absent() with a pattern"
    fix = f"write one absent() for each {matcher.name}, or count: count({{...}}) < EXPECTED"
    if matcher.name in _GENERATED and _ANY_SUFFIX.search(matcher.value):
        return Spot(reading.at(call), message, fix, Severity.INFO, Confidence.ADVICE)
    return Spot(reading.at(call), message, fix)


CHECK = Check(
    id="promql/absent-with-pattern",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why="absent() has a result only if nothing at all is selected. Of many things one can be missing without an alert.",
    fix="write one absent() for each thing, or compare a count with the expected number",
    look=_look,
)
