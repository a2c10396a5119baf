"""Whether an alert silences what follows from it, and only while it lasts."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.judge.aspects import Aspect, Shortcoming, refuted, undecided
from stackproof.judge.drill_view import DrillView, Stretch
from stackproof.judge.words import seconds
from stackproof.model import AlertState, HandlingState, Inhibited, Message, MessageStatus

SLACK_S = 1.0
"""What was decided just before a change may be seen just after it, in seconds."""


def not_inhibited(view: DrillView) -> Iterator[Shortcoming]:
    """Every promised inhibition of the drill that does not hold, holds too long, or was not tried.

    Nobody may be told of a target that fires while its source does, nor may Alertmanager have it as active; and where
    it fires on once the source is over, Alertmanager must not suppress it any more.
    """
    for target in view.drill.inhibits:
        for shortcoming in _wrong(view, target):
            yield shortcoming
            if target.alert != view.drill.alert:
                yield replace(shortcoming, alert=target.alert)


def _wrong(view: DrillView, target: Inhibited) -> Iterator[Shortcoming]:
    source = _hull(view)
    beside = [each for each in view.stretches(AlertState.FIRING, target) if source and _overlap_s(each, source) > 0]
    if source is None or not beside:
        yield undecided(f"{target} did not fire meanwhile, so nothing was there to silence", Aspect.INHIBITED)
        return
    yield from _not_held(view, target, source)
    fires_until_s = max(each.ends_s for each in beside)
    if fires_until_s <= source.ends_s + SLACK_S:
        yield undecided(f"{target} ended with it, so that the silence ends was not tried", Aspect.INHIBITED)
    else:
        yield from _held_on(view, target, source.ends_s, fires_until_s)


def _hull(view: DrillView) -> Stretch | None:
    """From when its alert was first seen firing since the injection until it was over."""
    firing = [each for each in view.stretches(AlertState.FIRING) if each.ends_s > view.injected_s]
    return Stretch(firing[0].begins_s, max(each.ends_s for each in firing)) if firing else None


def _overlap_s(one: Stretch, other: Stretch) -> float:
    return min(one.ends_s, other.ends_s) - max(one.begins_s, other.begins_s)


def _not_held(view: DrillView, target: Inhibited, source: Stretch) -> Iterator[Shortcoming]:
    from_s, to_s = source.begins_s + SLACK_S, source.ends_s - SLACK_S
    told = [each for each in _told(view, target) if from_s <= each.at_s <= to_s]
    if told:
        when = seconds(told[0].at_s - source.begins_s)
        yield refuted(Aspect.INHIBITED, f"{told[0].address} was told of {target} {when} after it fired itself")
        return
    loud = [each for each in view.handlings(target) if each[0].state is HandlingState.ACTIVE]
    if any(_overlap_s(stretch, Stretch(from_s, to_s)) > 0 for _, stretch in loud):
        yield refuted(Aspect.INHIBITED, f"Alertmanager did not suppress {target} while it fired itself")


def _held_on(view: DrillView, target: Inhibited, over_s: float, fires_until_s: float) -> Iterator[Shortcoming]:
    """After its source: Alertmanager's own word, or, where nobody asked it, that a message came at last."""
    after = Stretch(over_s + SLACK_S, fires_until_s)
    states = view.handlings(target)
    muted = [
        (each, stretch)
        for each, stretch in states
        if each.state is HandlingState.SUPPRESSED and _overlap_s(stretch, after) > 0
    ]
    if muted:
        longest = seconds(max(min(stretch.ends_s, fires_until_s) - over_s for _, stretch in muted))
        by = ", ".join((*muted[-1][0].inhibited_by, *muted[-1][0].silenced_by))
        yield refuted(Aspect.INHIBITED, f"{target} was suppressed (by {by}) for {longest} after it was over")
    told = any(each.at_s >= over_s for each in _told(view, target))
    if not states and not told:
        reason = f"nobody was told of {target} after it was over, and nobody asked Alertmanager why"
        yield undecided(reason, Aspect.INHIBITED)


def _told(view: DrillView, target: Inhibited) -> list[Message]:
    """Messages that it fires; of one that shares the drilled alert's name no message says which of them it means."""
    if target.alert == view.drill.alert:
        return []
    seen = [each for each in view.all_messages() if each.on(target.alert) is MessageStatus.FIRING]
    return [each for each in seen if each.at_s <= view.end_s]
