"""A person reads the verdict on a terminal, wide or narrow, or in a log file."""

from dataclasses import replace

import pytest

from stackproof.judge import RunJudgement
from stackproof.report.terminal import table

NARROW = """\
objective             good, %      95 % bounds requests verdict
sla-shop-availability     100     99.9501..100    6,000 PASS
sla-shop-latency           50 48.9295..51.0705    5,994 FAIL
slo-shop-errors          99.9 99.8027..99.9564    6,000 FAIL *
slo-shop-latency           50 48.9295..51.0705    5,994 FAIL *
* reported, does not decide this run
 - slo-shop-errors: at most 99.9564 % of requests end as they should; 99.99 % is
   promised
 - slo-shop-latency: at most 51.0705 % of answers come within 0.5 s; 95 % is
   promised; p95 is 1.5 s

probes of liveness      readiness
shop      PASS 0.0125 s PASS 0.0125 s

fault latency front/shop:80 latency_ms=1500 confirmed: 1.5 s instead of 0.02 s;
healed

Verdict: FAIL
 - sla-shop-latency: at most 51.0705 % of answers come within 1 s; 95 % is
   promised; p95 is 1.5 s
"""


def test_the_table_shows_everything_in_80_columns(judgement: RunJudgement) -> None:
    """Each objective with what was seen, proved and decided; probes; faults; the verdict and its reasons."""
    assert table(judgement, 80) == NARROW


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_longer_than_the_terminal(judgement: RunJudgement, width: int) -> None:
    """Nothing wraps in the middle of a number, and nothing is cut off with dots, however long the names."""
    names = [f"slo-mime-server-availability-{net}" for net in ("private_net", "public_net")]
    first = judgement.objectives[0]
    long = tuple(replace(first, objective=replace(first.objective, id=name), gates=False) for name in names)
    text = table(replace(judgement, objectives=(*judgement.objectives, *long)), width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text


def test_a_log_file_gets_no_colours(judgement: RunJudgement) -> None:
    """Escape sequences are for terminals, where a FAIL should stand out."""
    assert "\x1b" not in table(judgement, 80)
    assert "\x1b[1;31mFAIL" in table(judgement, 80, colour=True)


def test_a_run_without_anything_has_a_verdict(judgement: RunJudgement) -> None:
    """If nothing was measured, the table still says how it ended and why."""
    empty = replace(judgement, objectives=(), probes=(), faults=(), reasons=("nothing was shown",))
    assert table(empty, 80) == "\nVerdict: FAIL\n - nothing was shown\n"


def test_what_was_not_measured_takes_one_line(judgement: RunJudgement) -> None:
    """A run of probes alone is not buried under objectives for which it had no load."""
    unmeasured = tuple(replace(each, n=0, gates=False) for each in judgement.objectives[:3])
    text = table(replace(judgement, objectives=(*unmeasured, judgement.objectives[3])), 80)
    assert "3 objectives were not measured: no load was put on their links" in text
    assert "sla-shop-availability" not in text


def test_a_long_word_is_folded(judgement: RunJudgement) -> None:
    """The id of a test is shown whole, however narrow the terminal: people paste it."""
    name = "suites/health/test_restart.py::test_" + "x" * 90
    text = table(replace(judgement, reasons=(name,)), 60)
    assert name in text.replace("\n   ", "")
