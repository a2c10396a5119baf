"""Expressions that have a result only while something is the case: that it exists is the condition of an alert."""

import re

import promql_parser as pp

from stackproof.alerts.meaning.facts import Meaning
from stackproof.alerts.meaning.functions import OVER_TIME, SAME
from stackproof.alerts.meaning.interpreter import Interpreter
from stackproof.alerts.meaning.labels import TARGET_LABELS
from stackproof.alerts.promql.syntax_tree import matchers, metric, parsed
from stackproof.model.monitoring import LabelMatcher

_COUNTS = frozenset({"count", "group", "count_values"})
_KEEPS = _COUNTS | {"min", "max", "topk", "bottomk", "limitk", "limit_ratio"}
_FUNCTIONS = SAME | OVER_TIME | {"count_over_time", "present_over_time", "timestamp", "absent", "absent_over_time"}
# Series that say something by their labels, or exist only in trouble, by what their names say.
_STATES = re.compile(
    r"^ALERTS(_FOR_STATE)?$|_(info|metadata|labels|annotations|tags?|owner|reason|detail|hits?)$|deprecated|unsupported"
    r"|removed|hit_|issue|violat|fail|error|alert|alarm|down|missing|invalid|outdated|fault|stuck|conflict|mismatch"
    r"|incident|unschedulable|outage|obsolete|restart|reboot|maintenance|silence|unhealthy|degraded|problem|warning"
    r"|critical|broken|offline|crash|oom|evict|lost|unreachable|unavailable|not_ready|blocked|paused|disabled|leak"
    r"|deadlock|panic|kill|expired|denied|rejected|dropped|threat|attack",
    re.IGNORECASE,
)
# What is counted; its sum is there while all is well, and is 0.
_COUNTED = re.compile(
    r".*(error|failure|fail|fault|restart|reboot|kill|evict|hit|drop|reject|denied|violation|conflict|crash|panic)s?"
    r"|.*(dropped|rejected|failed|evicted|killed|evictions)"
)
# Series that are there while all is well: with the value 0 or 1, or as a measurement.
_ALWAYS_THERE = re.compile(
    r"(.*_)?up|probe_success|scrape_.*|.*_(bytes|ratio|percent|total|load\d+|successful|success)"
    r"|kube_(pod|namespace|persistentvolume|persistentvolumeclaim)_status_(phase|ready|scheduled|reason)"
    r"|kube_\w+_status_condition|kube_pod_container_status_(running|ready|waiting|terminated|restarts_total)"
    r"|kube_job_status_\w+|kube_node_spec_unschedulable|kube_cronjob_spec_suspend|certmanager_certificate_ready_status"
    r"|(node_)?systemd_unit_state|node_md_state|node_network_up|windows_service_(state|status)|gotk_reconcile_condition"
    r"|\w*elasticsearch_cluster_health_status"
)


def by_existence(meaning: Meaning, records: Interpreter) -> bool:
    """Whether the result may exist only while something is the case, by names and labels.

    Args:
        meaning: The expression.
        records: Knows the recording rules: a recorded series is what its rule says.
    """
    return _exists(meaning, records, frozenset())


def _exists(meaning: Meaning, records: Interpreter, seen: frozenset[str], *, only_name: bool = False) -> bool:
    node = meaning.node
    if isinstance(node, pp.VectorSelector):
        return _selects_state(node, records, seen, only_name=only_name)
    if isinstance(node, pp.AggregateExpr) and str(node.op) in _KEEPS | {"sum"}:
        only_name = only_name or str(node.op) == "sum"
        return _exists(meaning.inputs[-1], records, seen, only_name=only_name)
    if isinstance(node, pp.BinaryExpr):
        return _joined(meaning, records, seen, only_name=only_name)
    kept = isinstance(node, pp.MatrixSelector | pp.SubqueryExpr)
    if kept or (isinstance(node, pp.Call) and node.func.name in _FUNCTIONS):
        return any(_exists(each, records, seen, only_name=only_name) for each in meaning.inputs)
    return False


def _joined(meaning: Meaning, records: Interpreter, seen: frozenset[str], *, only_name: bool) -> bool:
    """``and`` and ``unless`` are conditions; a product with a series that is known by its labels only adds labels."""
    assert isinstance(meaning.node, pp.BinaryExpr)  # noqa: S101 - for the types: the caller has looked
    sides = (_exists(each, records, seen, only_name=only_name) for each in meaning.inputs)
    op = str(meaning.node.op)
    if op == "or":
        return all(sides)
    return op in {"and", "unless"} or (op in {"*", "+"} and any(sides))


def _is_looked_for(matcher: LabelMatcher) -> bool:
    """Whether a text is looked for anywhere in a label that says what a thing is: ``index=~".*_old.*"``."""
    return matcher.name not in TARGET_LABELS and matcher.value.startswith(".*") and len(matcher.value) > len(".*")


def _selects_state(node: pp.VectorSelector, records: Interpreter, seen: frozenset[str], *, only_name: bool) -> bool:
    name = metric(node)
    if name is None or name in seen:
        return True
    if name in records.records:
        trees = [parsed(rule.expr) for rule in records.records[name]]
        return all(tree is None or _exists(records.meaning(tree), records, seen | {name}) for tree in trees)
    if ":" in name or (not only_name and any(_is_looked_for(each) for each in matchers(node))):
        return True
    if _ALWAYS_THERE.fullmatch(name):
        return False
    has_state = not only_name and any(each.name not in TARGET_LABELS for each in matchers(node))
    if only_name and _COUNTED.fullmatch(name):
        return False
    return has_state or _STATES.search(name) is not None
