"""Which alerts match routes and inhibitions, for thousands of both: sets of alerts are bits of a number.

A label's values are indexed once, so a comparison is one look-up for all alerts. Regular expressions are run on each
value that occurs; after a budget of such runs the result is "unknown", so that a check stays silent instead of running
for minutes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from stackproof.alerts.label_matching import matches
from stackproof.alerts.routing.implication import values_of
from stackproof.alerts.routing.possible_alerts import ALERTNAME, PossibleAlert
from stackproof.model.monitoring import LabelMatcher, MatchOp, Route

_MAX_RUNS = 300_000
_MAX_DEPTH = 450  # of routes; Alertmanager's examples have three


@dataclass(frozen=True, slots=True)
class Matching:
    """Sets of alerts, one bit each.

    Attributes:
        sure: Those that certainly match.
        possible: Those, and others of which it is unknown.
    """

    sure: int
    possible: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """The alerts that a route handles itself, because none of its children does.

    Attributes:
        route: The route.
        alerts: Which alerts it handles.
    """

    route: Route
    alerts: Matching


@dataclass(frozen=True, slots=True)
class LabelValues:
    """The values that a label has in the alerts.

    Attributes:
        known: The alerts with each value; "" for those that lack the label.
        unknown: The alerts whose value is unknown.
        always: Those of the unknown that certainly have some value.
    """

    known: dict[str, int]
    unknown: int
    always: int


@dataclass(slots=True)
class AlertIndex:
    """All alerts of the rule files, by their labels.

    Attributes:
        alerts: The alerts; the first has the lowest bit.
    """

    alerts: Sequence[PossibleAlert]
    _labels: dict[str, LabelValues] = field(default_factory=dict)
    _matchers: dict[LabelMatcher, Matching] = field(default_factory=dict)
    _runs_left: int = _MAX_RUNS
    _alike: list[tuple[PossibleAlert, int]] = field(default_factory=list)

    @property
    def all(self) -> int:
        """The set of all alerts."""
        return (1 << len(self.alerts)) - 1

    def of(self, alerts: int) -> Iterator[PossibleAlert]:
        """The alerts of a set, in order."""
        while alerts:
            lowest = alerts & -alerts
            yield self.alerts[lowest.bit_length() - 1]
            alerts ^= lowest

    def values(self, label: str) -> LabelValues:
        """The values of a label."""
        if label not in self._labels:
            self._labels[label] = self._values(label)
        return self._labels[label]

    def lacking(self, label: str) -> int:
        """The alerts that lack a label, unless a Prometheus whose configuration is not known adds it."""
        return sum(bits for alert, bits in self._distinguished(label) if alert.probably_lacks(label))

    def matching(self, matchers: Iterable[LabelMatcher]) -> Matching:
        """The alerts that match all of these."""
        sure = possible = self.all
        for matcher in matchers:
            found = self._matching(matcher)
            sure &= found.sure
            possible &= found.possible
        return Matching(sure, possible)

    def arrivals(self, root: Route) -> Iterator[Arrival]:
        """Every route that handles some alert itself, in the order in which Alertmanager tries them."""
        found: list[Arrival] = []
        self._arrive(root, Matching(self.all, self.all), found, 0)
        yield from found

    def of_route(self, route: Route) -> Matching:
        """The alerts that match a route's own matchers; no alert surely does if one of them could not be read."""
        found = self.matching(route.matchers)
        return found if route.complete else Matching(0, found.possible)

    def _arrive(self, route: Route, coming: Matching, found: list[Arrival], depth: int) -> None:
        own = self.of_route(route)
        sure, possible = coming.sure & own.sure, coming.possible & own.possible
        if not possible:
            return
        left, below = Matching(sure, possible), Matching(0, 0)
        for child in route.routes:
            if not left.possible:
                break
            if depth < _MAX_DEPTH:
                self._arrive(child, left, found, depth + 1)
            taken = self.of_route(child)
            below = Matching(below.sure | left.sure & taken.sure, below.possible | left.possible & taken.possible)
            if not child.continues:
                left = Matching(left.sure & ~taken.possible, left.possible & ~taken.sure)
        rest = Matching(sure & ~below.possible, possible & ~below.sure)
        if rest.possible:
            found.append(Arrival(route, rest))

    def _matching(self, matcher: LabelMatcher) -> Matching:
        if matcher not in self._matchers:
            values = self.values(matcher.name)
            sure = self._matched(matcher, values)
            self._matchers[matcher] = Matching(0, self.all) if sure is None else Matching(sure, sure | values.unknown)
        return self._matchers[matcher]

    def _matched(self, matcher: LabelMatcher, values: LabelValues) -> int | None:
        """The alerts whose value is known and matches; None if that takes too long to find out."""
        negative = matcher.op in {MatchOp.NOT_EQUAL, MatchOp.NOT_REGEX}
        op = {MatchOp.NOT_EQUAL: MatchOp.EQUAL, MatchOp.NOT_REGEX: MatchOp.REGEX}.get(matcher.op, matcher.op)
        positive = LabelMatcher(matcher.name, op, matcher.value)
        accepted = values_of(positive)
        if accepted is None:
            self._runs_left -= len(values.known)
            if self._runs_left < 0:
                return None
            accepted = frozenset(value for value in values.known if matches(positive, {matcher.name: value}))
        chosen = 0
        for value in accepted if len(accepted) < len(values.known) else values.known:
            if value in accepted:
                chosen |= values.known.get(value, 0)
        return self.all & ~values.unknown & ~chosen if negative else chosen

    def _values(self, label: str) -> LabelValues:
        known: dict[str, int] = {}
        unknown = always = 0
        for alert, bits in self._distinguished(label):
            value = alert.value(label)
            if value is None:
                unknown |= bits
                always |= bits if alert.always_has(label) else 0
            else:
                known[value] = known.get(value, 0) | bits
        return LabelValues(known, unknown, always)

    def _distinguished(self, label: str) -> Iterator[tuple[PossibleAlert, int]]:
        """Alerts with the set for which each stands; a label that no rule sets depends on their series alone."""
        if not self.alerts or label == ALERTNAME or label in self.alerts[0].rule_labels:
            yield from ((alert, 1 << place) for place, alert in enumerate(self.alerts))
            return
        if not self._alike:
            sets: dict[object, tuple[PossibleAlert, int]] = {}
            for place, alert in enumerate(self.alerts):
                key = (alert.series.shape, alert.sure)
                first, bits = sets.get(key, (alert, 0))
                sets[key] = (first, bits | 1 << place)
            self._alike.extend(sets.values())
        yield from self._alike
