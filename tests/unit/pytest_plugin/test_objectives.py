"""Objectives decide a run as its profile says, on requests that a real load sent to a real server."""

import pytest

from stackproof.model import Measured, Verdict
from tests.unit.pytest_plugin.sessions import Session

SLO = """\
version: prometheus/v1
service: web
slos:
  - name: {promise}-errors
    objective: {target}
    labels: {{promise: {promise}, sli: errors, link: "front/web:80"}}
    sli: {{events: {{error_query: "a[{{{{.window}}}}]", total_query: "b[{{{{.window}}}}]"}}}}
    alerting: {{page_alert: {{disable: true}}, ticket_alert: {{disable: true}}}}
"""
TESTS = """
import pytest
from stackproof.protocols.http.request import HttpRequest
from stackproof.workload import Constant, LoadPlan

LINK = "front/web:80"

@pytest.fixture(scope="session")
def traffic(stack):
    request = HttpRequest(expect={expect!r})
    target = f"http://{{stack.entry(LINK)}}/"
    plan = LoadPlan(target, Constant(100, 0.4), LINK, request=request, lag_limit_s=60)  # a slow machine is no failure
    return stack.load(plan)

def test_promise(traffic, objective, prove): prove(objective)
"""
GOOD, BAD = "all is well", "not in any answer"


def _prepare(session: Session, promise: str, target: float, expect: str) -> None:
    session.write("slo/web.yaml", SLO.format(promise=promise, target=target))
    session.tests(TESTS.format(expect=expect))


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("target", "expect", "code", "verdict"),
    [(50, GOOD, 0, Verdict.PASS), (99.9, BAD, 1, Verdict.FAIL), (99.9, GOOD, 3, Verdict.INCONCLUSIVE)],
    ids=["kept", "refuted", "undecided"],
)
def test_an_sla_decides_the_run(session: Session, target: float, expect: str, code: int, verdict: Verdict) -> None:
    """Kept, refuted, or undecided with so few requests: the exit code, the test, the table and summary.json agree."""
    _prepare(session, "sla", target, expect)
    ended = session.run()
    assert ended.code == code, ended.output
    assert ended.checks["test_promise[sla-web-errors]"][0] == verdict
    (objective,) = ended.summary.objectives
    assert (objective.id, objective.n, objective.verdict) == ("sla-web-errors", 40, verdict)


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(("profile", "code"), [("quick", 0), ("nightly", 1)])
def test_an_slo_decides_the_nightly_alone(session: Session, profile: str, code: int) -> None:
    """In the quick profile a refuted SLO is shown, and decides nothing."""
    _prepare(session, "slo", 99.9, BAD)
    ended = session.run("--profile", profile)
    assert ended.code == code, ended.output
    assert [each.verdict for each in ended.summary.objectives] == [Verdict.FAIL]


@pytest.mark.usefixtures("served")
def test_an_sla_decides_once_its_link_was_under_load(session: Session) -> None:
    """Nobody has to ask for it."""
    _prepare(session, "sla", 99.9, BAD)
    session.tests(TESTS.format(expect=BAD).replace("objective, prove): prove(objective)", "stack): pass"))
    ended = session.run()
    assert ended.checks == {"test_promise": (Verdict.PASS, "")}
    assert ended.code == 1
    assert "sla-web-errors" in ended.output


def test_an_sla_that_no_load_measured_decides_nothing(session: Session) -> None:
    """A session about something else is not held up by it."""
    session.write("slo/web.yaml", SLO.format(promise="sla", target=99.9))
    session.tests("def test_a(stack): pass")
    ended = session.run()
    assert ended.code == 0
    assert "1 objectives were not measured" in ended.output


def test_what_a_test_measured_and_counted_is_in_the_record(session: Session) -> None:
    """`measure` leaves a note, and `count` a line in summary.json."""
    session.tests("def test_a(measure, count): measure('ready after', 1.5); count('wrong frames', 2000)")
    ended = session.run()
    (measured,) = [event for event in ended.record.events if isinstance(event, Measured)]
    assert (measured.what, measured.took_s) == ("ready after", 1.5)
    (tried,) = ended.summary.properties
    assert (tried.property, tried.cases) == ("wrong frames", 2000)
    assert tried.test.endswith("::test_a")
