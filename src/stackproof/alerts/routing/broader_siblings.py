"""Finds, among the siblings of a route, those that match every alert that it matches.

Thousands of siblings are common in generated files, so they are indexed by one label and value of each. What cannot be
indexed is compared up to a limit; beyond it nothing is found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stackproof.alerts.routing.implication import accepts_everything, allowed, are_implied, values_of
from stackproof.model.monitoring import LabelMatcher, Route

_MAX_COMPARED = 50  # siblings that are compared with one route


@dataclass(slots=True)
class BroaderSiblings:
    """The siblings that were added, with a look-up of those that a route implies."""

    _indexed: dict[tuple[str, str], list[Route]] = field(default_factory=dict)
    _others: list[Route] = field(default_factory=list)

    def add(self, route: Route) -> None:
        """Add a route whose matchers are all known."""
        listed = [(each.name, values) for each in route.matchers if (values := values_of(each)) is not None]
        if listed:
            name, values = min(listed, key=lambda pair: len(pair[1]))
            for value in values:
                self._indexed.setdefault((name, value), []).append(route)
        else:
            self._others.append(route)

    def of(self, given: Sequence[LabelMatcher]) -> Iterator[Route]:
        """The added routes that match wherever all the given matchers do, in no order."""
        names = {each.name for each in given}
        for name in names:
            values = allowed(name, given)
            if values:
                for sibling in self._indexed.get((name, next(iter(values))), ())[:_MAX_COMPARED]:
                    if are_implied(sibling.matchers, given):
                        yield sibling
        for sibling in self._others[:_MAX_COMPARED]:
            needed = {each.name for each in sibling.matchers if not accepts_everything(each)}
            if needed <= names and are_implied(sibling.matchers, given):
                yield sibling
