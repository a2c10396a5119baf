"""What is known about the labels of series.

Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching and `resultMetric` of
https://github.com/prometheus/prometheus/blob/main/promql/engine.go.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

_NOTHING: frozenset[str] = frozenset()
_NAME = "__name__"


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The labels that every series of a result has, may have, and cannot have.

    Attributes:
        only: The only possible labels; None if any label is possible.
        never: If any label is possible: the exceptions.
        sure: Labels that every series has, with some value.
        values: The only possible values of a label, by label, where they are known; ``""`` if it may be absent.
    """

    only: frozenset[str] | None = None
    never: frozenset[str] = _NOTHING
    sure: frozenset[str] = _NOTHING
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[object, ...]:
        """What two sets that are alike have in common, to be looked up."""
        return (self.only, self.never, self.sure, frozenset(self.values.items()))

    def can_have(self, label: str) -> bool:
        """False if no series can have the label. A metric's name is always possible: recorded series have one."""
        return label == _NAME or (label in self.only if self.only is not None else label not in self.never)

    def limited(self, names: Iterable[str]) -> "LabelSet":
        """Only those of these labels that are possible: what ``by`` keeps."""
        kept = frozenset(name for name in names if self.can_have(name))
        return LabelSet(kept, _NOTHING, self.sure & kept, _only(self.values, kept))

    def lacking(self, names: Iterable[str]) -> "LabelSet":
        """Without these labels."""
        gone = frozenset(names)
        values = {name: value for name, value in self.values.items() if name not in gone} if self.values else {}
        if self.only is None:
            return LabelSet(None, self.never | gone, self.sure - gone, values)
        return LabelSet(self.only - gone, _NOTHING, self.sure - gone, values)

    def having(self, names: Iterable[str]) -> "LabelSet":
        """With these labels possible, with any value or none."""
        more = frozenset(names)
        values = {name: value for name, value in self.values.items() if name not in more} if self.values else {}
        if self.only is None:
            return LabelSet(None, self.never - more, self.sure - more, values)
        return LabelSet(self.only | more, _NOTHING, self.sure - more, values)

    def with_sure(self, names: Iterable[str]) -> "LabelSet":
        """With these labels on every series."""
        more = frozenset(names)
        only = None if self.only is None else self.only | more
        return LabelSet(only, self.never - more, self.sure | more, self.values)

    def with_values(self, label: str, values: Iterable[str]) -> "LabelSet":
        """With these as the only possible values of a label; ``""`` stands for its absence."""
        known = frozenset(values)
        if known == {""}:
            return self.lacking([label])
        found = self.having([label])
        found = found if "" in known else found.with_sure([label])
        return replace(found, values={**found.values, label: known})

    def either(self, other: "LabelSet") -> "LabelSet":
        """What is known about series of which each is in one set or the other."""
        sure = self.sure & other.sure
        values = {name: self.values[name] | other.values[name] for name in self.values.keys() & other.values.keys()}
        for mine, theirs in ((self, other), (other, self)):
            absent = (name for name in mine.values if name not in values and not theirs.can_have(name))
            values |= {name: mine.values[name] | {""} for name in absent}
        if self.only is not None and other.only is not None:
            return LabelSet(self.only | other.only, _NOTHING, sure, values)
        if self.only is None and other.only is None:
            return LabelSet(None, self.never & other.never, sure, values)
        limited, free = (self.only, other) if self.only is not None else (other.only, self)
        return LabelSet(None, free.never - (limited or _NOTHING), sure, values)

    def both(self, other: "LabelSet") -> "LabelSet":
        """What is known about series whose labels are equal in both."""
        values = dict(self.values)
        for name, known in other.values.items():
            values[name] = values[name] & known if name in values else known
        sure = self.sure | other.sure
        if self.only is not None:
            only = frozenset(name for name in self.only if other.can_have(name))
            return LabelSet(only, _NOTHING, sure, values)
        if other.only is not None:
            return other.both(self)
        return LabelSet(None, self.never | other.never, sure, values)

    def conflict(self, other: "LabelSet", matched: Iterable[str] | None, ignored: frozenset[str]) -> str | None:
        """A label that keeps series of the two from ever matching; None if they may match.

        Args:
            other: The labels of the other side.
            matched: The labels that are compared (``on``); None for all.
            ignored: Labels that are not compared (``ignoring``).
        """
        candidates = self.sure | other.sure | self.values.keys() | other.values.keys()
        names = candidates if matched is None else candidates & frozenset(matched)
        for name in sorted(names - ignored):
            missing = (name in self.sure and not other.can_have(name)) or (
                name in other.sure and not self.can_have(name)
            )
            mine, theirs = self.known_values(name), other.known_values(name)
            if missing or (mine is not None and theirs is not None and not mine & theirs):
                return name
        return None

    def known_values(self, name: str) -> frozenset[str] | None:
        """All values that a label can have, ``""`` if it can be absent; None if they are not known."""
        return self.values.get(name) if self.can_have(name) else frozenset({""})


def _only(values: Mapping[str, frozenset[str]], names: frozenset[str]) -> Mapping[str, frozenset[str]]:
    return {name: value for name, value in values.items() if name in names} if values else values


ANY = LabelSet()
NONE = LabelSet(_NOTHING)

TARGET_LABELS = frozenset(
    {
        *("job", "instance", "namespace", "cluster", "env", "environment", "stage", "service", "app", "application"),
        *("pod", "container", "node", "host", "hostname", "device", "mountpoint", "fstype", "region", "zone", "dc"),
        *("datacenter", "site", "team", "tenant", "project", "component", "prometheus", "name", "id", "queue", "topic"),
        *("group", "consumergroup", "database", "datname", "db", "interface", "url", "target", "endpoint", "path"),
        *("handler", "route", "method", "deployment", "statefulset", "daemonset", "workload", "exporter", "cpu"),
    }
)
"""Labels that usually say whose series it is, not what state it shows; labels of targets are called so."""
