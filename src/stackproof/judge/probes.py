"""The verdict on each probe of each service: quick, and true."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from stackproof.judge.faults import Disturbance
from stackproof.judge.formatting import seconds
from stackproof.model import HEALTHY_STATES, ContainerStatus, Health, ProbeKind, ProbeReading, Verdict

WITHIN_S = 5.0
_DOWN = {
    ContainerStatus.EXITED,
    ContainerStatus.DEAD,
    ContainerStatus.PAUSED,
    ContainerStatus.CREATED,
    ContainerStatus.REMOVING,
}
# Readiness covers what a service depends on: it may be "no" while the container is healthy. And if the engine's own
# check asks for readiness, a live service may be "unhealthy".
_COVERS_ITSELF_ALONE = {ProbeKind.LIVENESS, ProbeKind.PING}


@dataclass(frozen=True, slots=True)
class ProbeJudgement:
    """The verdict on one probe of one service.

    Attributes:
        service: The service that was asked.
        kind: The kind of probe.
        verdict: FAIL if the probe was slow, contradicted the engine, or ended with "no".
        worst_s: The slowest answer, in seconds.
        n: Number of answers.
        detail: What is wrong; empty if nothing is.
    """

    service: str
    kind: ProbeKind
    verdict: Verdict
    worst_s: float
    n: int
    detail: str


def judge_probes(
    readings: Iterable[ProbeReading], faults: Sequence[Disturbance] = (), within_s: float = WITHIN_S
) -> tuple[ProbeJudgement, ...]:
    """Judge every probe that was asked, in the order of service and kind.

    Every answer must come within the bound, unless the engine reports the container as down, or the question met the
    healing of a fault. A probe must not contradict the engine: answer yes while the container is down (readiness: or
    unhealthy), or (liveness and ping) no while it is healthy. It may do so for ``within_s`` while a change propagates,
    and while a fault is held and for ``within_s`` after it: a fault may cut the very path to the probe. Its last answer
    must be true: not "no" while the container runs, not "yes" while it is down. That the engine reports "unhealthy"
    does not refute a last "yes": its checks are seconds apart.

    Args:
        readings: Answers to probes.
        faults: When faults were held.
        within_s: Bound on an answer and on a contradiction, in seconds.
    """
    by_probe: dict[tuple[str, ProbeKind], list[ProbeReading]] = defaultdict(list)
    for reading in readings:
        by_probe[reading.service, reading.kind].append(reading)
    return tuple(_judge(by_probe[probe], faults, within_s) for probe in sorted(by_probe))


def _judge(readings: Sequence[ProbeReading], faults: Sequence[Disturbance], within_s: float) -> ProbeJudgement:
    in_order = sorted(readings, key=lambda reading: reading.at_s)
    calm = [each for each in in_order if not any(fault.holds_at(each.at_s, within_s) for fault in faults)]
    wrong = [*_slow(in_order, faults, within_s), *_contradictions(calm, faults, within_s), *_ended_with_no(calm)]
    return ProbeJudgement(
        service=in_order[0].service,
        kind=in_order[0].kind,
        verdict=Verdict.FAIL if wrong else Verdict.PASS,
        worst_s=max(reading.took_s for reading in in_order),
        n=len(in_order),
        detail="; ".join(wrong),
    )


def _slow(readings: Sequence[ProbeReading], faults: Sequence[Disturbance], within_s: float) -> Iterator[str]:
    slow = [reading for reading in readings if reading.took_s > within_s and reading.engine_state not in _DOWN]
    late = [reading for reading in slow if not any(_meets_the_healing(reading, fault, within_s) for fault in faults)]
    if late:
        worst = max(late, key=lambda reading: reading.took_s)
        yield (
            f"{len(late)} of {len(readings)} answers took longer than {seconds(within_s)}, "
            f"one {seconds(worst.took_s)} ({worst.detail})"
        )


def _meets_the_healing(reading: ProbeReading, fault: Disturbance, within_s: float) -> bool:
    """True if it was asked while a fault was healed, or just before: TCP waits seconds before it retries."""
    return reading.at_s - within_s <= fault.to_s <= reading.at_s + reading.took_s


def _contradictions(readings: Sequence[ProbeReading], faults: Sequence[Disturbance], within_s: float) -> Iterator[str]:
    def stretch_of(reading: ProbeReading) -> tuple[bool, int]:
        return _contradicts_engine(reading), sum(fault.from_s <= reading.at_s for fault in faults)

    for (contradicts, _), group in groupby(readings, key=stretch_of):
        stretch = list(group)
        last = stretch[-1]
        lasted_s = last.at_s + last.took_s - stretch[0].at_s
        unresolved = last is readings[-1] and last.engine_state != Health.UNHEALTHY
        if contradicts and (lasted_s > within_s or unresolved):
            said = "yes" if last.ok else "no"
            yield f"it said {said} ({last.detail}) for {seconds(lasted_s)} while the engine said {last.engine_state}"


def _contradicts_engine(reading: ProbeReading) -> bool:
    if reading.ok:
        unhealthy = reading.engine_state == Health.UNHEALTHY and reading.kind is ProbeKind.READINESS
        return unhealthy or reading.engine_state in _DOWN
    return reading.engine_state in HEALTHY_STATES and reading.kind in _COVERS_ITSELF_ALONE


def _ended_with_no(readings: Sequence[ProbeReading]) -> Iterator[str]:
    last = readings[-1] if readings else None
    if (
        last
        and not last.ok
        and last.engine_state in {*HEALTHY_STATES, Health.UNHEALTHY, ""}
        and not _contradicts_engine(last)
    ):
        yield f"its last answer was no ({last.detail})"
