"""The facts about an expression, and what interpreting it showed on the way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from promql_parser import Expr

from stackproof.alerts.meaning.bounds import ANY_VALUE, Bounds
from stackproof.alerts.meaning.labels import NONE, LabelSet
from stackproof.alerts.meaning.unit import Unit


class Presence(IntEnum):
    """When a result has a sample."""

    DEPENDS = 0
    """That depends on values, on matching labels or on what is absent."""
    GIVEN = 1
    """For all series that the expression selects, whatever their values: nothing filters them."""
    SURE = 2
    """Always, even if no series exists."""


class ValueKind(StrEnum):
    """The type of a result (https://prometheus.io/docs/prometheus/latest/querying/basics/)."""

    SCALAR = "scalar"
    VECTOR = "instant vector"
    RANGE = "range vector"
    TEXT = "string"


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the series of a result. An ``or`` joins the parts of both sides.

    Attributes:
        labels: Their labels.
        bounds: Their values, without the Unix time that is added to them.
        presence: When there is such a series.
        unit: Their unit; None if it is unknown.
        now: How many times the current Unix time is added to the values: 1 for ``time()``.
        origin: The expression, without comparisons, whose values they have; "" if that is not one expression.
    """

    labels: LabelSet
    bounds: Bounds
    presence: Presence
    unit: Unit | None = None
    now: float = 0.0
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about the result of an expression.

    Attributes:
        kind: Its type.
        parts: Its series; no parts if it never has a result.
        presence: When it has a result at all.
    """

    kind: ValueKind
    parts: tuple[Part, ...]
    presence: Presence

    @property
    def never(self) -> bool:
        """Whether it never has a result."""
        return not self.parts

    @property
    def bounds(self) -> Bounds | None:
        """The values of all parts; None if it never has a result."""
        found: Bounds | None = None
        for part in self.parts:
            mine = absolute(part)
            found = mine if found is None else found.hull(mine)
        return found

    @property
    def labels(self) -> LabelSet:
        """The labels of all parts."""
        first, *others = (part.labels for part in self.parts) if self.parts else (LabelSet(frozenset()),)
        for other in others:
            first = first.either(other)
        return first

    @property
    def unit(self) -> Unit | None:
        """The unit, if all parts have the same."""
        units = {part.unit for part in self.parts}
        return units.pop() if len(units) == 1 else None


NEVER = Facts(ValueKind.VECTOR, (), Presence.DEPENDS)
"""No result, ever."""


def scalar(bounds: Bounds) -> Facts:
    """A number, which is always there."""
    return Facts(ValueKind.SCALAR, (Part(NONE, bounds, Presence.SURE),), Presence.SURE)


def depending(facts: Facts) -> Facts:
    """The same, where it depends on something which of the series there are."""
    parts = tuple(replace(part, presence=Presence.DEPENDS) for part in facts.parts)
    return replace(facts, parts=parts, presence=Presence.DEPENDS)


NOW = Bounds(1.6e9, 4.2e9)
"""The Unix time of an evaluation, in seconds: the years 2020 to 2103."""


def absolute(part: Part) -> Bounds:
    """The values of a part, with the Unix time."""
    return part.bounds.plus(NOW.times(Bounds(part.now, part.now))) if part.now else part.bounds


_MAX_PARTS = 12


def merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts, or one part in place of more than twelve."""
    listed = tuple(parts)
    if len(listed) <= _MAX_PARTS:
        return listed
    facts = Facts(ValueKind.VECTOR, listed, Presence.DEPENDS)
    least = min(part.presence for part in listed)
    return (Part(facts.labels, facts.bounds or ANY_VALUE, least, facts.unit),)


class RemarkKind(StrEnum):
    """What is odd about a node."""

    ALWAYS_TRUE = "a comparison that is always true"
    NEVER_TRUE = "a comparison that is never true"
    NEVER_MATCH = "two sides of which no series match"
    FALLBACK_NEVER_MATCHES = "a part of one side that matches no series of the other"
    NO_EFFECT = "an unless that removes nothing"
    CONTRADICTION = "conditions that exclude each other"
    NO_SUCH_VALUE = "a selector for a label value that no series has"
    MANY_WITHOUT_GROUP = "several series on a side that may have only one for each match"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd about a node.

    Attributes:
        kind: What it is.
        node: The node.
        detail: The reason, to be read after a colon: "count gives at least 1".
        label: The label that it is about; "" if it is about none.
    """

    kind: RemarkKind
    node: Expr
    detail: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A node of an expression with its facts.

    Attributes:
        node: The node, without parentheses around it.
        facts: What is known about its result.
        inputs: The nodes below it, from left to right.
        remarks: What is odd about this node itself.
    """

    node: Expr
    facts: Facts
    inputs: tuple["Meaning", ...] = ()
    remarks: tuple[Remark, ...] = field(default=())

    def of(self, node: Expr) -> "Meaning":
        """The meaning of a node of the same tree.

        Raises:
            KeyError: It is no node of this tree.
        """
        for each in self.walk():
            if each.node is node:
                return each
        raise KeyError(node)

    def walk(self) -> Iterator["Meaning"]:
        """This node and all below it, parents first."""
        pending = [self]
        while pending:
            each = pending.pop()
            yield each
            pending += reversed(each.inputs)

    def all_remarks(self, *kinds: RemarkKind) -> Iterator[Remark]:
        """The remarks of these kinds, of this node and all below it."""
        for meaning in self.walk():
            yield from (remark for remark in meaning.remarks if remark.kind in kinds)
