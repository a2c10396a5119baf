"""Generates promtool tests of what Sloth records: the share of requests that missed an objective, in each window.

The tests cover four days, divided into one period per window. Each period has its own load and its own share of
failures, slow answers and missed scrapes, so every window has its own value: a rule that looks back too far, or not far
enough, gets another one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from stack.monitoring.slo_tests import TENMILLIONTHS, WINDOWS_S, Slo, series, tenmillionths

STEP_S = 60
EVALUATION_S = 25 * 3600
"""Time between evaluations. promtool's database drops samples older than a day and a half, and then series without any.
A series that is recorded again at that moment can get lost, so none goes without a sample for that long."""

END_S = 3 * EVALUATION_S
EDGES_S = (0, 120, *WINDOWS_S.values(), END_S)
"""Ages at which the share of failures changes."""

TOTAL = (480.0, 600.0, 700.0, 500.0, 800.0, 550.0, 650.0, 750.0, 450.0)
"""Requests per step of a minute to each of two services, by period, newest first."""

FAILED = (8.0, 3.0, 5.0, 2.0, 7.0, 1.0, 4.0, 6.0, 9.0)
SLOW = {
    "1": (7.0, 2.0, 6.0, 3.0, 9.0, 1.0, 5.0, 4.0, 8.0),
    "0.5": (20.0, 12.0, 16.0, 3.5, 29.0, 11.0, 25.0, 24.0, 18.0),
}
"""Slow requests per step, by threshold and period, newest first."""

FOREIGN_RATE = 600.0
"""Requests per step that belong to no objective."""

QUIET = 1 / 200
"""The fraction of those requests in the test of a nearly idle stack: one request in twenty seconds."""

SCRAPE_S = 30
DOWN = (0, 1, 2, 1, 3, 2, 5, 4, 1)
"""Failed scrapes by period."""

GONE_S = (60, 90, 120, 150)
"""Ages without a scrape: one minute has no sample, and the next minute lacks some."""

SECOND_S = 300
SECOND_DOWN_S = (210,)
"""Since when there has been a second instance, and the ages at which it did not answer."""

Samples = Sequence[float | None]
"""One value per scrape, newest first; None if there was no scrape."""

FAULTLESS = ("gateway",)
"""Services without a counter of failures before the first failure: they count the status classes that occurred."""


@dataclass(frozen=True, slots=True)
class Source:
    """The series that an objective is computed from."""

    requests: tuple[str, str]
    failures: tuple[str, str]
    durations: tuple[str, str]
    up: str


SOURCES = {
    "gateway": Source(
        requests=(
            'http_requests_total{job="public_app", route="/upload", status_class="2xx"}',
            'http_requests_total{job="intranet_api", route="/api/files", status_class="4xx"}',
        ),
        failures=(
            'http_requests_total{job="public_app", route="/upload", status_class="5xx"}',
            'http_requests_total{job="intranet_api", route="/api/files", status_class="5xx"}',
        ),
        durations=(
            'http_request_duration_seconds_%s{job="public_app", route="/upload"%s}',
            'http_request_duration_seconds_%s{job="intranet_api", route="/api/files"%s}',
        ),
        up='nginx_up{job="gateway", instance="%s"}',
    ),
    "mime-server": Source(
        requests=(
            'file_transfers_total{job="mime-server", status="ok"}',
            'file_transfers_total{job="mime-server", status="rejected"}',
        ),
        failures=(
            'file_transfers_total{job="mime-server", status="failed", instance="a"}',
            'file_transfers_total{job="mime-server", status="failed", instance="b"}',
        ),
        durations=(
            'transfer_duration_seconds_%s{job="mime-server", command="SEND"%s}',
            'transfer_duration_seconds_%s{job="mime-server", command="RECEIVE"%s}',
        ),
        up='up{job="mime-server", instance="%s"}',
    ),
}

FOREIGN = {
    "gateway": (
        'http_requests_total{job="public_app", route="/health/ready", status_class="5xx"}',
        'http_requests_total{job="other", route="/", status_class="5xx"}',
        'http_request_duration_seconds_count{job="public_app", route="/health/ready"}',
        'http_request_duration_seconds_count{job="other", route="/"}',
        'http_request_duration_seconds_bucket{job="public_app", route="/health/ready", le="0.5"}',
        'http_request_duration_seconds_bucket{job="public_app", route="/health/ready", le="1.0"}',
        'http_request_duration_seconds_bucket{job="other", route="/", le="0.5"}',
        'http_request_duration_seconds_bucket{job="other", route="/", le="1.0"}',
    ),
    "mime-server": (
        'file_transfers_total{job="other", status="failed"}',
        'transfer_duration_seconds_count{job="other"}',
        'transfer_duration_seconds_bucket{job="other", le="0.5"}',
        'transfer_duration_seconds_bucket{job="other", le="1.0"}',
    ),
}
"""Series that belong to no objective: probes, other jobs."""

FOREIGN_UP = {"gateway": 'nginx_up{job="other"}', "mime-server": 'up{job="other"}'}


def recording_test(slos: Sequence[Slo]) -> dict[str, object]:
    """Each window has its own share of failures."""
    inputs = _inputs(slos[0].service, scale=1.0)
    return _test("each window has its own share of failures", inputs, _requested(slos), _share)


def quiet_test(slos: Sequence[Slo]) -> dict[str, object]:
    """With next to no traffic, a failure counts as it would at one request a second."""
    inputs = _inputs(slos[0].service, QUIET)
    name = "with next to no traffic a failure counts as at one request a second"
    return _test(name, inputs, _requested(slos), _quiet_share)


def faultless_tests(slos: Sequence[Slo]) -> Iterator[dict[str, object]]:
    """If nothing has ever failed there is no counter of failures, but still a share: 0."""
    service = slos[0].service
    if service in FAULTLESS:
        inputs = [(each, _counter(TOTAL)) for each in SOURCES[service].requests]
        failures = [slo for slo in slos if slo.labels["sli"] == "errors"]
        yield _test("nothing has ever failed", inputs, failures, lambda _slo, _window: 0.0)


def availability_test(slos: Sequence[Slo]) -> dict[str, object]:
    """Each window has its own share of failed scrapes; a missing scrape does not count against the service."""
    service = slos[0].service
    first, second = _scrapes()
    up = SOURCES[service].up
    inputs = [
        (up % "a", _written(first)),
        (up % "b", _written(second)),
        (FOREIGN_UP[service], f"0x{END_S // SCRAPE_S}"),
    ]
    answered = [slo for slo in slos if slo.labels["sli"] == "availability"]
    return _test("each window has its own share of time without an answer", inputs, answered, _down_share, SCRAPE_S)


def _requested(slos: Sequence[Slo]) -> list[Slo]:
    return [slo for slo in slos if slo.labels["sli"] != "availability"]


def _test(
    name: str,
    inputs: Iterable[tuple[str, str]],
    slos: Sequence[Slo],
    shares: Callable[[Slo, str], float],
    step_s: int = STEP_S,
) -> dict[str, object]:
    checks = [
        {
            "expr": TENMILLIONTHS.format(f"slo:sli_error:ratio_rate{window}"),
            "eval_time": f"{END_S}s",
            "exp_samples": [
                {"labels": series("", slo, window), "value": tenmillionths(shares(slo, window))} for slo in slos
            ],
        }
        for window in WINDOWS_S
    ]
    given = [{"series": each, "values": values} for each, values in inputs]
    return {"name": name, "interval": f"{step_s}s", "input_series": given, "promql_expr_test": checks}


def _inputs(service: str, scale: float) -> Iterator[tuple[str, str]]:
    source = SOURCES[service]
    for good, bad in zip(source.requests, source.failures, strict=True):
        yield good, _counter([(total - failed) * scale for total, failed in zip(TOTAL, FAILED, strict=True)])
        yield bad, _counter([failed * scale for failed in FAILED])
    for durations in source.durations:
        yield durations % ("count", ""), _counter([total * scale for total in TOTAL])
        for bound, slow in SLOW.items():
            le = f', le="{float(bound)}"'
            in_time = [(total - each) * scale for total, each in zip(TOTAL, slow, strict=True)]
            yield durations % ("bucket", le), _counter(in_time)
    for foreign in FOREIGN[service]:
        yield foreign, f"0+{FOREIGN_RATE * scale!r}x{END_S // STEP_S}"


def _counter(increments: Sequence[float]) -> str:
    """A counter in promtool's notation, from its increments per step by period, newest first."""
    parts, value = ["0"], 0.0
    for grows, (young, old) in reversed(list(zip(increments, _periods(), strict=True))):
        steps = (old - young) // STEP_S
        parts.append(f"{value + grows!r}+{grows!r}x{steps - 1}")
        value += grows * steps
    return " ".join(parts)


def _scrapes() -> tuple[Samples, Samples]:
    """The scrapes of two instances: in each period one is down for a while, or is not scraped at all."""
    first: list[float | None] = [1.0] * (END_S // SCRAPE_S + 1)
    second: list[float | None] = [1.0] * (SECOND_S // SCRAPE_S) + [None] * (len(first) - SECOND_S // SCRAPE_S)
    for down, (young, old) in zip(DOWN, _periods(), strict=True):
        begin = (young + 2 * old) // 3 // SCRAPE_S
        first[begin : begin + down] = [0.0] * down
    for age in GONE_S:
        first[age // SCRAPE_S] = None
    for age in SECOND_DOWN_S:
        second[age // SCRAPE_S] = 0.0
    return first, second


def _written(samples: Samples) -> str:
    """Samples in promtool's notation, oldest first."""
    runs = [(value, len(list(run))) for value, run in groupby(reversed(samples))]
    return " ".join(f"_x{length}" if value is None else f"{value:g}x{length - 1}" for value, length in runs)


def _periods() -> list[tuple[int, int]]:
    return list(pairwise(EDGES_S))


def _share(slo: Slo, window: str) -> float:
    """The share of failures in a window."""
    window_s = WINDOWS_S[window]
    return _missed_requests(slo, window_s) / _sum(TOTAL, window_s)


def _quiet_share(slo: Slo, window: str) -> float:
    """The same for two services, each with a request in twenty seconds, relative to one request a second."""
    window_s = WINDOWS_S[window]
    return 2 * QUIET * _missed_requests(slo, window_s) / window_s


def _down_share(_slo: Slo, window: str) -> float:
    """The share of time without an answer: the mean over minutes of the failed share of their scrapes."""
    ages = range(0, WINDOWS_S[window] + 1, STEP_S)  # includes the minute at its start
    return sum(_failed_share(samples, age) for samples in _scrapes() for age in ages) / len(ages)


def _failed_share(samples: Samples, age: int) -> float:
    """The share of failed scrapes in the minute before."""
    minute = samples[age // SCRAPE_S : (age + STEP_S) // SCRAPE_S + 1]
    found = [value for value in minute if value is not None]
    return 1 - sum(found) / len(found) if found else 0.0


def _missed_requests(slo: Slo, window_s: int) -> float:
    """Requests of one service in a window that missed an objective."""
    slow: Mapping[str, tuple[float, ...]] = SLOW
    return _sum(FAILED if slo.labels["sli"] == "errors" else slow[slo.labels["threshold_s"]], window_s)


def _sum(rates: Sequence[float], window_s: int) -> float:
    """The total in a window, from rates per step by period."""
    steps = [(old - young) // STEP_S for young, old in _periods() if old <= window_s]
    return sum(rate * each for rate, each in zip(rates, steps, strict=False))
