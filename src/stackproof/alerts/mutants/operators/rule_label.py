"""Changes or drops a label that a rule sets."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.model.monitoring import Rule

_SEVERITY = "severity"
_CRITICAL, _WARNING = "critical", "warning"


def rule_label(rule: Rule) -> Iterator[RuleEdit]:
    """Edit each label that a rule sets."""
    for name, value in rule.labels.items():
        part = f"labels.{name}"
        yield RuleEdit(part, replace(rule, labels={**rule.labels, name: _other(name, value)}))
        yield RuleEdit(part, replace(rule, labels={key: kept for key, kept in rule.labels.items() if key != name}))


def _other(name: str, value: str) -> str:
    """Another value; for the severity a plausible one, because a route may match it."""
    if name == _SEVERITY:
        return _WARNING if value == _CRITICAL else _CRITICAL
    return f"{value}-other"
