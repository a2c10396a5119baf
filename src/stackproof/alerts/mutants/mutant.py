"""A mutant: a file of rules or routes with one small wrong edit."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import unified_diff

from stackproof.model import Location
from stackproof.model.monitoring import Routing, Rule


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small wrong edit.

    Attributes:
        id: ``FILE:OWNER:OPERATOR-NUMBER``; it stays as long as its rule or route stays as it is.
        operator: The kind of edit.
        where: The line that is edited.
        owner: The location of the edited rule, route, inhibition or receiver.
        before: The owner before the edit, as YAML.
        after: The owner after the edit, as YAML.
        equivalent: Why no test can notice it; "" if there is no proof of that.
    """

    id: str
    operator: str
    where: Location
    owner: Location
    before: str
    after: str
    equivalent: str = ""

    def diff(self) -> str:
        """The edit, as a unified diff of its rule, route, inhibition or receiver."""
        lines = unified_diff(
            self.before.splitlines(), self.after.splitlines(), str(self.owner), self.id, lineterm="", n=9
        )
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class RuleMutant:
    """A mutant of a rule.

    Attributes:
        mutant: The edit.
        original: The rule before.
        rule: The rule after.
        part: The edited part, such as ``expr`` or ``labels.severity``.
    """

    mutant: Mutant
    original: Rule
    rule: Rule
    part: str


@dataclass(frozen=True, slots=True)
class RoutingMutant:
    """A mutant of an Alertmanager configuration.

    Attributes:
        mutant: The edit.
        routing: The configuration after.
    """

    mutant: Mutant
    routing: Routing


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """One edit of a rule by an operator.

    Attributes:
        part: The edited part, such as ``expr`` or ``labels.severity``.
        rule: The rule after.
        equivalent: Why no test can notice it; "" if there is no proof of that.
    """

    part: str
    rule: Rule
    equivalent: str = ""


@dataclass(frozen=True, slots=True)
class RoutingEdit:
    """One edit of a configuration by an operator.

    Attributes:
        owner: The location of the edited route, inhibition or receiver.
        name: The owner's name in ids.
        where: The edited line.
        before: The owner before, as YAML.
        after: The owner after, as YAML.
        routing: The configuration after.
        equivalent: Why no test can notice it; "" if there is no proof of that.
    """

    owner: Location
    name: str
    where: Location
    before: str
    after: str
    routing: Routing
    equivalent: str = ""


RuleOperator = Callable[[Rule], Iterable[RuleEdit]]
"""Gives every edit of its kind of a rule."""

RoutingOperator = Callable[[Routing], Iterable[RoutingEdit]]
"""Gives every edit of its kind of a configuration."""


@dataclass(slots=True)
class NameCounter:
    """Numbers repeated names: of rules in one file, and of edits of one kind.

    Attributes:
        seen: How often each name occurred.
    """

    seen: Counter[str]

    @classmethod
    def empty(cls) -> "NameCounter":
        """A counter that has seen no names."""
        return cls(Counter())

    def next(self, key: str) -> int:
        """The number of this occurrence, from 1."""
        self.seen[key] += 1
        return self.seen[key]


def distinct(rule: Rule, edits: Iterable[RuleEdit]) -> Iterator[RuleEdit]:
    """The edits that change the rule, each once."""
    seen = [rule]
    for edit in edits:
        if edit.rule not in seen:
            seen.append(edit.rule)
            yield edit
