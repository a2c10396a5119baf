"""What happened in an experiment, in one sentence."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stackproof.judge import Experiment, seconds
from stackproof.model import Outcome, ProbeKind, Sample
from stackproof.report.scene import Lane, Scene, Stretch, lanes

_KINDS = (ProbeKind.READINESS, ProbeKind.LIVENESS, ProbeKind.STARTUP, ProbeKind.PING)
_MOST_NAMED = 4
_A_TENTH_OF_A_SECOND = 0.1


def words(scene: Scene) -> str:
    """Tell an experiment: whether it bit, whom it hurt and for how long, and how it ended."""
    parts = [
        _bite(scene.experiment),
        _requests(scene),
        *_probes(scene),
        *_beside(scene),
        _end(scene.experiment),
    ]
    return f"{scene.experiment.fault}: {'; '.join(parts)}. {_verdict(scene.experiment)}"


def _bite(experiment: Experiment) -> str:
    evidence = _one_line(experiment.evidence)
    if not experiment.confirmed:
        return f"it was not seen to bite ({evidence or 'no evidence was recorded'})"
    seen = f" ({evidence})" if evidence else ""
    if experiment.detected_s is None:
        return f"bit{seen}"
    when = f"{seconds(experiment.detected_s)} after injection"
    if experiment.detected_by:
        return f"bit{seen}, first sign {when} ({_one_line(experiment.detected_by)})"
    return f"bit {when}{seen}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _requests(scene: Scene) -> str:
    injected_s, from_s, until_s = scene.experiment.injected_s, scene.told_from_s, scene.told_until_s
    told_of = [each for each in scene.samples if from_s <= each.intended_s <= until_s]
    meant = [each for each in told_of if each.ended_s >= injected_s]
    failed = [each for each in meant if each.outcome is not Outcome.OK]
    earlier = [each for each in told_of if each.ended_s < injected_s and each.outcome is not Outcome.OK]
    if not meant:
        told = "no request was sent"
    elif not failed:
        told = f"none of {_number(len(meant), 'request')} failed"
    else:
        told = (
            f"{len(failed):,} of {_number(len(meant), 'request')} failed ({_outcomes(failed)}) {_when(scene, failed)}"
        )
    before = f", {len(earlier):,} failed in the {_about(injected_s - from_s)} before injection" if earlier else ""
    return f"{told}{before}"


def _number(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def _outcomes(failed: Sequence[Sample]) -> str:
    counted = Counter(each.outcome for each in failed)
    return ", ".join(f"{outcome} {count:,}" for outcome, count in counted.most_common())


def _when(scene: Scene, failed: Sequence[Sample]) -> str:
    moments_s = [scene.since(each.intended_s) for each in failed]
    first, last = seconds(min(moments_s)), seconds(max(moments_s))
    return f"at {first}" if first == last else f"between {first} and {last}"


def _probes(scene: Scene) -> Iterator[str]:
    """Which probes said no, those that did so longest first."""
    asked = lanes(scene.readings)
    refusals = [refusal for lane in asked if (refusal := _refusal(lane, scene))]
    for kind in _KINDS:
        of_kind = sorted((each for each in refusals if each.kind is kind), key=lambda each: -each.lasted_s)
        if of_kind:
            first = f"{of_kind[0].service}'s {kind} said no for {of_kind[0].words}"
            next_ones = [f"{each.service}'s for {each.words}" for each in of_kind[1:_MOST_NAMED]]
            yield ", ".join([first, *next_ones, *_rest(of_kind[_MOST_NAMED:])])
    if asked and not refusals:
        yield "every probe said yes"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A probe that said no, and for how long."""

    service: str
    kind: ProbeKind
    lasted_s: float
    words: str


def _rest(refusals: Sequence[_Refusal]) -> Iterator[str]:
    if refusals:
        whose = "one other" if len(refusals) == 1 else f"{len(refusals)} others"
        ended = " (some still did at the end)" if any(each.words.endswith("end") for each in refusals) else ""
        yield f"those of {whose} for {_about(refusals[0].lasted_s)} or less{ended}"


def _refusal(lane: Lane, scene: Scene) -> _Refusal | None:
    stretches = tuple(_noes(lane, scene))
    if not stretches:
        return None
    lasted_s = sum(each.ends_s - each.begins_s for each in stretches)
    told = [each for each in lane.stretches if each.begins_s <= scene.told_until_s]
    ended = "" if told[-1].ok else " and still did at the end"
    return _Refusal(lane.service, lane.kind, lasted_s, f"{_about(lasted_s)}{ended}")


def _noes(lane: Lane, scene: Scene) -> Iterator[Stretch]:
    from_s, until_s = scene.experiment.injected_s, scene.told_until_s
    for each in lane.stretches:
        if not each.ok and each.ends_s >= from_s and each.begins_s <= until_s:
            yield Stretch(max(each.begins_s, from_s), min(each.ends_s, until_s), ok=False)


def _about(length_s: float) -> str:
    """Probes are asked a few times a second: more digits would pretend."""
    return f"{length_s:.1f} s" if length_s >= _A_TENTH_OF_A_SECOND else "less than 0.1 s"


def _beside(scene: Scene) -> Iterator[str]:
    """Other faults may have done some of it."""
    ours = scene.experiment
    for other in scene.others:
        begun = ours.healed_s is None or other.injected_s < ours.healed_s
        if begun and (other.healed_s is None or other.healed_s > ours.injected_s):
            yield f"{other.fault} was held, too"


def _verdict(experiment: Experiment) -> str:
    """With the reason; where it did not bite, that is the reason."""
    reason = _one_line(experiment.reason) if experiment.confirmed else ""
    return f"{experiment.verdict}: {reason}" if reason else str(experiment.verdict)


def _end(experiment: Experiment) -> str:
    if experiment.healed_s is None:
        return "it was not seen healed"
    healed = f"healed after {seconds(experiment.healed_s - experiment.injected_s)}"
    if experiment.recovered_s is None:
        return f"{healed}, recovery was not seen"
    return f"{healed}, all was well {seconds(experiment.recovered_s)} later"
