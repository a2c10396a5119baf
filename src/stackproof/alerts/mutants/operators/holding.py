"""An alert that holds (``for``) not at all, half as long or twice as long; the same for ``keep_firing_for``."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.mutant import RuleEdit
from stackproof.model.alerting import Rule


def holding(rule: Rule) -> Iterator[RuleEdit]:
    """Edit how long an alert waits and lasts."""
    if rule.for_s:
        yield from (RuleEdit("for", replace(rule, for_s=rule.for_s * by)) for by in (0, 0.5, 2))
    if rule.keep_firing_for_s:
        for by in (0, 0.5, 2):
            yield RuleEdit("keep_firing_for", replace(rule, keep_firing_for_s=rule.keep_firing_for_s * by))
