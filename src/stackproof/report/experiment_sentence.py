"""What happened in an experiment, in one sentence."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stackproof.judge import FaultRecord, seconds
from stackproof.model import Outcome, ProbeKind, Sample
from stackproof.report.experiment_scene import ExperimentScene, ProbeInterval, ProbeLane, probe_lanes

_KINDS = (ProbeKind.READINESS, ProbeKind.LIVENESS, ProbeKind.STARTUP, ProbeKind.PING)
_MOST_NAMED = 4
_A_TENTH_OF_A_SECOND = 0.1


def experiment_sentence(scene: ExperimentScene) -> str:
    """Whether the fault was confirmed, what failed and for how long, and how it ended."""
    parts = [
        _confirmation(scene.shown),
        _requests(scene),
        *_probes(scene),
        *_others(scene),
        _end(scene.shown),
    ]
    return f"{scene.shown.fault}: {'; '.join(parts)}. {_verdict(scene.shown)}"


def _confirmation(fault: FaultRecord) -> str:
    observed = _one_line(fault.observed)
    if not fault.confirmed:
        return f"it was not confirmed ({observed or 'no evidence was recorded'})"
    seen = f" ({observed})" if observed else ""
    if fault.detected_s is None:
        return f"confirmed{seen}"
    when = f"{seconds(fault.detected_s)} after injection"
    if fault.detected_by:
        return f"confirmed{seen}, first sign {when} ({_one_line(fault.detected_by)})"
    return f"confirmed {when}{seen}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _requests(scene: ExperimentScene) -> str:
    injected_s, from_s, until_s = scene.shown.injected_s, scene.own_from_s, scene.own_until_s
    counted = [each for each in scene.samples if from_s <= each.intended_s <= until_s]
    during = [each for each in counted if each.ended_s >= injected_s]
    failed = [each for each in during if each.outcome is not Outcome.OK]
    earlier = [each for each in counted if each.ended_s < injected_s and each.outcome is not Outcome.OK]
    if not during:
        failures = "no request was sent"
    elif not failed:
        failures = f"none of {_number(len(during), 'request')} failed"
    else:
        share = f"{len(failed):,} of {_number(len(during), 'request')}"
        failures = f"{share} failed ({_outcomes(failed)}) {_when(scene, failed)}"
    before = f", {len(earlier):,} failed in the {_about(injected_s - from_s)} before injection" if earlier else ""
    return f"{failures}{before}"


def _number(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def _outcomes(failed: Sequence[Sample]) -> str:
    counted = Counter(each.outcome for each in failed)
    return ", ".join(f"{outcome} {count:,}" for outcome, count in counted.most_common())


def _when(scene: ExperimentScene, failed: Sequence[Sample]) -> str:
    moments_s = [scene.since(each.intended_s) for each in failed]
    first, last = seconds(min(moments_s)), seconds(max(moments_s))
    return f"at {first}" if first == last else f"between {first} and {last}"


def _probes(scene: ExperimentScene) -> Iterator[str]:
    """Which probes said no, starting with those that did so longest."""
    asked = probe_lanes(scene.readings)
    refusals = [refusal for lane in asked if (refusal := _refusal(lane, scene))]
    for kind in _KINDS:
        of_kind = sorted((each for each in refusals if each.kind is kind), key=lambda each: -each.lasted_s)
        if of_kind:
            first = f"{of_kind[0].service}'s {kind} said no for {of_kind[0].duration}"
            next_ones = [f"{each.service}'s for {each.duration}" for each in of_kind[1:_MOST_NAMED]]
            yield ", ".join([first, *next_ones, *_rest(of_kind[_MOST_NAMED:])])
    if asked and not refusals:
        yield "every probe said yes"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A probe that said no, and for how long: in seconds, and in words."""

    service: str
    kind: ProbeKind
    lasted_s: float
    duration: str
    lasted_to_end: bool


def _rest(refusals: Sequence[_Refusal]) -> Iterator[str]:
    if refusals:
        whose = "one other" if len(refusals) == 1 else f"{len(refusals)} others"
        ended = " (some still did at the end)" if any(each.lasted_to_end for each in refusals) else ""
        yield f"those of {whose} for {_about(refusals[0].lasted_s)} or less{ended}"


def _refusal(lane: ProbeLane, scene: ExperimentScene) -> _Refusal | None:
    intervals = tuple(_refused(lane, scene))
    if not intervals:
        return None
    lasted_s = sum(each.ends_s - each.begins_s for each in intervals)
    own = [each for each in lane.intervals if each.begins_s <= scene.own_until_s]
    to_end = not own[-1].ok
    duration = f"{_about(lasted_s)}{' and still did at the end' if to_end else ''}"
    return _Refusal(lane.service, lane.kind, lasted_s, duration, to_end)


def _refused(lane: ProbeLane, scene: ExperimentScene) -> Iterator[ProbeInterval]:
    from_s, until_s = scene.shown.injected_s, scene.own_until_s
    for each in lane.intervals:
        if not each.ok and each.ends_s >= from_s and each.begins_s <= until_s:
            yield ProbeInterval(max(each.begins_s, from_s), min(each.ends_s, until_s), ok=False)


def _about(length_s: float) -> str:
    """Probes are asked a few times a second: more digits would mean nothing."""
    return f"{length_s:.1f} s" if length_s >= _A_TENTH_OF_A_SECOND else "less than 0.1 s"


def _others(scene: ExperimentScene) -> Iterator[str]:
    """Other faults that may have contributed."""
    shown = scene.shown
    for other in scene.others:
        begun = shown.healed_s is None or other.injected_s < shown.healed_s
        if begun and (other.healed_s is None or other.healed_s > shown.injected_s):
            yield f"{other.fault} was held, too"


def _verdict(fault: FaultRecord) -> str:
    """With the reason; if the fault was not confirmed, that is the reason."""
    reason = _one_line(fault.reason) if fault.confirmed else ""
    return f"{fault.verdict}: {reason}" if reason else str(fault.verdict)


def _end(fault: FaultRecord) -> str:
    if fault.healed_s is None:
        return "its healing was not recorded"
    healed = f"healed after {seconds(fault.healed_s - fault.injected_s)}"
    if fault.recovered_s is None:
        return f"{healed}, recovery was not recorded"
    return f"{healed}, recovered {seconds(fault.recovered_s)} later"
