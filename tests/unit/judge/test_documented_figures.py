"""The figures in docs/verdicts.md are those that the judge uses."""

import re
from pathlib import Path

import pytest
from scipy.stats import binom

from stackproof.judge import bounds, more_samples

DOCUMENT = (Path(__file__).parents[3] / "docs" / "verdicts.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    """The rows of the table whose head begins with this column."""
    lines = iter(DOCUMENT.splitlines())
    next(line for line in lines if line.startswith(f"| {heading} |"))
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def _share(cell: str) -> float:
    match = re.match(r"([\d.]+) %", cell)
    assert match, cell
    return float(match[1]) / 100


@pytest.mark.parametrize("row", _rows("target"), ids=lambda row: row[0])
def test_the_documented_sample_sizes_hold(row: list[str]) -> None:
    """Who plans a load by the table has the samples that decide: not one too few, not one too many."""
    target = round(_share(row[0]), 6)
    needed = [failures + more_samples(failures, failures, target) for failures in (0, 1, 2, 5, 10)]
    assert [int(cell) for cell in row[1:]] == needed


@pytest.mark.parametrize("row", _rows("truly bad"), ids=lambda row: row[0])
def test_the_documented_error_rates_hold(row: list[str]) -> None:
    """The chances of each verdict are those of the binomial distribution, to the digits shown."""
    n, target = 6000, 0.999
    most_to_pass = max(failures for failures in range(20) if bounds(n, failures).lower >= target)
    least_to_fail = min(failures for failures in range(20) if bounds(n, failures).upper < target)
    passes = binom.cdf(most_to_pass, n, _share(row[0]))
    fails = binom.sf(least_to_fail - 1, n, _share(row[0]))
    assert least_to_fail == 11
    assert row[1:] == [
        f"{passes:.0%}".replace("%", " %"),
        f"{1 - passes - fails:.0%}".replace("%", " %"),
        f"{fails * 100:.4f} %",
    ]
