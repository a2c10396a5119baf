"""The level from which a finding fails a check."""

from dataclasses import replace

import pytest

from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.sifting.fail_on import FailOn
from tests.unit.alerts.sifting.sifting import finding

FAILS = {
    FailOn.ERROR: {"error certain"},
    FailOn.WARNING: {"error certain", "warning certain", "warning likely", "warning advice"},
    FailOn.INFO: {f"{severity} {confidence}" for severity in Severity for confidence in Confidence},
    FailOn.CERTAIN: {"error certain", "warning certain", "info certain"},
    FailOn.LIKELY: {f"{severity} {confidence}" for severity in Severity for confidence in ("certain", "likely")},
    FailOn.ADVICE: {f"{severity} {confidence}" for severity in Severity for confidence in Confidence},
    FailOn.NEVER: set[str](),
}


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("confidence", Confidence)
@pytest.mark.parametrize("level", FailOn)
def test_a_level_fails_on_what_is_at_or_above_it(level: FailOn, severity: Severity, confidence: Confidence) -> None:
    """A severity looks at severities alone, a confidence at confidences alone; nothing found never fails."""
    assert not level.is_met([])
    if (severity, confidence == Confidence.CERTAIN) != (Severity.ERROR, False):
        found = replace(finding("a"), severity=severity, confidence=confidence)
        assert level.is_met([found]) == (f"{severity} {confidence}" in FAILS[level])
