"""The words of generated expressions: numbers, selectors, groupings and comparisons."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from stackproof.alerts.meaning.interpreter import Interpreter
from stackproof.alerts.promql.syntax_tree import parsed
from tests.engine.meaning_series import METRICS, RECORDED_LABELS, RECORDS, Kind, Metric

NUMBERS = (
    *("0", "1", "-1", "0.5", "2", "3", "5", "10", "100", "0.95", "-5"),
    *("300", "3600", "86400", "1e9", "NaN", "Inf"),
)
"""Numbers that people compare with, and some that they do not."""
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
ARITHMETIC = ("+", "-", "*", "/", "%", "^")
_OF_RANGES = (
    *("avg_over_time", "min_over_time", "max_over_time", "sum_over_time", "count_over_time", "last_over_time"),
    *("present_over_time", "stddev_over_time", "stdvar_over_time", "changes", "resets", "delta", "idelta", "deriv"),
    *("rate", "increase", "irate"),
)
AGGREGATIONS = ("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar")
RANGES = ("2d", "3d", "5d")


@dataclass(frozen=True, slots=True)
class Written:
    """An expression.

    Attributes:
        text: PromQL.
        labels: Labels that all of its series have where customs are kept.
        is_customary: Whether it groups only by labels that its series have.
    """

    text: str
    labels: frozenset[str] = frozenset()
    is_customary: bool = True


class Words:
    """Draws words.

    Attributes:
        dice: Where chance comes from.
        is_odd: Whether customs are not kept.
    """

    def __init__(self, seed: int, interpreters: Mapping[str, Interpreter]) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - expressions, no secrets
        self._interpreters = interpreters
        self.is_odd = False

    def part(self) -> str:
        """An aggregation of some series, with any labels."""
        metric = self.dice.choice(METRICS)
        by, _ = self.grouping(frozenset(metric.labels))
        return f"{self.dice.choice(AGGREGATIONS)} {by} ({self.selector(metric).text})"

    def record(self) -> str:
        """A selector of recorded series."""
        name = self.dice.choice(RECORDS)[0]
        matchers = {"tier": ("all", "some", "none"), "team": ("infra", "web"), "job": ("api",), "code": ("500", "404")}
        label = self.dice.choice(sorted(matchers))
        if self.dice.random() < 0.6:
            return name
        return f'{name}{{{label}{self.dice.choice(("=", "!=", "=~"))}"{self.dice.choice(matchers[label])}"}}'

    def compared(self, value: Written) -> Written:
        """A comparison of a value with a number."""
        limit = self._limit(value)
        left, right = f"({value.text})", limit
        if self.dice.random() < 0.1:
            left, right = right, left
        op = f"{self.dice.choice(COMPARISONS)}{' bool' if self.dice.random() < 0.15 else ''}"
        return Written(f"{left} {op} {right}", value.labels)

    def _limit(self, value: Written) -> str:
        """A number; often an end of what the model believes, or its neighbour, where a wrong belief would show."""
        tree = parsed(value.text)
        bounds = tree and self._interpreters[self.dice.choice(("likely", "certain"))].meaning(tree).facts.bounds
        if not bounds or not bounds.known or self.dice.random() < 0.4:
            return self.dice.choice(NUMBERS)
        end = self.dice.choice([each for each in (bounds.low, bounds.high) if math.isfinite(each)] or [0.0])
        end += self.dice.choice((0.0, 0.0, 1.0, -1.0))
        end = self.dice.choice((end, end, math.nextafter(end, math.inf), math.nextafter(end, -math.inf)))
        return f"{end!r}"

    def leaf(self) -> Written:
        """Series, their rates, or a result without labels."""
        drawn = self.dice.random()
        if drawn < 0.1:
            return Written(
                self.dice.choice((f"vector({self.dice.choice(NUMBERS)})", "vector(time())", "hour()", "month()"))
            )
        if drawn < 0.2:
            name = self.record()
            return Written(name, frozenset(RECORDED_LABELS.get(name.split("{", maxsplit=1)[0].split(":")[0], ())))
        if drawn < 0.5:
            return self.over_range(self.selector(self.metric(), ranged=True))
        return self.selector(self.metric())

    def metric(self, kinds: tuple[Kind, ...] = tuple(Kind)) -> Metric:
        """A metric of one of these kinds."""
        return self.dice.choice([each for each in METRICS if each.kind in kinds])

    def selector(self, metric: Metric, *, ranged: bool = False) -> Written:
        """A selector of series, or of ranges of their samples."""
        matchers = []
        for _ in range(self.dice.choice((0, 0, 1, 1, 2))):
            name = self.dice.choice(sorted(metric.labels))
            if self.is_odd and self.dice.random() < 0.3:
                name = self.dice.choice(("queue", "code", "other", "job"))
            values = metric.labels.get(name, ("x",))
            value = self.dice.choice((*values, *values, "odd"))
            pattern = value.replace("+", ".")
            forms: tuple[str, ...] = (f'="{value}"', f'="{value}"', f'!="{value}"', '!=""', '=~".+"')
            forms = (*forms, f'=~"{pattern}|{values[0]}"', f'!~"{pattern}"')
            if self.is_odd:
                forms = (*forms, '=""', '=~".*"', '=~"(?i)API|"', f'=~"{pattern[:1]}.*"')
            matchers.append(name + self.dice.choice(forms))
        text = metric.name + (f"{{{', '.join(matchers)}}}" if matchers else "")
        if ranged:
            text += f"[{self.dice.choice(RANGES)}]"
        if self.dice.random() < 0.06:
            text += f" offset {self.dice.choice(('1d', '3d'))}"
        return Written(text, frozenset(metric.labels))

    def over_range(self, ranged: Written) -> Written:
        """A function of a range."""
        function = self.dice.choice(_OF_RANGES)
        if self.dice.random() < 0.1:
            return Written(
                f"quantile_over_time({self.dice.choice(('0', '0.5', '1', '1.5', '-1'))}, {ranged.text})", ranged.labels
            )
        return Written(f"{function}({ranged.text})", ranged.labels)

    def grouping(self, labels: frozenset[str]) -> tuple[str, frozenset[str]]:
        """What an aggregation groups by, and the labels that are left."""
        drawn = self.dice.random()
        known = sorted(labels)
        if self.is_odd:
            known = sorted({*known, "job", "code", "pod"})
        some = self.dice.sample(known, min(len(known), self.dice.choice((1, 1, 2))))
        if drawn < 0.25:
            return "", frozenset()
        if drawn < 0.8:
            return f"by ({', '.join(some)})", frozenset(some)
        return f"without ({', '.join(some)})", labels - frozenset(some)
