"""promql/le-without-fraction: a bucket is selected by a spelling that Prometheus 3 does not use."""

import math
import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import readings
from stackproof.alerts.promql.syntax_tree import matchers, metric, selectors
from stackproof.alerts.routing.implication import literals
from stackproof.model.monitoring import LabelMatcher, MatchOp

_BOUND = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
_SMALLEST_EXPONENT, _EXPONENT_FROM = -4, 6  # of Go's format 'g' with the shortest precision
_EXACT = frozenset({MatchOp.EQUAL, MatchOp.NOT_EQUAL})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    for reading in readings(monitoring):
        listed = tuple(selectors(reading.expression.tree))
        also = {(metric(each), other.name, other.value) for each in listed for other in matchers(each)}
        for selector in listed:
            name = metric(selector) or ""
            for matcher in matchers(selector):
                bound = matcher.name == "quantile" or (matcher.name == "le" and name.endswith("_bucket"))
                spellings = dict(_other_spellings(matcher)) if bound else {}
                if all((metric(selector), matcher.name, normal) in also for normal in spellings.values()):
                    continue  # also true if there is no other spelling
                stored = ", ".join(f'{matcher.name}="{normal}"' for normal in spellings.values())
                message = f"{matcher} of {name} does not match what Prometheus 3 stores: {stored}"
                both = "|".join(re.escape(each) for pair in spellings.items() for each in pair).replace("\\", "\\\\")
                yield Spot(reading.at(selector), message, f'write {matcher.name}=~"{both}" to match both spellings')


def _other_spellings(matcher: LabelMatcher) -> Iterator[tuple[str, str]]:
    """The values that a matcher names in another spelling than Prometheus 3, without those that it names in both."""
    values = {matcher.value} if matcher.op in _EXACT else literals(matcher.value) or frozenset()
    for value in sorted(values):
        if _BOUND.fullmatch(value) and normalised(value) not in values:
            yield value, normalised(value)


def normalised(value: str) -> str:
    """A bound as Prometheus 3 stores it.

    Source: ``FormatOpenMetricsFloat`` in https://github.com/prometheus/prometheus/blob/main/model/labels/float.go.
    """
    number = float(value)
    if number == 0 or not math.isfinite(number):
        return "0.0" if number == 0 else value
    exponent = math.floor(math.log10(abs(number)))
    if _SMALLEST_EXPONENT <= exponent < _EXPONENT_FROM:
        text = repr(number)
        return text if "." in text else f"{text}.0"
    shortest = next(text for digits in range(18) if float(text := f"{number:.{digits}e}") == number)
    mantissa, _, power = shortest.partition("e")
    return f"{mantissa}e{power}"


CHECK = Check(
    id="promql/le-without-fraction",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    why='Prometheus 3 stores the bounds of buckets and quantiles as floats, so that le="1" becomes le="1.0". The old '
    "spelling selects nothing, and the alert or panel is silent.",
    fix="write the bound with a fraction",
    look=_look,
)
