"""Another project's guestbook is tested with the same fixtures and the same names as any stack."""

import pytest

from stackproof import Constant, HttpRequest, LoadPlan, LoadResult, Measure, Objective, Probe, ProbeKind, Prove, Run
from tests.stacks.guestbook.suites.visitor import SEEN_WITHIN_S, Visitor, eventually

WEB = "default/web:8080"
REDIS = "default/redis:6379"
READY = ProbeKind.READINESS
ALIVE = ProbeKind.LIVENESS
SLOWER_S = 0.3


@pytest.fixture
def visitor(stack: Run) -> Visitor:
    """A visitor of the book."""
    return Visitor(f"http://{stack.entry(WEB)}/")


@pytest.fixture(scope="module")
def traffic(stack: Run) -> LoadResult:
    """Visitors, 30 a second for 15 s: 299 pages without a failure prove 99 %, 473 with one."""
    plan = LoadPlan(
        f"http://{stack.entry(WEB)}/",
        Constant(30.0, 16.0),
        f"{WEB} visitors",
        request=HttpRequest(expect="where they went for $HOME"),
        lag_limit_s=0.1,  # a twentieth of the 2 s that are promised
    )
    (result,) = stack.load(plan)
    return result


def test_an_objective_is_met(objective: Objective, traffic: LoadResult, prove: Prove) -> None:
    """Under a small load, the book is available, correct and fast."""
    assert traffic.report.sent == traffic.report.planned
    prove(objective)


def test_every_probe_succeeds(stack: Run, probe: Probe) -> None:
    """HTTP probes and Redis's PING succeed, and the engine agrees."""
    reading = stack.service(probe.service).ask(probe.kind)
    assert reading.ok, reading.detail
    assert reading.engine_state == "healthy"


def test_an_entry_crosses_every_link_and_is_read_back(stack: Run, visitor: Visitor) -> None:
    """An entry passes a service that has no port and no proxy, and every visitor can read it."""
    assert stack.service("moderator").state() == "running"
    visitor.write("It was a fine evening.")
    visitor.wait_to_read("It was a fine evening.")


def test_without_redis_the_book_is_not_ready_but_alive(stack: Run, measure: Measure) -> None:
    """Without Redis, the book gets no traffic and is not restarted; with the link back, it is ready."""
    web = stack.service("web")
    with stack.fault(f"down {REDIS}"):
        measure("not ready after", web.wait_until(READY, answers=False, within_s=SEEN_WITHIN_S))
        measure("the engine reports unhealthy after", web.wait_until_state("unhealthy", within_s=SEEN_WITHIN_S))
        assert web.ask(ALIVE).ok
        assert stack.service("redis").ask(ALIVE).ok, "a cut link is no fault of the service behind it"
    measure("ready after", web.wait_until(READY, answers=True, within_s=SEEN_WITHIN_S))
    web.wait_until_state("healthy", within_s=SEEN_WITHIN_S)


def test_a_killed_redis_is_noticed_and_comes_back_with_every_entry(
    stack: Run, visitor: Visitor, measure: Measure
) -> None:
    """Its probe shows that Redis died and that it came back, and no accepted entry is lost."""
    redis, web = stack.service("redis"), stack.service("web")
    visitor.write("Remember me.")
    visitor.wait_to_read("Remember me.")
    with stack.fault("kill redis"):
        measure("not alive after", redis.wait_until(ALIVE, answers=False, within_s=SEEN_WITHIN_S))
        redis.wait_until_state("exited", within_s=SEEN_WITHIN_S)
        web.wait_until(READY, answers=False, within_s=SEEN_WITHIN_S)
    measure("alive after", redis.wait_until(ALIVE, answers=True, within_s=SEEN_WITHIN_S))
    web.wait_until(READY, answers=True, within_s=SEEN_WITHIN_S)
    visitor.wait_to_read("Remember me.")


def test_a_slow_link_to_redis_delays_visitors(stack: Run, visitor: Visitor, measure: Measure) -> None:
    """Latency between two services delays pages, and ends with the fault."""
    with stack.fault(f"latency {REDIS} latency_ms=300"):
        slow_s = visitor.read_time_s()
    measure("a page took", slow_s)
    assert slow_s >= SLOWER_S
    eventually(lambda: visitor.read_time_s() < SLOWER_S, f"a page in less than {SLOWER_S:g} s again")
