"""What can be wrong in a drill: each check is a function from what was observed to shortcomings."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import pairwise
from math import inf

from stackproof.judge.detection import bound_s
from stackproof.judge.drill_view import DrillView
from stackproof.judge.formatting import seconds
from stackproof.judge.same_message import same_message
from stackproof.judge.shortcoming import Shortcoming, refuted, undecided
from stackproof.model import (
    Addressee,
    AlertReading,
    AlertSource,
    AlertState,
    Aspect,
    DrillKind,
    HandlingState,
    Inhibited,
    Message,
    MessageStatus,
    Verdict,
)

LONGEST_GAP_S = 2.0
"""A source that was not watched for longer may have shown anything meanwhile, in seconds."""


def not_tried(view: DrillView) -> Iterator[Shortcoming]:
    """Why the drill shows nothing at all."""
    if view.ended_s is None:
        yield undecided("the drill did not come to its end")
    elif view.cause is None:
        yield undecided(f"'{view.drill.fault}' was not begun")
    elif not view.drill.promised and view.drill.kind is not DrillKind.NEAR_MISS:
        yield undecided("it promises to notify nobody")
    elif not view.cause.confirmed:
        yield undecided(f"'{view.drill.fault}' was not confirmed: {view.cause.observed or 'no evidence'}")
    elif not view.is_watched_at(AlertSource.INBOX, view.end_s - LONGEST_GAP_S):
        yield undecided("the receivers were not watched to the end")
    elif not view.is_missed:
        yield from _not_seen(view)


def _not_seen(view: DrillView) -> Iterator[Shortcoming]:
    before = {tuple(sorted(each.labels.items())): each for each in view.readings() if each.at_s <= view.injected_s}
    active = next((each for each in before.values() if each.state is not AlertState.INACTIVE), None)
    if not view.readings(Inhibited(view.drill.alert)):
        yield undecided("Prometheus did not show such a rule")
    elif view.longest_gap_s(AlertSource.STATES, view.injected_s, view.end_s) > LONGEST_GAP_S:
        yield undecided("Prometheus was not watched all the time")
    elif active is not None:
        yield undecided(f"it was {active.state} before the fault")


def fired(view: DrillView) -> bool:
    """True if its alert fired; for a silence, if it was missed.

    A notification does not distinguish alerts of one name: if others have its name, only Prometheus' states count.
    """
    notified = any(view.status_in(each) is view.begun for each in view.messages())
    if view.is_missed:
        return notified
    return firing_since_s(view) is not None or (notified and not view.drill.labels)


def pending_since_s(view: DrillView) -> float | None:
    """When the expression began to hold, according to Prometheus or else to our polling."""
    active = [each for each in _since_injection(view) if each.state is not AlertState.INACTIVE]
    if not active:
        return None
    first = active[0]
    since_s = first.at_s if first.active_since_s is None else first.active_since_s
    return min(max(since_s, view.injected_s), first.at_s)


def firing_since_s(view: DrillView) -> float | None:
    """When it was first seen to fire."""
    return next((each.at_s for each in _since_injection(view) if each.state is AlertState.FIRING), None)


def _since_injection(view: DrillView) -> tuple[AlertReading, ...]:
    return tuple(each for each in view.readings() if each.at_s > view.injected_s)


def did_not_fire(view: DrillView) -> Iterator[Shortcoming]:
    """It did not fire under the fault; then nothing else was tried."""
    if not fired(view):
        yield refuted(Aspect.FIRED, f"it did not fire: {_why_not(view)}")
        for aspect in (Aspect.IN_TIME, Aspect.ROUTED, Aspect.GROUPED, Aspect.INHIBITED, Aspect.RESOLVED):
            yield undecided("it did not fire", aspect)


def _why_not(view: DrillView) -> str:
    if view.is_missed:
        return "no receiver missed it"
    seen = _since_injection(view) or view.readings()
    error = next((each.error for each in reversed(view.readings()) if each.error), "")
    pending = any(each.state is AlertState.PENDING for each in seen)
    state = "it was pending, but not for long enough" if pending else "its expression never held"
    return f"Prometheus cannot evaluate it: {error}" if error else state


def first(view: DrillView, to: Addressee) -> Message | None:
    """The first notification that the alert fires that a receiver accepted."""
    seen = (each for each in view.messages_at(to) if view.status_in(each) is view.begun)
    return next((each for each in seen if each.was_accepted), None)


def first_resolved(view: DrillView, to: Addressee) -> Message | None:
    """The first notification that the alert resolved that a receiver accepted after one that it fires."""
    begun = first(view, to)
    since_s = begun.at_s if begun else inf
    seen = [each for each in view.messages_at(to) if view.status_in(each) is view.over and each.was_accepted]
    return next((each for each in seen if each.at_s >= since_s), None)


def late(view: DrillView) -> Iterator[Shortcoming]:
    """A receiver was notified so late that something hung."""
    drill = view.drill
    if drill.expected_s <= 0:
        yield undecided("theory gives no detection time", Aspect.IN_TIME)
        return
    most_s = bound_s(drill, drill.expected_s)
    for to in drill.promised:
        message = first(view, to)
        if message is None:
            yield undecided("it was never notified", Aspect.IN_TIME, to)
        elif message.at_s - view.injected_s > most_s:
            took, theory = seconds(message.at_s - view.injected_s), seconds(drill.expected_s)
            yield refuted(
                Aspect.IN_TIME,
                f"{to} was notified after {took}; theory gives {theory}, the bound is {seconds(most_s)}",
                to,
            )


def not_routed(view: DrillView) -> Iterator[Shortcoming]:
    """A promised receiver was not notified."""
    for to in view.drill.promised:
        if first(view, to) is None:
            yield refuted(Aspect.ROUTED, f"{to} was not notified{_where_else(view, to)}", to)


def unpromised(view: DrillView, allowed: Collection[tuple[str, str]]) -> Iterator[Shortcoming]:
    """A receiver was notified that no drill promises, or with a notification that the vendor would refuse.

    Args:
        view: The drill.
        allowed: Kind and address of each receiver that any drill of this alert promises or allows.
    """
    others = [each for each in view.messages_until_next() if (each.receiver, each.to) not in allowed]
    by_address: dict[str, Message] = {}
    for each in others:
        by_address.setdefault(each.address, each)
    for each in by_address.values():
        wrong = refuted(Aspect.ROUTED, f"{each.address} was notified, though no drill promises that")
        yield _unless_of_a_namesake(view, each, wrong)
    unread = [each for each in view.all_messages() if each.status is MessageStatus.UNCLEAR and each.at_s <= view.end_s]
    for each in (*view.messages_until_next(), *unread):
        if each.problems:
            yield refuted(Aspect.ROUTED, f"{each.address} got what the vendor would refuse: {'; '.join(each.problems)}")


def _unless_of_a_namesake(view: DrillView, message: Message, wrong: Shortcoming) -> Shortcoming:
    """A notification names an alert without labels: if one of that name fires that is not drilled, it decides nothing.

    So if a busy machine delays a scrape, the drill is inconclusive, and nobody is blamed.
    """
    other = view.namesake(message.at_s + LONGEST_GAP_S)
    if other is None:
        return wrong
    doubt = f"{wrong.reason}, but {other} fired too, and a notification does not distinguish them"
    return replace(wrong, verdict=Verdict.INCONCLUSIVE, reason=doubt)


def _where_else(view: DrillView, to: Addressee) -> str:
    refusals = [each.answered for each in view.messages_at(to) if view.status_in(each) is view.begun]
    if refusals:
        return f": it refused {len(refusals)} notifications, the last one with {refusals[-1]}"
    unread = [each for each in view.all_messages() if not each.alerts and _is_at(each, to)]
    if unread:
        return f": it got {len(unread)} notifications that name no alert"
    handlings = [each for each, _ in view.handlings() if each.state is not HandlingState.GONE]
    muted = next((each for each in reversed(handlings) if each.state is HandlingState.SUPPRESSED), None)
    if muted is not None:
        return f": Alertmanager suppressed it, by {', '.join((*muted.inhibited_by, *muted.silenced_by))}"
    promised = {str(each) for each in view.drill.promised}
    notified = [each.address for each in view.messages() if view.status_in(each) is view.begun]
    others = dict.fromkeys(each for each in notified if each not in promised)
    if others:
        return f", but {', '.join(others)} was"
    if handlings:
        return f": Alertmanager's routes lead to {', '.join(handlings[-1].receivers) or 'nobody'}"
    return "" if notified else ", nor was anyone else"


def _is_at(message: Message, to: Addressee) -> bool:
    return (message.receiver, message.to) == (to.receiver, to.to)


def not_grouped(view: DrillView) -> Iterator[Shortcoming]:
    """The same notification came twice, or alerts that belong together came in several."""
    repeat_s = inf if view.drill.repeat_s is None else view.drill.repeat_s
    wanted = {view.drill.alert, *view.drill.together}
    for to in view.drill.promised:
        accepted = [
            each
            for each in view.messages_at(to)
            if each.was_accepted and view.status_in(each) in {view.begun, view.over}
        ]
        again = [
            after
            for each, after in pairwise(accepted)
            if same_message(each, after) and after.at_s - each.at_s < repeat_s
        ]
        if again:
            wrong = refuted(Aspect.GROUPED, f"{to} got the same notification {len(again) + 1} times", to)
            yield _unless_of_a_namesake(view, again[-1], wrong)
        begun = [set(each.alerts) for each in accepted if view.status_in(each) is view.begun]
        if begun and not view.is_missed and not any(wanted <= each for each in begun):
            apart = ", ".join(sorted(wanted - begun[0]))
            yield refuted(Aspect.GROUPED, f"{to} got no single notification that includes {apart}", to)


def not_resolved(view: DrillView) -> Iterator[Shortcoming]:
    """A receiver was not notified that the alert resolved, or too early or too late."""
    if view.healed_s == inf:
        yield undecided(f"the healing of '{view.drill.fault}' was not recorded", Aspect.RESOLVED)
        return
    for to in view.drill.promised:
        if not to.gets_resolved:
            continue
        message = first_resolved(view, to)
        if first(view, to) is None:
            yield undecided("it was never notified", Aspect.RESOLVED, to)
        elif message is None:
            yield refuted(Aspect.RESOLVED, f"{to} was never notified that it resolved: {_why_not_over(view)}", to)
        elif message.at_s < view.healing_s:
            early = seconds(view.healing_s - message.at_s)
            reason = f"{to} was notified that it resolved {early} before the fault was healed"
            yield _unless_of_a_namesake(view, message, refuted(Aspect.RESOLVED, reason, to))
        else:
            yield from _resolved_late(view, to, message.at_s - view.healed_s)


def _why_not_over(view: DrillView) -> str:
    if view.is_missed:
        return "the receiver still misses it"
    last = {tuple(sorted(each.labels.items())): each.state for each in view.readings()}
    still = any(state is AlertState.FIRING for state in last.values())
    return "it still fires" if still else "it no longer fires, so nobody sent it (send_resolved)"


def _resolved_late(view: DrillView, to: Addressee, took_s: float) -> Iterator[Shortcoming]:
    theory_s = view.drill.resolved_expected_s
    if theory_s is None:
        return
    most_s = bound_s(view.drill, theory_s)
    if took_s > most_s:
        late_by = f"after {seconds(took_s)}; theory gives {seconds(theory_s)}, the bound is {seconds(most_s)}"
        yield refuted(Aspect.RESOLVED, f"{to} was notified that it resolved {late_by}", to)


def not_silent(view: DrillView) -> Iterator[Shortcoming]:
    """A near miss made it fire, or was too short to show that it does not."""
    firing_s = None if view.is_missed else firing_since_s(view)
    message = next((each for each in view.messages() if view.status_in(each) is view.begun), None)
    held_s = min(view.healed_s, view.end_s) - view.injected_s
    if firing_s is not None:
        when = seconds(firing_s - view.injected_s)
        yield refuted(Aspect.SILENT, f"it fired {when} into the near miss '{view.drill.fault}'")
    elif message is not None:
        wrong = refuted(Aspect.SILENT, f"{message.address} was notified in the near miss '{view.drill.fault}'")
        yield _unless_of_a_namesake(view, message, wrong)
    elif held_s < view.drill.expected_s:
        need = seconds(view.drill.expected_s)
        yield undecided(
            f"the near miss was held for {seconds(held_s)}, less than the {need} to detect it", Aspect.SILENT
        )
    elif view.drill.expected_s <= 0 and not view.is_missed and pending_since_s(view) is None:
        yield undecided("the near miss was so short that it was not even pending", Aspect.SILENT)
