"""Generates promtool tests of what Sloth derives from the shares: the month, the budget, its burn rate, the remainder.

The input includes foreign series that differ from a real one in one label, and from each other in their window. A rule
that does not match on that label picks them up, and fails where it joins series, because they are ambiguous.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from stack.monitoring.slo_tests import TENMILLIONTHS, Slo, selection, series, tenmillionths

MONTH_D = 30
END_D = 2 * MONTH_D
BEFORE, FIRST_HALF, SECOND_HALF, LAST = 0.7, 0.004, 0.002, 0.003
"""Shares of failures: daily in the month before, daily in both halves of this one, and at its end."""

SHARE, BUDGET, MONTHS_RATE = "slo:sli_error:ratio_rate5m", "slo:error_budget:ratio", "slo:period_burn_rate:ratio"
FOREIGN_WINDOWS = ("5m", "another")
SPEC = "prometheus/v1"
MODE = "cli-gen-prom"


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure that is derived for each objective.

    Attributes:
        series: The query for it, which excludes foreign series.
        value: Its value.
        window: Its window, or "" if it has none.
    """

    series: str
    value: Callable[[Slo], float]
    window: str = ""


def _months_share(_slo: Slo) -> float:
    half = MONTH_D // 2
    return (half * FIRST_HALF + half * SECOND_HALF + LAST) / (MONTH_D + 1)  # includes the day at its start


DERIVED = (
    Derived("slo:sli_error:ratio_rate30d", _months_share, "30d"),
    Derived("slo:objective:ratio", lambda slo: slo.objective / 100),
    Derived(f'{BUDGET}{{sloth_window=""}}', lambda slo: slo.budget),
    Derived("slo:time_period:days", lambda _slo: MONTH_D),
    Derived("slo:current_burn_rate:ratio", lambda slo: LAST / slo.budget, "5m"),
    Derived(f'{MONTHS_RATE}{{sloth_window="30d"}}', lambda slo: _months_share(slo) / slo.budget, "30d"),
    Derived("slo:period_error_budget_remaining:ratio", lambda slo: 1 - _months_share(slo) / slo.budget, "30d"),
)


def budget_test(slos: Sequence[Slo], sloth: str) -> dict[str, object]:
    """All figures that are derived for each objective, with every label.

    Args:
        slos: The objectives of a file.
        sloth: The version of Sloth that generated the rules.
    """
    half = MONTH_D // 2
    values = f"{BEFORE}x{MONTH_D - 1} {FIRST_HALF}x{half - 1} {SECOND_HALF}x{half - 1} {LAST}"
    inputs = [{"series": series(SHARE, slo, "5m"), "values": values} for slo in slos]
    inputs += [{"series": each, "values": f"1x{END_D}"} for slo in slos for each in _foreign(slo)]
    checks = [
        _check(each.series, [(series("", slo, each.window), each.value(slo)) for slo in slos]) for each in DERIVED
    ]
    checks.append(_check("sloth_slo_info", [(series("", slo, **_info(slo, sloth)), 1.0) for slo in slos]))
    return {
        "name": "a month of failures, what it leaves of each budget, and foreign series that change nothing",
        "interval": "1d",
        "input_series": inputs,
        "promql_expr_test": checks,
    }


def order(slos: Sequence[Slo]) -> list[str]:
    """Rule groups in the order of their dependencies: the shares, then what is derived from them."""
    parts = ("sli", "meta")
    return [f"sloth-slo-{part}-recordings-{slo.ids['sloth_id']}" for part in parts for slo in slos]


def _check(query: str, expected: Sequence[tuple[str, float]]) -> dict[str, object]:
    samples = [{"labels": labels, "value": tenmillionths(value)} for labels, value in expected]
    return {"expr": TENMILLIONTHS.format(query), "eval_time": f"{END_D}d", "exp_samples": samples}


def _info(slo: Slo, sloth: str) -> dict[str, str]:
    objective = f"{slo.objective:g}"
    return {"sloth_mode": MODE, "sloth_objective": objective, "sloth_spec": SPEC, "sloth_version": sloth}


def _foreign(slo: Slo) -> Iterator[str]:
    for metric in (SHARE, BUDGET, MONTHS_RATE):
        for label in slo.ids:
            for window in FOREIGN_WINDOWS:
                yield selection(metric, {**slo.ids, label: "stranger", "sloth_window": window})
