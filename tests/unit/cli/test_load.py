"""load: open-loop load on one target."""

from collections.abc import Iterator

import pytest

from tests.tiny_servers import AnswersHttp, ClosesWordless, serving
from tests.unit.cli.commands import run

SLOW = {True: 0, False: 3}
"""The exit code, by whether the generator kept up: on a slow machine a small load may be late, too."""


@pytest.fixture
def url() -> Iterator[str]:
    """A web server that answers."""
    with serving(AnswersHttp) as address:
        yield f"http://{address}/"


def test_json_has_a_fixed_shape(url: str) -> None:
    """Other programs rely on these keys; nothing else is printed."""
    done = run("load", url, "--rate", "50", "--duration", "0.4s", "--json")
    result = done.json()
    assert (done.code, done.err) == (SLOW[result["kept_up"]], "")
    assert list(result) == [
        "target",
        "schedule",
        "rate_per_s",
        "duration_s",
        "planned",
        "sent",
        "achieved_rate_per_s",
        "ok",
        "errors",
        "latency_ms",
        "lag_p99_ms",
        "dropped",
        "kept_up",
    ]
    assert list(result["latency_ms"]) == ["p50", "p90", "p95", "p99", "max"]
    assert (result["target"], result["schedule"], result["planned"], result["ok"]) == (url, "constant", 20, 20)
    assert result["errors"] == {}


def test_the_result_is_shown_and_failures_are_no_error_of_the_command(url: str) -> None:
    """The load was put on the target, whatever the target made of it."""
    done = run("load", url, "--rate", "20", "--duration", "0.25", "--expect", "not in any answer")
    assert done.code == SLOW["FELL BEHIND" not in done.out]
    assert done.err == f"5 requests in 0.25 s to {url}\n"
    assert "ok       0" in done.out
    assert "errors   wrong 5" in done.out


def test_a_generator_that_fell_behind_proves_nothing(url: str) -> None:
    """Exit code 3: one process cannot send so many."""
    done = run("load", url, "--rate", "400000", "--duration", "0.25s", "--deadline", "1s", "--json")
    assert done.code == 3
    assert done.json()["kept_up"] is False


def test_each_kind_of_failure_is_counted() -> None:
    """By its name in the errors."""
    with serving(ClosesWordless) as address:
        done = run("load", f"http://{address}/", "--rate", "20", "--duration", "0.2s", "--json")
    assert done.code == SLOW[done.json()["kept_up"]]
    assert sum(done.json()["errors"].values()) == 4
    assert set(done.json()["latency_ms"].values()) == {None}
