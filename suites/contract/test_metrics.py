"""Metrics are what was promised of them: there, true, in bounds, and enough for every rule and every picture."""

import json
import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from stackproof.alerts.check import Monitoring
from stackproof.alerts.data_queries import Question, questions
from stackproof.declare.dashboards import read_dashboard
from stackproof.declare.prometheus.promised_metrics import read_promised_metrics
from stackproof.declare.prometheus.rules import read_rules
from stackproof.drills.unanswered import unanswered
from stackproof.judge.metrics import Counted, Exposition, disagreements, fallen, growth, new_series, unkept
from stackproof.model import InconclusiveError, Outcome, ProbeKind
from stackproof.model.metrics import PromisedPage, Series
from stackproof.observe.alert_states import PrometheusApi
from stackproof.protocols.http.request import HttpRequest, Trust
from stackproof.protocols.mime.upload import Upload
from stackproof.pytest_plugin import Count
from stackproof.run.background import Background
from stackproof.run.run import Run
from stackproof.tools.alert_tools import AlertTool, ToolQuestion, ask_tools
from stackproof.workload import Constant, LoadPlan, LoadResult, Schedule
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
NO_REQUEST = HttpRequest()
COUNTED, MEANWHILE = Constant(rate_per_s=20, duration_s=3), Constant(rate_per_s=5, duration_s=LONG_ENOUGH_S)
PAUSE_S = 0.1
OTHERS_PER_S = 6.0
"""Probes ask the gateway, too, and the exporter does at each scrape, of which there are no more than two a second."""
MOST_TIMES_SLOWER = 10
"""A service measures less than its client; some of it after its answer has left."""
DATA_WITHIN_S = 600.0
"""A rate needs two scrapes, and what is recorded of it evaluations after them: two minutes where the clock is true."""


Promised = tuple[PromisedPage, ...]


@pytest.fixture(scope="module")
def promised() -> Promised:
    """What the stack promises of its metrics."""
    return read_promised_metrics(PROMISES)


def _pages(stack: Run, name: str, path: str, schedule: Schedule = COUNTED) -> LoadPlan:
    return _plan(name, f"https://{stack.entry(GATEWAY)}{path}", schedule, request=HttpRequest(trust=Trust.ANYONE))


def _forms(stack: Run, name: str, schedule: Schedule = COUNTED) -> LoadPlan:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    request = HttpRequest("POST", headers, FORM, trust=Trust.ANYONE)
    return _plan(name, f"https://{stack.entry(GATEWAY)}/upload", schedule, request=request)


def _files(stack: Run, name: str, link: str, upload: Upload = FILE, schedule: Schedule = COUNTED) -> LoadPlan:
    return _plan(name, f"mime://{stack.entry(link)}", schedule, upload=upload)


def _plan(
    name: str, target: str, schedule: Schedule, *, request: HttpRequest = NO_REQUEST, upload: Upload = FILE
) -> LoadPlan:
    return LoadPlan(target, schedule, name, upload, request, DEADLINE_S, lag_limit_s=LAG_LIMIT_S)


def _all_ended(result: LoadResult, outcome: Outcome) -> int:
    """How many requests a load sent, all of which ended so: of one that was given up, nobody knows what was counted."""
    ended = {Outcome.OK.value: result.summary.ok, **result.summary.errors}
    if set(ended) - {Outcome.OK.value} - {outcome.value} or ended.get(outcome.value) != result.report.sent:
        raise InconclusiveError(f"expected every request of {result.plan.name} to end as {outcome}, saw {ended}")
    return result.report.sent


def _settled(stack: Run, before: Exposition, job: str, counts: Sequence[Counted]) -> list[str]:
    """What disagrees once nothing is on its way: a service may count what it has answered a moment later."""
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    place, pause = scraped_from(stack)[job], threading.Event()
    while (wrong := list(disagreements(before, read_page(place)[1], counts))) and time.monotonic() < deadline:
        pause.wait(PAUSE_S)
    return wrong


def test_every_job_of_prometheus_has_promises(stack: Run, promised: Promised) -> None:
    """Nothing is scraped of which nobody said what it exports."""
    assert {page.job for page in promised} == set(scraped_from(stack))


def test_counters_agree_with_what_was_sent(stack: Run, count: Count) -> None:
    """Requests by how they ended, files and bytes: as many more as the load generator counted, no more, no less.

    Meanwhile no counter falls, and times are in the unit that their names say.
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
            Counted(Series.of(requests, route="/", method="GET"), shown),
            Counted(Series.of(requests, route="/", status_class="2xx"), shown),
            Counted(Series.of(requests, route="unmatched", status_class="4xx"), missing),
            Counted(Series.of(requests, route="/upload", method="POST", status_class="2xx"), stored),
            Counted(Series.of(requests, route="/upload", method="POST", status_class="5xx"), failed),
            Counted(Series.of(durations, route="/"), shown),
            Counted(Series.of(durations, route="/upload"), stored + failed),
        ),
        "mime-server": (
            Counted(Series.of("file_transfers_total", status="ok"), stored + files),
            Counted(Series.of("file_transfers_total", status="rejected"), rejected),
            Counted(Series.of("file_transfers_total", status="failed"), 0),
            Counted(Series.of("file_transfers_total", status="aborted"), 0),
            Counted(Series.of("transfer_duration_seconds_count", command="SEND"), stored + files + rejected),
            Counted(Series.of("stored_files"), stored + files),
            Counted(Series.of("stored_bytes"), stored * len(BODY) + files * FILE_BYTES),
        ),
    }
    wrong = [f"{job}: {each}" for job, wanted in counts.items() for each in _settled(stack, before[job], job, wanted)]
    assert wrong == []

    after, took_s = read_pages(stack), time.monotonic() - began_s
    assert [each for job in before for each in fallen(before[job], after[job])] == []
    sent = shown + missing + stored + failed
    counted = growth(before["gateway"], after["gateway"], Series.of("nginx_http_requests_total"))
    assert sent <= counted <= sent + OTHERS_PER_S * took_s
    for job, name, names in (
        ("public_app", "http_request_duration_seconds_sum", {"pages", "pages that are not there", "forms"}),
        ("mime-server", "transfer_duration_seconds_sum", {"files over public_net", "files over private_net"}),
    ):
        waited_s = sum(sample.latency_s for sample in stack.samples if sample.stream in names)
        assert 0 < growth(before[job], after[job], Series.of(name)) < MOST_TIMES_SLOWER * waited_s, name
    count("requests that metrics agree with", sent + files + rejected)


def test_every_promised_metric_is_there(stack: Run, promised: Promised, count: Count) -> None:
    """With its type, labels, unit and help; and services of ours export nothing that was not promised."""
    seen = read_pages(stack)
    assert [wrong for page in promised for wrong in unkept(page, seen[page.job])] == []
    count("promised metrics", sum(len(page.metrics) for page in promised))


def test_our_pages_are_what_their_makers_tool_takes(stack: Run, promised: Promised, tmp_path: Path) -> None:
    """Promtool finds no name, unit or help amiss, where the names are ours to choose."""
    files = [tmp_path / page.job for page in promised if page.complete]
    for file in files:
        file.write_text(read_page(scraped_from(stack)[file.name])[0], encoding="utf-8")
    answers = ask_tools([ToolQuestion(AlertTool.METRICS, file) for file in files])
    assert [f"{answer.question.file.name}: {answer.text}" for answer in answers if not answer.ok] == []


def asked(monitoring: Path, clock: float) -> Iterator[Question]:
    """All that the rules and dashboards in a folder ask of a Prometheus on this clock."""
    groups = [group for file in sorted(monitoring.glob("rules/*.yaml")) for group in read_rules(file).sound()]
    boards = [read_dashboard(file) for file in sorted(monitoring.glob("grafana/dashboards/*.json"))]
    queries = [query for board in boards for query in board.queries]
    yield from questions(Monitoring(tuple(groups), dashboards=tuple(queries)), clock)


@pytest.fixture(scope="module")
def answers(stack: Run) -> Iterator[PrometheusApi]:
    """The stack's Prometheus, while the stack is under load."""
    loads = (
        _pages(stack, "more pages", "/", MEANWHILE),
        _forms(stack, "more forms", MEANWHILE),
        _files(stack, "more files", PUBLIC, schedule=MEANWHILE),
    )
    with Background(stack, loads).running():
        yield PrometheusApi(f"http://{stack.engine.direct('prometheus', 9090)}", ANSWERS_WITHIN_S)


@pytest.mark.usefixtures("answers")
def test_hostile_input_makes_no_series(stack: Run, promised: Promised, seed: int, count: Count) -> None:
    """Paths, methods, types, names, users and headers that were never seen are in no label of any service.

    And where all that is exported was promised, a second helping of them makes no series that was not there.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret is made of it
    first, sent = _helping(stack, chance)
    second, more = _helping(stack, chance)
    assert [f"{job}: {series}" for job, page in second.items() for series in with_junk(page)] == []
    ours = [page.job for page in promised if page.complete]
    assert [f"{job}: {each}" for job in ours for each in new_series(first[job], second[job])] == []
    count("hostile requests", sent + more)


def _helping(stack: Run, chance: random.Random) -> tuple[Mapping[str, Exposition], int]:
    sent = http_junk(stack.entry(GATEWAY), APP_PATHS, chance, tls=True)
    for app in ("public_net/public_app:5000", "public_net/intranet_api:5001"):
        sent += http_junk(stack.entry(app), APP_PATHS, chance)
    sent += sum(http_junk(place, PAGE_PATHS, chance) for place in scraped_from(stack).values())
    sent += sum(mime_junk(stack.entry(link), chance) for link in (PUBLIC, PRIVATE))
    return read_pages(stack), sent


def test_every_expression_has_data_under_load(stack: Run, answers: PrometheusApi, count: Count) -> None:
    """No rule and no picture asks for what is never there."""
    wanted = list(asked(MONITORING, stack.settings.clock))
    assert [str(each) for each in unanswered(answers, wanted, DATA_WITHIN_S)] == []
    count("expressions with data", len(wanted))


def test_an_expression_without_data_is_named_with_its_place(answers: PrometheusApi, tmp_path: Path) -> None:
    """A label that nothing has, in a rule and in a picture on metrics that are there: here written on purpose."""
    expr = 'up{job="mime_server"}'
    rules, board = tmp_path / "rules" / "rules.yaml", tmp_path / "grafana" / "dashboards" / "board.json"
    for file, text in (
        (rules, f"groups:\n- name: g\n  rules:\n  - alert: Down\n    expr: '{expr} == 0'\n"),
        (board, f'{{"panels": [\n{{"title": "Up", "targets": [{{"expr": {json.dumps(expr)}}}]}}]}}'),
    ):
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    assert [str(each) for each in unanswered(answers, asked(tmp_path, 1), 0)] == [
        f"{rules}:5: Down has no data: {expr}",
        f"{board}:2: Up has no data: {expr}",
    ]
