"""Finds, among the siblings of a route, those that match every alert that it matches.

Thousands of siblings are common in generated files, so they are indexed by one label and value of each. What cannot be
indexed is compared up to a limit; beyond it nothing is found.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from stackproof.alerts.routing.implication import ByLabel, allowed, are_implied, values_of
from stackproof.model.monitoring import Route

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

    def of(self, given: ByLabel) -> Iterator[Route]:
        """The added routes that match wherever all the given matchers do, in no order."""
        for name, of_label in given.items():
            values = allowed(of_label)
            for value in islice(values or (), 1):
                for sibling in self._indexed.get((name, value), ())[:_MAX_COMPARED]:
                    if are_implied(sibling.matchers, given):
                        yield sibling
        for sibling in self._others[:_MAX_COMPARED]:
            if are_implied(sibling.matchers, given):
                yield sibling
