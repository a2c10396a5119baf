"""Mistakes in rules and routes are caught by the live drill, each by its own claim."""

from pathlib import Path

import pytest

from tests.defects.patches import DEFECTS, break_stack, prove

_BOUND_S = 600

pytestmark = pytest.mark.engine

# What is said of each. Those of one group do not hide each other, so that they share one stack: it takes two minutes.
AT_WORK = {
    "drill_no_severity": "mail ops@mime-stack.example was told, though nobody promised it that",
    "drill_threshold_doubled": "AssertionError: HighLatency: ",  # it does not fire, or not for long
    "drill_receivers_swapped": "slack #ops-critical was told, though nobody promised it that",
}
AFTERWARDS = {
    "drill_end_not_told": "was never told that it resolved",
    "drill_inhibition_never_equal": 'HighLatency{service="gateway"} ',
}


@pytest.mark.parametrize("said_of", [AT_WORK, AFTERWARDS], ids=["at_work", "afterwards"])
def test_a_mistake_in_alerting_is_caught_by_its_drill(
    said_of: dict[str, str], pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    """Nobody has to read the files: a wrong threshold, label, route or inhibition is seen at the receivers."""
    if pytestconfig.getoption("--profile") != "nightly":
        pytest.skip("drills on a quick clock want the machine for themselves: make nightly, or --profile nightly")
    defects = [DEFECTS[name] for name in said_of]
    (claim,) = {each.claim for each in defects}
    run = prove(claim, break_stack(tmp_path, *defects), tmp_path, "--clock", "60", within_s=_BOUND_S)
    assert run.returncode == 1, run.stdout + run.stderr
    assert f"FAILED {claim}" in run.stdout, run.stdout
    for name, words in said_of.items():
        assert words in run.stdout, f"{name} was not named in:\n{run.stdout}"
