"""Writes promtool tests of what Sloth records: the share of requests that missed an objective, in each window.

Four days go by in which each stretch of time, one for each window, has another load, and another share of failures,
slow answers and missed scrapes. So every window has a value of its own, and whoever looks back too far or not far
enough gets another.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from stack.monitoring.slo_tests import TENMILLIONTHS, WINDOWS_S, Slo, series, tenmillionths

STEP_S = 60
EVALUATION_S = 25 * 3600
"""From one evaluation to the next. A database of tests drops what is older than a day and a half, and series of which
that is all: one that is recorded anew just then can get lost, so none is without a sample for that long."""

END_S = 3 * EVALUATION_S
EDGES_S = (0, 120, *WINDOWS_S.values(), END_S)
"""Ages at which the share of what is wrong changes."""

TOTAL = (480.0, 600.0, 700.0, 500.0, 800.0, 550.0, 650.0, 750.0, 450.0)
"""Requests in each step of a minute, to each of two services, in each stretch; the youngest first."""

FAILED = (8.0, 3.0, 5.0, 2.0, 7.0, 1.0, 4.0, 6.0, 9.0)
SLOW = {
    "1": (7.0, 2.0, 6.0, 3.0, 9.0, 1.0, 5.0, 4.0, 8.0),
    "0.5": (20.0, 12.0, 16.0, 3.5, 29.0, 11.0, 25.0, 24.0, 18.0),
}
"""What is wrong in each stretch, youngest first: requests a step."""

STRANGE = 600.0
"""Requests in each step to nobody's objective."""

QUIET = 1 / 200
"""How many of those requests there are in the test of a stack that has next to none: one in twenty seconds."""

SCRAPE_S = 30
DOWN = (0, 1, 2, 1, 3, 2, 5, 4, 1)
"""Scrapes that found nobody, in each stretch."""

GONE_S = (60, 90, 120, 150)
"""Ages at which nothing was scraped: for a minute there is no sample, and in the next half of one."""

SECOND_S = 300
SECOND_DOWN_S = (210,)
"""How long there has been a second instance, and ages at which it did not answer."""

Samples = Sequence[float | None]
"""Of the scrapes, the youngest first; None where there was none."""

FAULTLESS = ("gateway",)
"""Services that have no counter of failures before the first: they count the status classes that they met."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an objective's figures come from."""

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

STRANGERS = {
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
"""Figures that are nobody's objective: probes, other jobs."""

STRANGE_UP = {"gateway": 'nginx_up{job="other"}', "mime-server": 'up{job="other"}'}


def recording_test(slos: Sequence[Slo]) -> dict[str, object]:
    """Each window sees its own share of failures."""
    inputs = _inputs(slos[0].service, scale=1.0)
    return _test("each window has its own share of what is wrong", inputs, _requested(slos), _share)


def quiet_test(slos: Sequence[Slo]) -> dict[str, object]:
    """Where there is next to no traffic, a failure weighs as it would at a request a second."""
    inputs = _inputs(slos[0].service, QUIET)
    name = "a failure in the dead of night is held against a request a second"
    return _test(name, inputs, _requested(slos), _quiet_share)


def faultless_tests(slos: Sequence[Slo]) -> Iterator[dict[str, object]]:
    """Where nothing ever failed there is no counter of failures, and still a share: none."""
    service = slos[0].service
    if service in FAULTLESS:
        inputs = [(each, _counter(TOTAL)) for each in SOURCES[service].requests]
        failures = [slo for slo in slos if slo.labels["sli"] == "errors"]
        yield _test("nothing ever failed", inputs, failures, lambda _slo, _window: 0.0)


def availability_test(slos: Sequence[Slo]) -> dict[str, object]:
    """Each window sees the scrapes that found nobody; where there is no scrape, nothing is held against the service."""
    service = slos[0].service
    first, second = _scrapes()
    up = SOURCES[service].up
    inputs = [
        (up % "a", _written(first)),
        (up % "b", _written(second)),
        (STRANGE_UP[service], f"0x{END_S // SCRAPE_S}"),
    ]
    answered = [slo for slo in slos if slo.labels["sli"] == "availability"]
    return _test("each window has its own share of time in which nobody answers", inputs, answered, _away, SCRAPE_S)


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
    for stranger in STRANGERS[service]:
        yield stranger, f"0+{STRANGE * scale!r}x{END_S // STEP_S}"


def _counter(increments: Sequence[float]) -> str:
    """A counter that grows by so much a step in each stretch, in promtool's notation; youngest stretch first."""
    parts, value = ["0"], 0.0
    for grows, (young, old) in reversed(list(zip(increments, _stretches(), strict=True))):
        steps = (old - young) // STEP_S
        parts.append(f"{value + grows!r}+{grows!r}x{steps - 1}")
        value += grows * steps
    return " ".join(parts)


def _scrapes() -> tuple[Samples, Samples]:
    """What the scrapes of two instances found: one is away for a while in each stretch, or not even scraped."""
    first: list[float | None] = [1.0] * (END_S // SCRAPE_S + 1)
    second: list[float | None] = [1.0] * (SECOND_S // SCRAPE_S) + [None] * (len(first) - SECOND_S // SCRAPE_S)
    for down, (young, old) in zip(DOWN, _stretches(), strict=True):
        begin = (young + 2 * old) // 3 // SCRAPE_S
        first[begin : begin + down] = [0.0] * down
    for age in GONE_S:
        first[age // SCRAPE_S] = None
    for age in SECOND_DOWN_S:
        second[age // SCRAPE_S] = 0.0
    return first, second


def _written(samples: Samples) -> str:
    """Samples in promtool's notation, the oldest first."""
    runs = [(value, len(list(run))) for value, run in groupby(reversed(samples))]
    return " ".join(f"_x{length}" if value is None else f"{value:g}x{length - 1}" for value, length in runs)


def _stretches() -> list[tuple[int, int]]:
    return list(pairwise(EDGES_S))


def _share(slo: Slo, window: str) -> float:
    """What is wrong in a window, as a share of all."""
    window_s = WINDOWS_S[window]
    return _wrong(slo, window_s) / _sum(TOTAL, window_s)


def _quiet_share(slo: Slo, window: str) -> float:
    """The same where two services, each with a request in twenty seconds, are held against one request a second."""
    window_s = WINDOWS_S[window]
    return 2 * QUIET * _wrong(slo, window_s) / window_s


def _away(_slo: Slo, window: str) -> float:
    """The time in which nobody answers, as a share of all: minute by minute, of the scrapes that were in each."""
    ages = range(0, WINDOWS_S[window] + 1, STEP_S)  # the minute at its beginning is part of it
    return sum(_missed(samples, age) for samples in _scrapes() for age in ages) / len(ages)


def _missed(samples: Samples, age: int) -> float:
    """The share of scrapes in the minute before that found nobody."""
    minute = samples[age // SCRAPE_S : (age + STEP_S) // SCRAPE_S + 1]
    found = [value for value in minute if value is not None]
    return 1 - sum(found) / len(found) if found else 0.0


def _wrong(slo: Slo, window_s: int) -> float:
    """Requests of one service that missed an objective in a window."""
    wrong: Mapping[str, tuple[float, ...]] = SLOW
    return _sum(FAILED if slo.labels["sli"] == "errors" else wrong[slo.labels["threshold_s"]], window_s)


def _sum(rates: Sequence[float], window_s: int) -> float:
    """What comes together in a window, at so much a step in each stretch."""
    steps = [(old - young) // STEP_S for young, old in _stretches() if old <= window_s]
    return sum(rate * each for rate, each in zip(rates, steps, strict=False))
