"""Live drills catch mistakes in rules and routes, each with its own message."""

from pathlib import Path

import pytest

from tests.defects.patches import DEFECTS, break_stack, prove

_BOUND_S = 600

pytestmark = pytest.mark.engine

# The message for each. Defects of one group do not hide each other, so they share one stack, which takes two minutes.
AT_WORK = {
    "drill_no_severity": "mail ops@mime-stack.example was notified, though no drill promises that",
    "drill_threshold_doubled": "AssertionError: HighLatency: ",  # it does not fire, or not for long
    "drill_receivers_swapped": "slack #ops-critical was notified, though no drill promises that",
}
AFTERWARDS = {
    "drill_end_not_told": "was never notified that it resolved",
    "drill_inhibition_never_equal": 'HighLatency{service="gateway"} ',
}


@pytest.mark.parametrize("messages", [AT_WORK, AFTERWARDS], ids=["at_work", "afterwards"])
def test_a_mistake_in_alerting_is_caught_by_its_drill(
    messages: dict[str, str], pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    """A wrong threshold, label, route or inhibition shows at the receivers, without a look at the files."""
    if pytestconfig.getoption("--profile") != "nightly":
        pytest.skip("drills on a fast clock need an idle machine: make nightly, or --profile nightly")
    defects = [DEFECTS[name] for name in messages]
    (claim,) = {each.claim for each in defects}
    run = prove(claim, break_stack(tmp_path, *defects), tmp_path, "--clock", "60", within_s=_BOUND_S)
    assert run.returncode == 1, run.stdout + run.stderr
    assert f"FAILED {claim}" in run.stdout, run.stdout
    for name, words in messages.items():
        assert words in run.stdout, f"{name} was not named in:\n{run.stdout}"
