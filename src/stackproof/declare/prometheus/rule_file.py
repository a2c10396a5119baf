"""Reads files of alerting and recording rules.

Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/. Kubernetes' ``PrometheusRule``
objects (https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule) have the same
under ``spec``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackproof.declare.prometheus.syntax import PromqlNotReadError, duration_s, rule_expression_problem
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.text_files import read_text
from stackproof.documents.yaml_reader import parse_documents
from stackproof.documents.yaml_tree import Items, MapEntry, Table, Text, Tree
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, FileProblemError, ProblemKind
from stackproof.model.monitoring import Rule, RuleGroup, RuleKind

_FILE_KEYS = ("groups", "namespace")  # the second belongs to Mimir and Cortex, whose tools use the same files
_GROUP_KEYS = (
    *("name", "interval", "query_offset", "limit", "labels", "rules"),
    *(
        "partial_response_strategy",
        "source_tenants",
        "align_evaluation_time_on_interval",
        "evaluation_delay",
    ),  # Thanos and Mimir
)
_RULE_KEYS = ("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations")
_OBJECT = "PrometheusRule"
_MAX_SHOWN = 500
_ALERT_ONLY = ("for", "keep_firing_for", "annotations")
_RULES = re.compile(r"""^[{ \t]*["']?groups["']?\s*:|^kind:\s*["']?PrometheusRule\b""", re.MULTILINE)
_GRAFANA = re.compile(r"^apiVersion:\s*1\s*$", re.MULTILINE)  # Grafana's own alerts are provisioned as groups too
_INTEGER = re.compile(r"[-+]?\d+")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file of rules.

    Attributes:
        groups: Its groups, without rules that cannot be read, but with those whose expression is wrong.
        problems: Everything that is wrong.
        wrapped: True for a Kubernetes object, which Prometheus itself does not read.
    """

    groups: tuple[RuleGroup, ...]
    problems: tuple[FileProblem, ...]
    wrapped: bool = False

    def sound(self) -> tuple[RuleGroup, ...]:
        """The groups, if nothing is wrong.

        Raises:
            DeclarationError: The first problem.
        """
        if self.problems:
            raise self.problems[0].error()
        return self.groups


def read_rules(file: Path) -> RuleFile:
    """Read a file of rules.

    Raises:
        FileProblemError: The file cannot be read, or is not YAML.
    """
    return rules_of_documents(file, parse_documents(file, read_text(file)))


def rules_of_documents(file: Path, documents: Sequence[Tree]) -> RuleFile:
    """Read rules from all documents of ``file``, as those who load them do.

    Prometheus reads the first document and ignores the others (``rulefmt.Parse`` decodes once). kubectl applies every
    document, and the items of a ``List``; of those that are no rules nothing is read.
    """
    objects = [item for document in documents for item in _objects(document)]
    if not any(isinstance(each, Table) and each.get("kind") for each in objects):
        return _first_document(rules_of(file, documents[0]), file, documents[1:])
    read = [rules_of(file, each) for each in objects if isinstance(each, Table) and _is_wrapped(each)]
    if not read:
        return rules_of(file, documents[0])
    groups = tuple(group for each in read for group in each.groups)
    return RuleFile(groups, tuple(problem for each in read for problem in each.problems), wrapped=True)


def _objects(document: Tree) -> Iterator[Tree]:
    """A document, or the items of a Kubernetes list."""
    items = document.get("items") if isinstance(document, Table) else None
    if items is not None and isinstance(items.value, Items):
        yield from items.value.items
    else:
        yield document


def _first_document(read: RuleFile, file: Path, others: Sequence[Tree]) -> RuleFile:
    message = "Prometheus reads only the first document of a file: the rules after this --- are never loaded"
    fix = "write one file for each document, or all groups under one key groups"
    ignored = (FileProblem(ProblemKind.IGNORED, Location(file, each.line), message, fix) for each in others)
    return RuleFile(read.groups, (*read.problems, *ignored), read.wrapped)


def rules_of(file: Path, tree: Tree) -> RuleFile:
    """Read rules from the YAML of one document of ``file``."""
    reader = TreeReader(file)
    top = reader.table(tree, "a file of rules")
    groups: tuple[RuleGroup, ...] = ()
    wrapped = top is not None and _is_wrapped(top)
    if top is not None:
        top = _unwrapped(reader, top)
        listed = top.get("groups")
        if listed is None:
            reader.wrong(top.line, "expected the key groups, saw none", "write rules as groups: [{name, rules}]")
        groups = tuple(_group(reader, table) for table in reader.tables(listed, "a group"))
        _check_names(reader, groups)
    return RuleFile(groups, tuple(reader.problems), wrapped)


def holds_rules(file: Path) -> bool:
    """Whether a file is meant to hold rules, judged by its text, because it may be broken or very long.

    Also true for a file that cannot be read, so that this is reported.
    """
    try:
        text = read_text(file)
    except FileProblemError:
        return True
    return _RULES.search(text) is not None and _GRAFANA.search(text) is None


def _is_wrapped(top: Table) -> bool:
    kind = top.get("kind")
    return kind is not None and isinstance(kind.value, Text) and kind.value.value == _OBJECT


def _unwrapped(reader: TreeReader, top: Table) -> Table:
    """The part of a Kubernetes object that Prometheus gets; any other file unchanged, after a check of its keys."""
    spec = top.get("spec")
    if _is_wrapped(top) and spec is not None:
        return reader.table(spec.value, "spec") or top
    reader.unknown(top, _FILE_KEYS, "a file of rules")
    return top


def _check_names(reader: TreeReader, groups: tuple[RuleGroup, ...]) -> None:
    first: dict[str, RuleGroup] = {}
    for group in groups:
        if group.name in first:
            reader.wrong(
                group.where.line or 1,
                f"the group {group.name!r} is declared twice, first in line {first[group.name].where.line}",
                "give it a unique name: Prometheus rejects the whole file",
            )
        first.setdefault(group.name, group)


def _group(reader: TreeReader, table: Table) -> RuleGroup:
    reader.unknown(table, _GROUP_KEYS, "a group")
    name = reader.text(table.get("name"))
    if not name:
        reader.wrong(table.line, "expected a group to have a name, saw none", "add name: to the group")
    interval, limit = table.get("interval"), table.get("limit")
    if limit is not None and not _INTEGER.fullmatch(reader.text(limit) or "0"):
        reader.wrong(limit.line, f"expected limit to be a whole number, saw {reader.text(limit)!r}", "write limit: 100")
    _check_labels(reader, table.get("labels"))
    shared = reader.texts(table.get("labels"))
    rules = (_rule(reader, rule, name, shared) for rule in reader.tables(table.get("rules"), "a rule"))
    return RuleGroup(
        name=name,
        rules=tuple(rule for rule in rules if rule is not None),
        interval_s=reader.duration(interval, 0.0) or None,
        where=Location(reader.file, table.line),
        query_offset_s=reader.duration(table.get("query_offset"), 0.0),
        interval_line=interval.line if interval else None,
    )


def _rule(reader: TreeReader, table: Table, group: str, shared: Mapping[str, str]) -> Rule | None:
    reader.unknown(table, _RULE_KEYS, "a rule")
    kind = _kind(reader, table)
    expr, expr_line = _expr(reader, table)
    if kind is None:
        return None
    _check_labels(reader, table.get("labels"))
    if kind is RuleKind.RECORD:
        _check_recording(reader, table)
    return Rule(
        kind=kind,
        name=reader.text(table.get(kind.value)),
        expr=expr,
        group=group,
        for_s=reader.duration(table.get("for"), 0.0),
        keep_firing_for_s=reader.duration(table.get("keep_firing_for"), 0.0),
        labels={**shared, **reader.texts(table.get("labels"))},
        annotations=dict(reader.texts(table.get("annotations"))),
        where=Location(reader.file, table.line),
        lines={**dict(_lines(table)), "expr": expr_line},
    )


def _kind(reader: TreeReader, table: Table) -> RuleKind | None:
    given = [kind for kind in RuleKind if table.get(kind.value) is not None]
    if len(given) != 1:
        seen = "both" if given else "neither"
        reader.wrong(table.line, f"expected a rule to have either alert or record, saw {seen}", "keep one of the two")
        return None
    if not reader.text(table.get(given[0].value)):
        reader.wrong(table.line, f"expected the {given[0].value} to have a name, saw none", "give it a name")
        return None
    return given[0]


def _expr(reader: TreeReader, table: Table) -> tuple[str, int]:
    """The expression and the line on which it begins; with the file's line breaks, if that does not change it."""
    entry = table.get("expr")
    text = reader.text(entry).strip()
    if entry is None or not isinstance(entry.value, Text) or not text:
        line = entry.line if entry else table.line
        reader.wrong(line, "expected a rule to have an expression (expr), saw none", "add expr: with PromQL")
        return "", line
    problem = rule_expression_problem(text)
    if problem is not None:
        if isinstance(problem, PromqlNotReadError):
            message = f"this expression is not checked: {problem}"
            reader.wrong(entry.value.line, message, "let promtool check it", ProblemKind.NOT_READ)
        else:
            shown = text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."
            reader.wrong(entry.value.line, f"not PromQL: {problem}; saw {shown!r}", "correct it", ProblemKind.PROMQL)
        return text, entry.value.line
    unfolded = entry.value.unfolded.rstrip()
    keeps = unfolded.strip() == text or ("#" not in text and rule_expression_problem(unfolded) is None)
    begins = len(unfolded) - len(unfolded.lstrip())
    return (unfolded.lstrip() if keeps else text), entry.value.line + unfolded[:begins].count("\n")


def _check_labels(reader: TreeReader, labels: MapEntry | None) -> None:
    if labels is None or not isinstance(labels.value, Table):
        return
    for entry in labels.value.entries:
        if entry.key in {"", "__name__"}:  # Prometheus 3 accepts every other name
            reader.wrong(entry.line, f"a rule cannot set a label named {entry.key!r}", "rename the label")


def _check_recording(reader: TreeReader, table: Table) -> None:
    """As https://github.com/prometheus/prometheus/blob/main/model/rulefmt/rulefmt.go does it."""
    record = table.get("record")
    name = reader.text(record)
    if record is not None and ("{" in name or "}" in name):
        fix = "write the name alone, and the labels under labels: or in expr"
        reader.wrong(record.line, f"a recorded metric has braces in its name: {name!r}", fix)
    for key in _ALERT_ONLY:
        entry = table.get(key)
        if entry is not None and not _is_empty(entry.value):
            reader.wrong(entry.line, f"a recording rule has no {key}", f"remove {key}: Prometheus rejects the file")


def _is_empty(value: Tree) -> bool:
    """Whether Prometheus reads the value as if the key were missing: ``for: 0s``, ``annotations: {}``."""
    if isinstance(value, Text):
        return value.null or duration_s(value.value) == 0
    return isinstance(value, Table) and not value.entries


def _lines(table: Table, prefix: str = "") -> Iterator[tuple[str, int]]:
    for entry in table.entries:
        yield f"{prefix}{entry.key}", entry.line
        if isinstance(entry.value, Table):
            yield from _lines(entry.value, f"{prefix}{entry.key}.")
