"""Writes promtool tests of what Sloth records: the share of requests that missed an objective, in each window.

Four days go by in which each stretch of time, one for each window, has another share of failures, slow answers and
missed scrapes. So every window has a value of its own, and whoever looks back too far or not far enough gets another.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from stack.monitoring.slo_tests import WINDOWS_S, Slo, series

STEP_S = 60
END_S = 4 * 86400
EDGES_S = (0, *WINDOWS_S.values(), END_S)
"""Ages at which the share of what is wrong changes."""

TOTAL = 600.0
"""Requests in each step of a minute, to each of two services."""

FAILED = (3.0, 5.0, 2.0, 7.0, 1.0, 4.0, 6.0, 9.0)
SLOW = {"1": (2.0, 6.0, 3.0, 9.0, 1.0, 5.0, 4.0, 8.0), "0.5": (12.0, 16.0, 3.5, 29.0, 11.0, 25.0, 24.0, 18.0)}
DOWN = (1, 2, 1, 3, 2, 5, 4, 1)
"""What is wrong in each stretch, youngest first: requests a step, and missed scrapes in all."""

QUIET = 1 / 200
"""How many of those requests there are in the test of a stack that has next to none: one in twenty seconds."""


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
        up='nginx_up{job="gateway"}',
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
        up='up{job="mime-server"}',
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
    return _test(slos, "each window has its own share of what is wrong", scale=1.0, shares=_share)


def quiet_test(slos: Sequence[Slo]) -> dict[str, object]:
    """Where there is next to no traffic, a failure weighs as it would at a request a second."""
    return _test(slos, "a failure in the dead of night is held against a request a second", QUIET, _quiet_share)


def _test(slos: Sequence[Slo], name: str, scale: float, shares: Callable[[Slo, str], float]) -> dict[str, object]:
    service = slos[0].service
    end = f"{END_S}s"
    checks = [
        {
            "expr": f"round(1e7 * max without (sloth_window) (slo:sli_error:ratio_rate{window}))",
            "eval_time": end,
            "exp_samples": [_sample(slo, round(1e7 * shares(slo, window))) for slo in slos],
        }
        for window in WINDOWS_S
    ]
    inputs = [{"series": each, "values": values} for each, values in _inputs(service, scale)]
    return {"name": name, "interval": f"{STEP_S}s", "input_series": inputs, "promql_expr_test": checks}


def _sample(slo: Slo, value: float) -> dict[str, object]:
    return {"labels": series("", slo, "5m").replace(', sloth_window="5m"', ""), "value": value}


def _inputs(service: str, scale: float) -> Iterator[tuple[str, str]]:
    source = SOURCES[service]
    for good, bad in zip(source.requests, source.failures, strict=True):
        yield good, _counter([(TOTAL - failed) * scale for failed in FAILED])
        yield bad, _counter([failed * scale for failed in FAILED])
    for durations in source.durations:
        yield durations % ("count", ""), _counter([TOTAL * scale] * len(FAILED))
        for bound, slow in SLOW.items():
            le = f', le="{float(bound)}"'
            yield durations % ("bucket", le), _counter([(TOTAL - each) * scale for each in slow])
    yield source.up, _scrapes()
    for stranger in STRANGERS[service]:
        yield stranger, _counter([TOTAL * scale] * len(FAILED))
    yield STRANGE_UP[service], f"0x{END_S // STEP_S}"


def _counter(increments: Sequence[float]) -> str:
    """A counter that grows by so much a step in each stretch, in promtool's notation; youngest stretch first."""
    parts, value = ["0"], 0.0
    for grows, (young, old) in reversed(list(zip(increments, _stretches(), strict=True))):
        steps = (old - young) // STEP_S
        parts.append(f"{value + grows!r}+{grows!r}x{steps - 1}")
        value += grows * steps
    return " ".join(parts)


def _scrapes() -> str:
    """Scrapes that succeeded, but for a few in the middle of each stretch."""
    parts = ["1"]
    for down, (young, old) in reversed(list(zip(DOWN, _stretches(), strict=True))):
        steps = (old - young) // STEP_S
        before = (steps - down) // 2
        parts += [f"1x{before - 1}", f"0x{down - 1}", f"1x{steps - down - before - 1}"]
    return " ".join(parts)


def _stretches() -> list[tuple[int, int]]:
    return list(pairwise(EDGES_S))


def _share(slo: Slo, window: str) -> float:
    """What is wrong in a window, as a share of all."""
    window_s = WINDOWS_S[window]
    if slo.labels["sli"] == "availability":
        return sum(_within(DOWN, window_s)) / (window_s // STEP_S + 1)  # the step at its beginning is part of it
    return _wrong(slo, window_s) / (TOTAL * (window_s // STEP_S))


def _quiet_share(slo: Slo, window: str) -> float:
    """The same where two services, each with a request in twenty seconds, are held against one request a second."""
    window_s = WINDOWS_S[window]
    if slo.labels["sli"] == "availability":
        return _share(slo, window)
    return 2 * QUIET * _wrong(slo, window_s) / window_s


def _wrong(slo: Slo, window_s: int) -> float:
    """Requests of one service that missed an objective in a window."""
    wrong: Mapping[str, tuple[float, ...]] = SLOW
    rates = FAILED if slo.labels["sli"] == "errors" else wrong[slo.labels["threshold_s"]]
    steps = [(old - young) // STEP_S for young, old in _stretches()]
    return sum(_within([rate * each for rate, each in zip(rates, steps, strict=True)], window_s))


def _within(values: Sequence[float], window_s: int) -> Sequence[float]:
    return [value for value, (_, old) in zip(values, _stretches(), strict=True) if old <= window_s]
