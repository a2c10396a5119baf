"""Sets ``for`` and ``keep_firing_for`` to zero, half and twice their length."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.model.monitoring import Rule


def for_duration(rule: Rule) -> Iterator[RuleEdit]:
    """Edit how long an alert waits before it fires, and how long it keeps firing."""
    if rule.for_s:
        yield from (RuleEdit("for", replace(rule, for_s=rule.for_s * by)) for by in (0, 0.5, 2))
    if rule.keep_firing_for_s:
        for by in (0, 0.5, 2):
            yield RuleEdit("keep_firing_for", replace(rule, keep_firing_for_s=rule.keep_firing_for_s * by))
