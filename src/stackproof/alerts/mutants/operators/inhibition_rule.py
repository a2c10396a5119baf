"""Drops or reverses an inhibition, changes its matchers, or drops a label of ``equal``."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.fragment import inhibition_fragment
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.alerts.mutants.operators.matcher import others
from stackproof.alerts.routing.implication import contradictions, is_implied
from stackproof.model.monitoring import Inhibition, LabelMatcher, Routing

Matchers = tuple[LabelMatcher, ...]


def inhibition_removed(routing: Routing) -> Iterator[RoutingEdit]:
    """Drop each inhibition, and swap its source and target."""
    for number, rule in enumerate(routing.inhibitions):
        yield _edited(routing, number, "", None)
        yield _edited(routing, number, "source_matchers", replace(rule, source=rule.target, target=rule.source))


def inhibition_equal(routing: Routing) -> Iterator[RoutingEdit]:
    """Drop each label of ``equal``."""
    for number, rule in enumerate(routing.inhibitions):
        for dropped in rule.equal:
            rest = tuple(label for label in rule.equal if label != dropped)
            yield _edited(routing, number, "equal", replace(rule, equal=rest))


def inhibition_matcher(routing: Routing) -> Iterator[RoutingEdit]:
    """Drop each matcher of a source or a target, negate it, and change its value."""
    for number, rule in enumerate(routing.inhibitions):
        for place, kept in _variants(rule.source):
            needless = _needless(rule.source, kept, rule.target, rule.equal)
            yield _edited(routing, number, f"source_matchers.{place}", replace(rule, source=kept), needless)
        for place, kept in _variants(rule.target):
            needless = _needless(rule.target, kept, rule.source, rule.equal)
            yield _edited(routing, number, f"target_matchers.{place}", replace(rule, target=kept), needless)


def _variants(matchers: Matchers) -> Iterator[tuple[int, Matchers]]:
    for place, matcher in enumerate(matchers):
        yield place, (*matchers[:place], *matchers[place + 1 :])
        for other in others(matcher):
            yield place, (*matchers[:place], other, *matchers[place + 1 :])


def _needless(before: Matchers, after: Matchers, beyond: Matchers, equal: tuple[str, ...]) -> str:
    """Why a dropped matcher makes no difference: the other side requires the same value of a label of ``equal``.

    Alertmanager's exception for alerts that match both sides changes nothing here, because no alert can.
    """
    dropped = [matcher for matcher in before if matcher not in after]
    if len(after) >= len(before) or not any(contradictions((*after, *beyond))):
        return ""
    given = [*after, *(matcher for matcher in beyond if matcher.name in equal)]
    return "the other matchers imply it" if all(is_implied(matcher, given) for matcher in dropped) else ""


def _edited(routing: Routing, number: int, key: str, after: Inhibition | None, equivalent: str = "") -> RoutingEdit:
    before = routing.inhibitions[number]
    rules = (*routing.inhibitions[:number], *([after] if after else []), *routing.inhibitions[number + 1 :])
    return RoutingEdit(
        owner=before.where,
        name=f"inhibition-{number}",
        where=before.at(key),
        before=inhibition_fragment(before),
        after=inhibition_fragment(after) if after else "",
        routing=replace(routing, inhibitions=rules),
        equivalent=equivalent,
    )
