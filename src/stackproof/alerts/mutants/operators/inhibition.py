"""An inhibition that is not there, is the wrong way round, asks for something else, or forgets what must be equal."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.alerts.mutants.edits.fragment import inhibition_fragment
from stackproof.alerts.mutants.mutant import RoutingEdit
from stackproof.alerts.mutants.operators.matcher import others
from stackproof.alerts.routing.implication import contradictions, follows
from stackproof.model.alerting import Inhibition, LabelMatcher, Routing

Matchers = tuple[LabelMatcher, ...]


def inhibition_removed(routing: Routing) -> Iterator[RoutingEdit]:
    """Take out each inhibition."""
    for number, rule in enumerate(routing.inhibitions):
        yield _edited(routing, number, "", None)
        yield _edited(routing, number, "source_matchers", replace(rule, source=rule.target, target=rule.source))


def inhibition_equal(routing: Routing) -> Iterator[RoutingEdit]:
    """Forget each label that source and target must have alike."""
    for number, rule in enumerate(routing.inhibitions):
        for missed in rule.equal:
            rest = tuple(label for label in rule.equal if label != missed)
            yield _edited(routing, number, "equal", replace(rule, equal=rest))


def inhibition_matcher(routing: Routing) -> Iterator[RoutingEdit]:
    """Drop each condition on a source or a target, turn it round, and ask for another value."""
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
    """Why a dropped condition is not missed: what must be equal is asked for on the other side.

    Two alerts that both match either side do not silence each other; where none can match both, that changes nothing.
    """
    dropped = [matcher for matcher in before if matcher not in after]
    if len(after) >= len(before) or not any(contradictions((*after, *beyond))):
        return ""
    given = [*after, *(matcher for matcher in beyond if matcher.name in equal)]
    return "it follows from the others" if all(follows(matcher, given) for matcher in dropped) else ""


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
