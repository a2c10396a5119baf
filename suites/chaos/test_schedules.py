"""Random schedules of faults on the running stack, and what must hold during all of them."""

import hashlib
import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from math import ceil

import pytest
from hypothesis import strategies as st

from stackproof import (
    Budget,
    FaultSchedule,
    FaultStep,
    Measure,
    MimeConnection,
    Profile,
    Run,
    explore,
    hold_schedule,
    steady,
    wait_until_steady,
    why_not_ready,
)
from suites.chaos.files import PRIVATE, PUBLIC, stored_names, stored_since, upload
from suites.loads import DEADLINE_S

BUDGETS_S = {Profile.QUICK: 60.0, Profile.NIGHTLY: 600.0}
RECOVERS_WITHIN_S = 60.0
FORM = "form"
ROUTES = (PUBLIC, PRIVATE, FORM)
LEAST_S = 0.5
PER_S = 20
PATIENT_S = 5.0

Placed = tuple[str, str]
"""The target and effect of a fault, and the fault."""


def _on_link(link: str) -> st.SearchStrategy[Placed]:
    """A link is slow, down, or loses the end of an answer; equally likely, since each breaks something else."""
    slow = st.one_of(
        st.builds(lambda ms: f"latency {link} latency_ms={ms}", st.integers(50, 800)),
        st.builds(lambda size: f"slicer {link} average_bytes={size}", st.integers(10, 200)),
    )
    gone = st.one_of(
        st.just(f"down {link}"),
        st.just(f"reset_peer {link}"),
        st.builds(lambda ms: f"timeout {link} timeout_ms={ms}", st.integers(50, 500)),
        st.builds(lambda seed: f"flap {link} up_ms=200 down_ms=200 seed={seed}", st.integers(0, 99)),
    )
    # A request with a tiny file has 60 bytes, an acknowledgement 150: below that nothing gets through, above it all.
    cut = st.builds(lambda size: f"limit_data {link} limit_bytes={size}", st.integers(40, 150))
    kinds = {"slow": slow, "gone": gone, "cut": cut}
    return st.one_of(*(st.tuples(st.just(f"{link} {how}"), faults) for how, faults in kinds.items()))


def _step(placed: Placed, at: int, length: int) -> tuple[str, FaultStep]:
    place, fault = placed
    return place, FaultStep(fault, at / 10, length / 10)


ON_SERVICES = st.builds(
    lambda name, how: (name, f"{how} {name}"),
    st.sampled_from(["mime-server", "public_app"]),
    st.sampled_from(["freeze", "kill"]),
)
FAULTS = st.one_of(*map(_on_link, (PUBLIC, PRIVATE, "public_net/public_app:5000")), ON_SERVICES)
STEPS = st.lists(
    st.builds(_step, FAULTS, st.integers(0, 6), st.integers(2, 10)),
    min_size=1,
    max_size=6,
    # Two faults of one kind on the same link or service would undo each other.
    unique_by=lambda placed: placed[0],
).map(lambda steps: tuple(step for _, step in steps))
# By every route, since a fault on an unused link shows nothing; tiny files, and files of several packets. The same in
# all schedules: other faults find more than other files.
TRAFFIC = tuple((route, size_bytes) for size_bytes in (16, 4000) for route in ROUTES)
SCHEDULES = st.builds(FaultSchedule, STEPS, st.just(TRAFFIC))


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent.

    Attributes:
        route: The link, or the form.
        sha256: Digest of its bytes.
        acknowledged: True where the sender got an acknowledgement.
        took_s: Seconds until the sender knew the outcome.
    """

    route: str
    sha256: str
    acknowledged: bool
    took_s: float


def _send(stack: Run, route: str, size_bytes: int) -> Sent:
    body = os.urandom(size_bytes)
    start_s = time.monotonic()
    try:
        if route == FORM:
            acknowledged = upload(stack, body) == 201
        else:
            way = stack.entry(route)
            with MimeConnection(way.host, way.port, PATIENT_S) as client:
                client.send(body)
            acknowledged = True
    except Exception:  # noqa: BLE001 - whatever the error is, the file was not acknowledged
        acknowledged = False
    return Sent(route, hashlib.sha256(body).hexdigest(), acknowledged, time.monotonic() - start_s)


def _send_all(stack: Run, schedule: FaultSchedule, pool: ThreadPoolExecutor) -> Sequence[Future[Sent]]:
    """Send files at even intervals during the schedule, kinds in turn, whether or not earlier ones were answered."""
    start_s = time.monotonic()
    return [
        pool.submit(_send_at, stack, start_s + place / PER_S, *kind)
        for place, kind in zip(range(_count(schedule)), cycle(schedule.traffic), strict=False)
    ]


def _count(schedule: FaultSchedule) -> int:
    return ceil(max(schedule.length_s, LEAST_S) * PER_S)


def _send_at(stack: Run, at_s: float, route: str, size_bytes: int) -> Sent:
    time.sleep(max(0.0, at_s - time.monotonic()))
    return _send(stack, route, size_bytes)


def run_schedule(stack: Run, schedule: FaultSchedule, name: str = "schedule") -> str:
    """Run a schedule; what it broke, or an empty text.

    The next schedule may begin as soon as every service is ready: the engine's own checks are seconds behind.
    """
    before = stored_names(stack)
    with ThreadPoolExecutor(_count(schedule)) as pool:
        sending = _send_all(stack, schedule, pool)
        hold_schedule(stack, schedule, name)
        sent = [each.result() for each in sending]
    if wrong := wait_until_steady(stack, time.monotonic() + RECOVERS_WITHIN_S, why_not_ready):
        return f"the stack had not recovered {RECOVERS_WITHIN_S:g} s after the last fault: {wrong}"
    return "; ".join(_broken(sent, stored_since(stack, before)))


def _broken(sent: Sequence[Sent], stored: dict[str, int]) -> list[str]:
    """The promises that were broken: files are kept, once, and senders are answered in time."""
    broken = []
    lost = [each for each in sent if each.acknowledged and not stored.get(each.sha256)]
    twice = [each for each in sent if stored.get(each.sha256, 0) > 1]
    hung = [each for each in sent if each.took_s > DEADLINE_S + 3]
    unknown = set(stored) - {each.sha256 for each in sent}
    broken += [f"{len(lost)} acknowledged files are missing or torn"] if lost else []
    broken += [f"{len(twice)} files are stored more than once"] if twice else []
    broken += [f"{len(hung)} senders hung, one for {max(each.took_s for each in hung):.1f} s"] if hung else []
    broken += [f"{len(unknown)} stored files were never sent: torn"] if unknown else []
    return broken


def test_no_schedule_of_faults_breaks_a_promise(
    stack: Run, measure: Measure, pytestconfig: pytest.Config, seed: int
) -> None:
    """Whatever faults overlap, acknowledged files are kept, once and whole; no sender hangs; the stack recovers."""
    budget_s = pytestconfig.getoption("--budget") or BUDGETS_S[stack.settings.profile]
    steady(stack, RECOVERS_WITHIN_S)
    started_s = time.monotonic()

    def execute(schedule: FaultSchedule) -> str:
        broken = run_schedule(stack, schedule)
        stack.note("schedule", seed=str(seed), schedule=repr(schedule), broken=broken)
        return broken

    found = explore(SCHEDULES, execute, seed, Budget(budget_s))
    measure(f"{found.tried} schedules with seed {seed} took", time.monotonic() - started_s)
    assert found.failing is None, (
        f"{found.why}. Schedule {found.tried}, reduced in {found.shrunk} more runs; as a test:\n\n"
        f"def test_a_schedule_that_broke_a_promise(stack):\n"
        f"    assert run_schedule(stack, {found.failing!r}) == ''\n"
    )
    assert not (wrong := wait_until_steady(stack, time.monotonic() + RECOVERS_WITHIN_S)), (
        f"the stack had not recovered after the last fault: {wrong}"
    )
