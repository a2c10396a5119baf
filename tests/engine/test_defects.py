"""Each seeded defect of the shipped stack is caught by the claim that its patch names."""

from pathlib import Path

import pytest

from tests.defects.patches import DEFECTS, Defect, prove

# Each starts its own stack, which takes half a minute: these three represent service levels, probes and chaos.
QUICK = frozenset({"acknowledged_before_whole", "probe_always_yes", "sent_again_after_an_error"})
_BOUND_S = 600

pytestmark = pytest.mark.engine


def _is_about_alerting(defect: Defect) -> bool:
    return "test_drills" in defect.claim  # covered by test_drill_defects


@pytest.mark.parametrize(
    "defect", [each for each in DEFECTS.values() if not _is_about_alerting(each)], ids=lambda defect: defect.name
)
def test_a_seeded_defect_is_caught_by_its_claim(defect: Defect, pytestconfig: pytest.Config, tmp_path: Path) -> None:
    """A harness that always passes is worthless: on a stack broken on purpose, the named claim fails."""
    if defect.name not in QUICK and pytestconfig.getoption("--profile") != "nightly":
        pytest.skip("by day three represent all; run all with make nightly, or --profile nightly")
    run = prove(defect.claim, defect.break_stack(tmp_path), tmp_path, within_s=_BOUND_S)
    assert run.returncode == 1, run.stdout + run.stderr
    assert f"FAILED {defect.claim}" in run.stdout, run.stdout
