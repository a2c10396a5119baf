"""Whether an alert inhibits others while it fires, and no longer."""

from collections.abc import Iterator
from dataclasses import replace

from stackproof.judge.drill_view import DrillView, Interval
from stackproof.judge.formatting import seconds
from stackproof.judge.shortcoming import Shortcoming, refuted, undecided
from stackproof.model import AlertState, Aspect, HandlingState, Inhibited, Message, MessageStatus

SLACK_S = 1.0
"""What was decided just before a change may be observed just after it, in seconds."""


def not_inhibited(view: DrillView) -> Iterator[Shortcoming]:
    """Every promised inhibition of the drill that does not hold, holds too long, or was not tried.

    While the source fires, nobody may be notified of a target that fires, and Alertmanager may not have it as active.
    If the target still fires once the source is over, Alertmanager may no longer suppress it.
    """
    for target in view.drill.inhibits:
        for shortcoming in _wrong(view, target):
            yield shortcoming
            if target.alert != view.drill.alert:
                yield replace(shortcoming, alert=target.alert)


def _wrong(view: DrillView, target: Inhibited) -> Iterator[Shortcoming]:
    source = _firing(view)
    both = [each for each in view.intervals(AlertState.FIRING, target) if source and _overlap_s(each, source) > 0]
    if source is None or not both:
        yield undecided(f"{target} did not fire meanwhile, so there was nothing to inhibit", Aspect.INHIBITED)
        return
    yield from _not_held(view, target, source)
    fires_until_s = max(each.ends_s for each in both)
    if fires_until_s <= source.ends_s + SLACK_S:
        yield undecided(f"{target} ended with it, so the end of the inhibition was not tried", Aspect.INHIBITED)
    else:
        yield from _held_too_long(view, target, source.ends_s, fires_until_s)


def _firing(view: DrillView) -> Interval | None:
    """From when its alert first fired since the injection until it was over."""
    firing = [each for each in view.intervals(AlertState.FIRING) if each.ends_s > view.injected_s]
    return Interval(firing[0].begins_s, max(each.ends_s for each in firing)) if firing else None


def _overlap_s(one: Interval, other: Interval) -> float:
    return min(one.ends_s, other.ends_s) - max(one.begins_s, other.begins_s)


def _not_held(view: DrillView, target: Inhibited, source: Interval) -> Iterator[Shortcoming]:
    from_s, to_s = source.begins_s + SLACK_S, source.ends_s - SLACK_S
    notified = [each for each in _notifications(view, target) if from_s <= each.at_s <= to_s]
    if notified:
        when = seconds(notified[0].at_s - source.begins_s)
        reason = f"{notified[0].address} was notified of {target} {when} after it fired itself"
        yield refuted(Aspect.INHIBITED, reason)
        return
    active = [each for each in view.handlings(target) if each[0].state is HandlingState.ACTIVE]
    if any(_overlap_s(interval, Interval(from_s, to_s)) > 0 for _, interval in active):
        yield refuted(Aspect.INHIBITED, f"Alertmanager did not suppress {target} while it fired itself")


def _held_too_long(view: DrillView, target: Inhibited, over_s: float, fires_until_s: float) -> Iterator[Shortcoming]:
    """After its source is over: by Alertmanager's state or, if it was not asked, by a notification that came."""
    after = Interval(over_s + SLACK_S, fires_until_s)
    states = view.handlings(target)
    muted = [
        (each, interval)
        for each, interval in states
        if each.state is HandlingState.SUPPRESSED and _overlap_s(interval, after) > 0
    ]
    if muted:
        longest = seconds(max(min(interval.ends_s, fires_until_s) - over_s for _, interval in muted))
        by = ", ".join((*muted[-1][0].inhibited_by, *muted[-1][0].silenced_by))
        yield refuted(Aspect.INHIBITED, f"{target} was suppressed (by {by}) for {longest} after it was over")
    notified = any(each.at_s >= over_s for each in _notifications(view, target))
    if not states and not notified:
        reason = f"nobody was notified of {target} after it was over, and Alertmanager was not asked why"
        yield undecided(reason, Aspect.INHIBITED)


def _notifications(view: DrillView, target: Inhibited) -> list[Message]:
    """Notifications that it fires; none if it has the drilled alert's name, as a notification names no labels."""
    if target.alert == view.drill.alert:
        return []
    seen = [each for each in view.all_messages() if each.on(target.alert) is MessageStatus.FIRING]
    return [each for each in seen if each.at_s <= view.end_s]
