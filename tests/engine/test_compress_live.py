"""Compressed rules evaluated by Prometheus' own engine: promtool in virtual time."""

import io
import re
from dataclasses import dataclass
from itertools import pairwise

import pytest
from ruamel.yaml import YAML

from stackproof.alerts.compression.compressed_files import compress_rules
from stackproof.declare.prometheus.syntax import duration_s
from stackproof.tools.promtool import RuleTestCase, run_rule_tests

pytestmark = pytest.mark.engine

FACTOR = 60
MINUTES = 150
_FIRING = re.compile(r"alertname: (\w+), time: (\w+),")

RULES = """\
groups:
  - name: records
    rules:
      - {record: 'errors:ratio_rate5m', expr: 'sum(rate(bad[5m])) / sum(rate(all[5m]))'}
      - {record: 'errors:ratio_rate30m', expr: 'sum(rate(bad[30m])) / sum(rate(all[30m]))'}
      - {record: 'errors:ratio_rate2h', expr: 'sum(rate(bad[2h])) / sum(rate(all[2h]))'}
  - name: alerts
    rules:
      - {alert: Down, expr: up == 0, for: 5m}
      - {alert: KeptFiring, expr: up == 0, for: 2m, keep_firing_for: 10m}
      - {alert: ErrorRatio, expr: 'sum(rate(bad[5m])) / sum(rate(all[5m])) > 0.055', for: 2m}
      - alert: Burn
        expr: |
          (errors:ratio_rate5m > (14.4 * 0.01) and errors:ratio_rate30m > (14.4 * 0.01))
          or (errors:ratio_rate30m > (6 * 0.01) and errors:ratio_rate2h > (2 * 0.01))
      - alert: Budget
        expr: sum_over_time(errors:ratio_rate5m[1h]) / count_over_time(errors:ratio_rate5m[1h]) > 0.06
      - {alert: HalfOfBefore, expr: 'sum(rate(all[10m])) < 0.55 * sum(rate(all[10m] offset 30m))', for: 1m}
      - {alert: WorstOf, expr: 'max_over_time((sum(rate(bad[5m])) / sum(rate(all[5m])))[30m:5m]) > 0.18'}
      - {alert: NeverBelow, expr: 'min_over_time((level > 1)[15m:] offset 5m) > 40'}
      - {alert: Count, expr: 'increase(bad[30m]) > 3333'}
      - {alert: PerSecond, expr: 'rate(bad[10m]) > 2.5', for: 3m}
      - {alert: FullSoon, expr: 'predict_linear(free[30m], 2 * 3600) < 0', for: 5m}
      - {alert: Climbs, expr: 'deriv(level[15m]) > 0.011'}
      - {alert: Leapt, expr: 'delta(level[20m]) > 31'}
      - {alert: Flaps, expr: 'changes(up[40m]) > 2.5'}
      - {alert: FewSamples, expr: 'count_over_time(gone[20m]) < 10'}
      - {alert: Gone, expr: 'absent_over_time(gone[10m])', for: 2m}
      - {alert: Stale, expr: 'time() - last_backup > 1830'}
      - {alert: StaleToo, expr: 'last_backup < time() - 40.5 * 60', for: 1m}
      - {alert: Slow, expr: 'histogram_quantile(0.9, sum by (le) (rate(took_bucket[5m]))) > 0.61', for: 2m}
"""


@dataclass(frozen=True)
class Recorded:
    """A series with a sample a minute.

    Attributes:
        name: The series.
        values: Its samples; None where there is none.
        grows: True for what grows with time: counters under real load, and moments. A second has a sixtieth of a
            minute's growth. Gauges go through the same states in a sixtieth of the time.
    """

    name: str
    values: tuple[float | None, ...]
    grows: bool = False

    def series(self, factor: float) -> dict[str, str]:
        """The series as promtool reads it, in a world that runs this many times faster."""
        scale = factor if self.grows else 1
        return {
            "series": self.name,
            "values": " ".join("_" if value is None else repr(value / scale) for value in self.values),
        }


def _counter(name: str, *phases: tuple[int, float]) -> Recorded:
    """A counter that grows by this much a minute for this many minutes."""
    values = [0.0]
    for minutes, growth in phases:
        before = values[-1]
        values += [before + growth * minute for minute in range(1, minutes + 1)]
    return Recorded(name, tuple(values), grows=True)


def _gauge(name: str, *phases: tuple[int, float | None]) -> Recorded:
    return Recorded(name, tuple(value for minutes, value in phases for _ in range(minutes)))


def _slope(name: str, *corners: tuple[int, float]) -> Recorded:
    values: list[float | None] = []
    for (start, low), (end, high) in pairwise(corners):
        values.extend(low + (high - low) * step / (end - start) for step in range(end - start))
    return Recorded(name, tuple(values))


SERIES = (
    _gauge('up{job="a"}', (20, 1), (9, 0), (30, 1), (3, 0), (5, 1), (3, 0), (80, 1)),
    _counter('bad{job="a"}', (30, 0), (10, 70), (15, 250), (95, 10)),
    _counter('all{job="a"}', (70, 1000), (30, 400), (50, 1000)),
    _slope('level{job="a"}', (0, 0), (30, 5), (60, 60), (90, 50), (150, 5)),
    _slope('free{job="a"}', (0, 1000), (40, 900), (80, 300), (120, 290), (150, 900)),
    _gauge('gone{job="a"}', (40, 1), (30, None), (10, 1), (70, None)),
    Recorded("last_backup", tuple(float(minute // 50 * 50 * 60) for minute in range(MINUTES)), grows=True),
    _counter('took_bucket{le="0.5"}', (60, 100), (20, 20), (70, 100)),
    _counter('took_bucket{le="1"}', (60, 105), (20, 95), (70, 105)),
    _counter('took_bucket{le="+Inf"}', (60, 110), (20, 100), (70, 110)),
)


def _case(name: str, rules: str, factor: float) -> RuleTestCase:
    """Queries at every minute whether each alert fires and claims that none does, so that promtool reports which do."""
    step_ms = round(60_000 / factor)
    names = re.findall(r"alert: (\w+)", RULES)
    asked = [
        {"eval_time": f"{minute * step_ms}ms", "alertname": alert, "exp_alerts": []}
        for alert in names
        for minute in range(MINUTES)
    ]
    test = {
        "interval": f"{step_ms}ms",
        "input_series": [recorded.series(factor) for recorded in SERIES],
        "alert_rule_test": asked,
    }
    text = io.StringIO()
    YAML(typ="safe").dump(
        {
            "rule_files": ["rules.yml"],
            "evaluation_interval": f"{step_ms}ms",
            "group_eval_order": ["records", "alerts"],
            "tests": [test],
        },
        text,
    )
    return RuleTestCase(name, {"rules.yml": rules, "test.yml": text.getvalue()}, ("test.yml",))


def _firing(said: str, factor: float) -> dict[str, set[int]]:
    """The minutes of the original in which each alert fires."""
    found: dict[str, set[int]] = {}
    for alert, time in _FIRING.findall(said):
        found.setdefault(alert, set()).add(round((duration_s(time) or 0.0) * factor / 60))
    return found


def test_a_compressed_rule_fires_exactly_when_the_original_does() -> None:
    """At each of 150 minutes, or seconds, each alert fires in both worlds or in neither."""
    cases = (_case("original", RULES, 1), _case("compressed", compress_rules(RULES, FACTOR), FACTOR))
    said = run_rule_tests(cases, jobs=2)
    original, compressed = _firing(said["original"][0], 1), _firing(said["compressed"][0], FACTOR)
    for alert in re.findall(r"alert: (\w+)", RULES):
        minutes = original.get(alert, set())
        assert 0 < len(minutes) < MINUTES, f"{alert} fires in {len(minutes)} of {MINUTES} minutes, which shows nothing"
        assert compressed.get(alert) == minutes, f"{alert} fires at other times: {compressed.get(alert)} not {minutes}"


def test_a_rule_that_is_not_compressed_fires_at_other_times() -> None:
    """The claim above can fail: the original rules on the compressed series fire at other times."""
    cases = (_case("original", RULES, 1), _case("compressed", RULES, FACTOR))
    said = run_rule_tests(cases, jobs=2)
    original, wrong = _firing(said["original"][0], 1), _firing(said["compressed"][0], FACTOR)
    same = [alert for alert, minutes in original.items() if wrong.get(alert) == minutes]
    assert not same
