"""What a mutant is: a file of rules or routes that is wrong in one small place."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import unified_diff

from stackproof.model import Location
from stackproof.model.alerting import Routing, Rule


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small wrong edit.

    Attributes:
        id: ``FILE:OWNER:OPERATOR-NUMBER``; it stays as long as its rule or route stays as it is.
        operator: What kind of edit.
        where: The line that is edited.
        owner: The place of the rule, route, inhibition or receiver that is edited.
        before: It before, as YAML.
        after: It after, as YAML.
        equivalent: Why no test can notice it; "" where nobody can say so.
    """

    id: str
    operator: str
    where: Location
    owner: Location
    before: str
    after: str
    equivalent: str = ""

    def diff(self) -> str:
        """What was edited, as a unified diff of its rule, route, inhibition or receiver."""
        lines = unified_diff(
            self.before.splitlines(), self.after.splitlines(), str(self.owner), self.id, lineterm="", n=9
        )
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class RuleMutant:
    """A rule that is wrong.

    Attributes:
        mutant: What was edited.
        original: The rule before.
        rule: The rule after.
        part: The part that was edited, as ``expr`` or ``labels.severity``.
    """

    mutant: Mutant
    original: Rule
    rule: Rule
    part: str


@dataclass(frozen=True, slots=True)
class RoutingMutant:
    """An Alertmanager configuration that is wrong.

    Attributes:
        mutant: What was edited.
        routing: The configuration after.
    """

    mutant: Mutant
    routing: Routing


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """What an operator makes of a rule.

    Attributes:
        part: The part that it edits, as ``expr`` or ``labels.severity``.
        rule: The rule after.
        equivalent: Why nobody can notice; "" where nobody can say so.
    """

    part: str
    rule: Rule
    equivalent: str = ""


@dataclass(frozen=True, slots=True)
class RoutingEdit:
    """What an operator makes of a configuration.

    Attributes:
        owner: The route, inhibition or receiver that it edits.
        name: What it is called in ids.
        where: The line.
        before: The edited part before, as YAML.
        after: And after.
        routing: The configuration after.
        equivalent: Why nobody can notice; "" where nobody can say so.
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
class Numbers:
    """Numbers what is alike: names of rules that are there twice, edits of one kind.

    Attributes:
        seen: How often each was met.
    """

    seen: Counter[str]

    @classmethod
    def fresh(cls) -> "Numbers":
        """Nothing was met."""
        return cls(Counter())

    def next(self, key: str) -> int:
        """The number of this meeting, from 1."""
        self.seen[key] += 1
        return self.seen[key]


def distinct(rule: Rule, edits: Iterable[RuleEdit]) -> Iterator[RuleEdit]:
    """The edits that change something, each once."""
    seen = [rule]
    for edit in edits:
        if edit.rule not in seen:
            seen.append(edit.rule)
            yield edit
