"""Generated expressions for proving the model of expressions: what people write, and what nobody does."""

from collections.abc import Callable

from tests.engine.meaning_alerts import LIMITED, WHOLE
from tests.engine.meaning_series import Kind
from tests.engine.meaning_words import AGGREGATIONS, ARITHMETIC, COMPARISONS, NUMBERS, RANGES, Words, Written

_OF_VECTORS = (
    *(
        "abs",
        "ceil",
        "floor",
        "round",
        "sqrt",
        "ln",
        "log2",
        "log10",
        "exp",
        "sgn",
        "sin",
        "cos",
        "tanh",
        "atan",
        "sort",
    ),
    *("timestamp", "hour", "minute", "day_of_week", "day_of_month", "days_in_month", "month"),
)
_COUNTERS = (Kind.COUNTER, Kind.SECONDS, Kind.BUCKETS)


class Author(Words):
    """Writes expressions."""

    def expression(self) -> Written:
        """One expression; every third keeps no customs."""
        self.is_odd = self.dice.random() < 0.33
        drawn = self.dice.random()
        if drawn < 0.35:
            found = self._alert()
        elif drawn < 0.75:
            found = self.compared(self._vector(self.dice.randint(1, 3)))
        else:
            found = self._vector(self.dice.randint(2, 4))
        return Written(found.text, found.labels, not self.is_odd)

    def _alert(self) -> Written:
        """What people write, with chance in its blanks."""
        pick = self.dice.choice
        counter, gauge = self.metric(_COUNTERS), self.metric((Kind.GAUGE, Kind.SIZE))
        some, value = self.selector(counter, ranged=True).text, self.selector(gauge)
        by = self.grouping(frozenset(counter.labels))[0]
        state = self.selector(self.metric((Kind.STATE, Kind.ONE)))
        part = f"sum {by} (rate({some}))"
        blanks = {
            "by": by,
            "some": some,
            "part": part,
            "other_part": self.part(),
            "whole": f"{counter.name}[{pick(RANGES)}]",
            "counter": counter.name,
            "finest": list(counter.labels)[-1],
            "gauge": gauge.name,
            "value": value.text,
            "state": state.text,
            "state_by": self.grouping(state.labels)[0],
            "limited": self.compared(value).text,
            "limited_again": self.compared(value).text,
            "limited_part": self.compared(Written(part)).text,
            "limited_part_again": self.compared(Written(part)).text,
            "record": self.record(),
            "other_record": self.record(),
            "number": pick(NUMBERS),
            "bit": pick("01"),
            "scale": pick(("1", "60", "1000")),
            "quantile": pick(("0.99", "0.5", "1", "2", "-1")),
            "range": pick(RANGES),
            "set": pick(("and", "or", "unless")),
            "op": pick(("/", "-", "*", "+", "and", "unless", ">")),
        }
        text = pick(LIMITED + WHOLE)
        written = Written(text.format(**blanks))
        return written if text in WHOLE else self.compared(written)

    def _vector(self, depth: int) -> Written:
        if depth <= 0:
            return self.leaf()
        makers: tuple[tuple[int, Callable[[int], Written]], ...] = (
            (6, self._aggregated),
            (4, self._with_scalar),
            (6, self._joined),
            (3, self._function),
            (2, self._over_time),
            (2, lambda below: self.compared(self._vector(below))),
            (1, self._absent),
            (1, self._negated),
            (1, self._relabelled),
            (1, lambda below: Written(f"vector({self._scalar(below)})")),
        )
        ((_, maker),) = self.dice.choices(makers, [weight for weight, _ in makers])
        return maker(depth - 1)

    def _aggregated(self, depth: int) -> Written:
        inner = self._vector(depth)
        by, labels = self.grouping(inner.labels)
        drawn = self.dice.random()
        if drawn < 0.1:
            op = self.dice.choice(("topk", "bottomk"))
            return Written(f"{op} {by} ({self.dice.choice('0123')}, {inner.text})", inner.labels)
        if drawn < 0.15:
            return Written(f"quantile {by} ({self.dice.choice(('0', '0.5', '1', '2', '-0.1'))}, {inner.text})", labels)
        if drawn < 0.2:
            return Written(f'count_values {by} ("value", {inner.text})', labels | {"value"})
        return Written(f"{self.dice.choice(AGGREGATIONS)} {by} ({inner.text})", labels)

    def _with_scalar(self, depth: int) -> Written:
        inner, other = self._vector(depth), self._scalar(depth)
        sides = [f"({inner.text})", other]
        self.dice.shuffle(sides)
        return Written(f"{sides[0]} {self.dice.choice(ARITHMETIC)} {sides[1]}", inner.labels)

    def _scalar(self, depth: int) -> str:
        drawn = self.dice.random()
        if drawn < 0.6 or depth <= 0:
            return self.dice.choice(NUMBERS)
        if drawn < 0.75:
            return self.dice.choice(("time()", "time()", "pi()"))
        if drawn < 0.85:
            return f"scalar({self._vector(depth - 1).text})"
        op = self.dice.choice((*ARITHMETIC, "> bool", "== bool"))
        return f"({self._scalar(depth - 1)} {op} {self._scalar(depth - 1)})"

    def _joined(self, depth: int) -> Written:
        left, right = self._vector(depth), self._vector(self.dice.randint(0, depth))
        if self.dice.random() < 0.15:
            right = left
        shared = sorted(left.labels & right.labels)
        known = sorted({*shared, "job", "instance"}) if self.is_odd or not shared else shared
        matched = self.dice.sample(known, min(len(known), self.dice.choice((0, 1, 1, 2))))
        how = self.dice.choice(("", "", "", f"on ({', '.join(matched)})", f"ignoring ({', '.join(matched)})"))
        drawn = self.dice.random()
        if drawn < 0.45:
            op = self.dice.choice(("and", "or", "or", "unless"))
            labels = left.labels & right.labels if op == "or" else left.labels
            return Written(f"({left.text}) {op} {how} ({right.text})", labels)
        op = self.dice.choice((*ARITHMETIC, "atan2", *COMPARISONS, *COMPARISONS))
        if op in COMPARISONS and self.dice.random() < 0.2:
            op += " bool"
        labels = frozenset(matched) if how.startswith("on") else left.labels & right.labels
        if how.startswith("ignoring"):
            labels -= frozenset(matched)
        if how and self.dice.random() < 0.4:
            side = self.dice.choice(("left", "right"))
            copied = self.dice.choice(("", "version", "team", "job"))
            labels = (left if side == "left" else right).labels - {copied}
            how += f" group_{side} ({copied if copied not in matched else ''})"
        return Written(f"({left.text}) {op} {how} ({right.text})", labels)

    def _function(self, depth: int) -> Written:
        inner = self._vector(depth)
        drawn = self.dice.random()
        if drawn < 0.25:
            function = self.dice.choice(("clamp_min", "clamp_max", "round"))
            number = self.dice.choice(NUMBERS[1:13])
            return Written(f"{function}({inner.text}, {number})", inner.labels)
        if drawn < 0.3:
            low, high = self.dice.choice((("0", "1"), ("-1", "5"), ("5", "1"), ("0", "Inf")))
            return Written(f"clamp({inner.text}, {low}, {high})", inner.labels)
        if drawn < 0.35:
            return Written(f"histogram_quantile({self.dice.choice(('0.9', '2'))}, {inner.text})", inner.labels - {"le"})
        return Written(f"{self.dice.choice(_OF_VECTORS)}({inner.text})", inner.labels)

    def _over_time(self, depth: int) -> Written:
        inner = self._vector(depth)
        return self.over_range(Written(f"({inner.text})[{self.dice.choice(RANGES)}:1d]", inner.labels))

    def _absent(self, depth: int) -> Written:
        if self.dice.random() < 0.5:
            return Written(f"absent({self.selector(self.metric()).text})")
        if self.dice.random() < 0.3:
            return Written(f"absent_over_time({self.selector(self.metric(), ranged=True).text})")
        return Written(f"absent({self._vector(depth).text})")

    def _negated(self, depth: int) -> Written:
        inner = self._vector(depth)
        return Written(f"-({inner.text})", inner.labels)

    def _relabelled(self, depth: int) -> Written:
        inner = self._vector(depth)
        label, source = self.dice.choice(("dst", "job", "queue")), self.dice.choice(("job", "instance", "none"))
        if self.dice.random() < 0.3:
            return Written(f'label_join({inner.text}, "{label}", "-", "{source}", "code")', inner.labels - {label})
        value, pattern = self.dice.choice((("$1", "(.*)"), ("x", ".+"), ("", ".*"), ("$1", "(a).*")))
        return Written(
            f'label_replace({inner.text}, "{label}", "{value}", "{source}", "{pattern}")', inner.labels - {label}
        )
