"""Metrics keep their promises: they exist, are true and bounded, and serve every rule and every panel."""

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from stackproof import (
    Background,
    Constant,
    Count,
    ExpectedGrowth,
    HttpRequest,
    InconclusiveError,
    LoadPlan,
    LoadResult,
    MetricsPage,
    Outcome,
    ProbeKind,
    PromisedPage,
    Run,
    Schedule,
    Series,
    Trust,
    Upload,
    lint_metrics,
    monitoring_queries,
    queries_without_data,
    read_promised_metrics,
    wait_until,
)
from suites.contract.pages import (
    ANSWERS_WITHIN_S,
    APP_PATHS,
    MONITORING,
    PAGE_PATHS,
    http_junk,
    mime_junk,
    read_page,
    read_pages,
    scraped_from,
    with_junk,
)
from suites.loads import DEADLINE_S, LAG_LIMIT_S, LONG_ENOUGH_S

GATEWAY, PUBLIC, PRIVATE = "public_net/gateway:443", "public_net/mime-server:65432", "private_net/mime-server:65432"
PROMISES = MONITORING / "metrics.yaml"
FILE_BYTES = 2048
BODY = "a file from a form"
FORM = f'--x\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: text/plain\r\n\r\n{BODY}\r\n--x--\r\n'
FILE, REFUSED = Upload(FILE_BYTES), Upload(FILE_BYTES, "application/x-tar")
COUNTED, MEANWHILE = Constant(rate_per_s=20, duration_s=3), Constant(rate_per_s=5, duration_s=LONG_ENOUGH_S)
PAUSE_S = 0.1
OTHERS_PER_S = 6.0
"""Probes ask the gateway, too, and so does the exporter at each scrape, at most twice a second."""
MOST_TIMES_SLOWER = 10
"""A service measures less time than its client, and some of it after its answer was sent."""
DATA_WITHIN_S = 600.0
"""A rate needs two scrapes, and a recorded metric evaluations after them: two minutes in real time."""


Promised = tuple[PromisedPage, ...]


@pytest.fixture(scope="module")
def promised() -> Promised:
    """The metrics that the stack promises."""
    return read_promised_metrics(PROMISES)


def _pages(stack: Run, name: str, path: str, schedule: Schedule = COUNTED) -> LoadPlan:
    return _plan(name, f"https://{stack.entry(GATEWAY)}{path}", schedule, request=HttpRequest(trust=Trust.ANYONE))


def _forms(stack: Run, name: str, schedule: Schedule = COUNTED) -> LoadPlan:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    request = HttpRequest("POST", headers, FORM, trust=Trust.ANYONE)
    return _plan(name, f"https://{stack.entry(GATEWAY)}/upload", schedule, request=request)


def _files(stack: Run, name: str, link: str, upload: Upload = FILE, schedule: Schedule = COUNTED) -> LoadPlan:
    return _plan(name, f"mime://{stack.entry(link)}", schedule, request=upload)


def _plan(name: str, target: str, schedule: Schedule, *, request: HttpRequest | Upload) -> LoadPlan:
    return LoadPlan(target, schedule, name, request, DEADLINE_S, lag_limit_s=LAG_LIMIT_S)


def _all_ended(result: LoadResult, outcome: Outcome) -> int:
    """How many requests a load sent, all with this outcome: of a request that was given up, the count is unknown."""
    ended = {Outcome.OK.value: result.summary.ok, **result.summary.errors}
    if set(ended) - {Outcome.OK.value} - {outcome.value} or ended.get(outcome.value) != result.report.sent:
        raise InconclusiveError(f"expected every request of {result.plan.name} to end as {outcome}, saw {ended}")
    return result.report.sent


def _disagreements(stack: Run, before: MetricsPage, job: str, counts: Sequence[ExpectedGrowth]) -> list[str]:
    """What still disagrees when nothing is on its way any more: a service may count an answer after it was sent."""
    place = scraped_from(stack)[job]

    def look() -> list[str]:
        return read_page(place).disagreements_since(before, counts)

    return wait_until(look, lambda wrong: not wrong, within_s=ANSWERS_WITHIN_S, poll_s=PAUSE_S).seen


def test_every_job_of_prometheus_has_promised_metrics(stack: Run, promised: Promised) -> None:
    """Prometheus scrapes no job that promises nothing."""
    assert {page.job for page in promised} == set(scraped_from(stack))


def test_counters_agree_with_what_was_sent(stack: Run, count: Count) -> None:
    """Counters of requests, files and bytes grow by exactly what the load generator counted.

    No counter falls meanwhile, and durations are in the unit of their name.
    """
    began_s, before = time.monotonic(), read_pages(stack)
    pages, unknown, forms, over_public, over_private, refused = stack.load(
        _pages(stack, "pages", "/"),
        _pages(stack, "pages that are not there", "/nothing"),
        _forms(stack, "forms"),
        _files(stack, "files over public_net", PUBLIC),
        _files(stack, "files over private_net", PRIVATE),
        _files(stack, "files of a type that is refused", PUBLIC, REFUSED),
    )
    with stack.fault(f"down {PUBLIC}"):
        (failing,) = stack.load(_forms(stack, "forms for nobody"))
    stack.service("public_app").wait_until(ProbeKind.READINESS, answers=True, within_s=ANSWERS_WITHIN_S)
    shown, stored = _all_ended(pages, Outcome.OK), _all_ended(forms, Outcome.OK)
    missing, rejected = _all_ended(unknown, Outcome.REJECTED), _all_ended(refused, Outcome.REJECTED)
    failed = _all_ended(failing, Outcome.UNAVAILABLE)
    files = sum(_all_ended(each, Outcome.OK) for each in (over_public, over_private))

    requests, durations = "http_requests_total", "http_request_duration_seconds_count"
    counts = {
        "public_app": (
            ExpectedGrowth(Series.of(requests, route="/", method="GET"), shown),
            ExpectedGrowth(Series.of(requests, route="/", status_class="2xx"), shown),
            ExpectedGrowth(Series.of(requests, route="unmatched", status_class="4xx"), missing),
            ExpectedGrowth(Series.of(requests, route="/upload", method="POST", status_class="2xx"), stored),
            ExpectedGrowth(Series.of(requests, route="/upload", method="POST", status_class="5xx"), failed),
            ExpectedGrowth(Series.of(durations, route="/"), shown),
            ExpectedGrowth(Series.of(durations, route="/upload"), stored + failed),
        ),
        "mime-server": (
            ExpectedGrowth(Series.of("file_transfers_total", status="ok"), stored + files),
            ExpectedGrowth(Series.of("file_transfers_total", status="rejected"), rejected),
            ExpectedGrowth(Series.of("file_transfers_total", status="failed"), 0),
            ExpectedGrowth(Series.of("file_transfers_total", status="aborted"), 0),
            ExpectedGrowth(Series.of("transfer_duration_seconds_count", command="SEND"), stored + files + rejected),
            ExpectedGrowth(Series.of("stored_files"), stored + files),
            ExpectedGrowth(Series.of("stored_bytes"), stored * len(BODY) + files * FILE_BYTES),
        ),
    }
    wrong = [
        f"{job}: {each}" for job, wanted in counts.items() for each in _disagreements(stack, before[job], job, wanted)
    ]
    assert wrong == []

    after, took_s = read_pages(stack), time.monotonic() - began_s
    assert [each for job in before for each in after[job].fallen_since(before[job])] == []
    sent = shown + missing + stored + failed
    counted = after["gateway"].growth_since(before["gateway"], Series.of("nginx_http_requests_total"))
    assert sent <= counted <= sent + OTHERS_PER_S * took_s
    for job, name, names in (
        ("public_app", "http_request_duration_seconds_sum", {"pages", "pages that are not there", "forms"}),
        ("mime-server", "transfer_duration_seconds_sum", {"files over public_net", "files over private_net"}),
    ):
        waited_s = sum(sample.latency_s for sample in stack.samples if sample.stream in names)
        assert 0 < after[job].growth_since(before[job], Series.of(name)) < MOST_TIMES_SLOWER * waited_s, name
    count("requests that metrics agree with", sent + files + rejected)


def test_every_promised_metric_exists(stack: Run, promised: Promised, count: Count) -> None:
    """With its type, labels, unit and help; and services of ours export no other metric."""
    seen = read_pages(stack)
    assert [wrong for page in promised for wrong in seen[page.job].broken_promises(page)] == []
    count("promised metrics", sum(len(page.metrics) for page in promised))


def test_our_pages_pass_promtool(stack: Run, promised: Promised) -> None:
    """Promtool finds no fault in a name, unit or help, where the names are ours to choose."""
    ours = [page.job for page in promised if page.complete]
    assert lint_metrics({job: page for job, page in read_pages(stack).items() if job in ours}) == []


@pytest.fixture(scope="module")
def prometheus_url(stack: Run) -> Iterator[str]:
    """Where the stack's Prometheus is, while the stack is under load."""
    loads = (
        _pages(stack, "more pages", "/", MEANWHILE),
        _forms(stack, "more forms", MEANWHILE),
        _files(stack, "more files", PUBLIC, schedule=MEANWHILE),
    )
    with Background(stack, loads).running():
        yield f"http://{stack.engine.direct('prometheus', 9090)}"


@pytest.mark.usefixtures("prometheus_url")
def test_hostile_input_makes_no_series(stack: Run, promised: Promised, seed: int, count: Count) -> None:
    """Made-up paths, methods, types, names, users and headers are in no label of any service.

    And where everything exported is promised, more of them create no new series.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret is made of it
    first, sent = _after_hostile_input(stack, chance)
    second, more = _after_hostile_input(stack, chance)
    assert [f"{job}: {series}" for job, page in second.items() for series in with_junk(page)] == []
    ours = [page.job for page in promised if page.complete]
    assert [f"{job}: {each}" for job in ours for each in second[job].new_series_since(first[job])] == []
    count("hostile requests", sent + more)


def _after_hostile_input(stack: Run, chance: random.Random) -> tuple[Mapping[str, MetricsPage], int]:
    sent = http_junk(stack.entry(GATEWAY), APP_PATHS, chance, tls=True)
    for app in ("public_net/public_app:5000", "public_net/intranet_api:5001"):
        sent += http_junk(stack.entry(app), APP_PATHS, chance)
    sent += sum(http_junk(place, PAGE_PATHS, chance) for place in scraped_from(stack).values())
    sent += sum(mime_junk(stack.entry(link), chance) for link in (PUBLIC, PRIVATE))
    return read_pages(stack), sent


def test_every_expression_has_data_under_load(stack: Run, prometheus_url: str, count: Count) -> None:
    """No rule and no panel asks for data that never exists."""
    rules, boards = MONITORING.glob("rules/*.yaml"), MONITORING.glob("grafana/dashboards/*.json")
    queries = monitoring_queries(sorted(rules), sorted(boards), stack.settings.clock)
    assert queries_without_data(prometheus_url, queries, DATA_WITHIN_S) == []
    count("expressions with data", len(queries))


def test_an_expression_without_data_is_named_with_its_place(prometheus_url: str, tmp_path: Path) -> None:
    """Seen to fail: a rule and a panel use a real metric with a label value that no series has."""
    expr = 'up{job="mime_server"}'
    rules, board = tmp_path / "rules.yaml", tmp_path / "board.json"
    rules.write_text(f"groups:\n- name: g\n  rules:\n  - alert: Down\n    expr: '{expr} == 0'\n", encoding="utf-8")
    board.write_text(
        f'{{"panels": [\n{{"title": "Up", "targets": [{{"expr": {json.dumps(expr)}}}]}}]}}', encoding="utf-8"
    )
    assert queries_without_data(prometheus_url, monitoring_queries([rules], [board]), 0) == [
        f"{rules}:5: Down has no data: {expr}",
        f"{board}:2: Up has no data: {expr}",
    ]
