"""What can be wrong in a drill, each as a function from what was seen to shortcomings."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import pairwise
from math import inf

from stackproof.judge.aspects import Aspect, Shortcoming, refuted, undecided
from stackproof.judge.detection import bound_s
from stackproof.judge.drill_view import DrillView
from stackproof.judge.message_words import same_message
from stackproof.judge.words import seconds
from stackproof.model import (
    Addressee,
    AlertReading,
    AlertState,
    DrillKind,
    HandlingState,
    Inhibited,
    Message,
    MessageStatus,
    Verdict,
)

MAY_MISS_S = 2.0
"""What is not watched for longer may have been anything, in seconds."""


def not_tried(view: DrillView) -> Iterator[Shortcoming]:
    """Why nothing at all was shown."""
    if view.ended_s is None:
        yield undecided("the drill did not come to its end")
    elif view.cause is None:
        yield undecided(f"'{view.drill.fault}' was not begun")
    elif not view.drill.promised and view.drill.kind is not DrillKind.NEAR_MISS:
        yield undecided("no receiver is promised that it is told")
    elif not view.cause.confirmed:
        yield undecided(f"'{view.drill.fault}' was not seen to bite: {view.cause.evidence or 'no evidence'}")
    elif not view.is_watched_at("inbox", view.end_s - MAY_MISS_S):
        yield undecided("nobody watched the receivers to the end")
    elif not view.is_missed:
        yield from _not_seen(view)


def _not_seen(view: DrillView) -> Iterator[Shortcoming]:
    before = {tuple(sorted(each.labels.items())): each for each in view.readings() if each.at_s <= view.injected_s}
    active = next((each for each in before.values() if each.state is not AlertState.INACTIVE), None)
    if not view.readings(Inhibited(view.drill.alert)):
        yield undecided("Prometheus was not seen to have such a rule")
    elif view.longest_blind_s("states", view.injected_s, view.end_s) > MAY_MISS_S:
        yield undecided("Prometheus was not watched all the time")
    elif active is not None:
        yield undecided(f"it was {active.state} before the fault")


def fired(view: DrillView) -> bool:
    """True where its alert fired; for a silence, where it was missed.

    A message does not tell an alert from its namesakes: where others have its name, Prometheus' word alone counts.
    """
    told = any(view.says(each) is view.begun for each in view.messages())
    if view.is_missed:
        return told
    return firing_since_s(view) is not None or (told and not view.drill.labels)


def pending_since_s(view: DrillView) -> float | None:
    """When the expression began to hold, as Prometheus says, or as we saw it."""
    active = [each for each in _since_injection(view) if each.state is not AlertState.INACTIVE]
    if not active:
        return None
    first = active[0]
    said_s = first.at_s if first.active_since_s is None else first.active_since_s
    return min(max(said_s, view.injected_s), first.at_s)


def firing_since_s(view: DrillView) -> float | None:
    """When it was first seen to fire."""
    return next((each.at_s for each in _since_injection(view) if each.state is AlertState.FIRING), None)


def _since_injection(view: DrillView) -> tuple[AlertReading, ...]:
    return tuple(each for each in view.readings() if each.at_s > view.injected_s)


def did_not_fire(view: DrillView) -> Iterator[Shortcoming]:
    """It stayed silent though the fault was there; of the rest nothing can be said then."""
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
    """The first message that told a receiver, and was taken."""
    return next((each for each in view.messages_at(to) if view.says(each) is view.begun and each.was_taken), None)


def end_told(view: DrillView, to: Addressee) -> Message | None:
    """The first message that told a receiver that all is well, after it was told that it is not, and was taken."""
    begun = first(view, to)
    since_s = begun.at_s if begun else inf
    seen = [each for each in view.messages_at(to) if view.says(each) is view.over and each.was_taken]
    return next((each for each in seen if each.at_s >= since_s), None)


def late(view: DrillView) -> Iterator[Shortcoming]:
    """A receiver was told so late that something hung."""
    drill = view.drill
    if drill.expected_s <= 0:
        yield undecided("no detection time is known in theory", Aspect.IN_TIME)
        return
    most_s = bound_s(drill, drill.expected_s)
    for to in drill.promised:
        told = first(view, to)
        if told is None:
            yield undecided("it was never told", Aspect.IN_TIME, to)
        elif told.at_s - view.injected_s > most_s:
            took, theory = seconds(told.at_s - view.injected_s), seconds(drill.expected_s)
            yield refuted(
                Aspect.IN_TIME,
                f"{to} was told after {took}, theory has {theory}, and {seconds(most_s)} is the bound",
                to,
            )


def not_routed(view: DrillView) -> Iterator[Shortcoming]:
    """A promised receiver was not told."""
    for to in view.drill.promised:
        if first(view, to) is None:
            yield refuted(Aspect.ROUTED, f"{to} was not told{_where_else(view, to)}", to)


def strayed(view: DrillView, allowed: Collection[tuple[str, str]]) -> Iterator[Shortcoming]:
    """A receiver was told that nobody promised it, or in a shape that the vendor refuses.

    Args:
        view: The drill.
        allowed: Kind and address of each receiver that any drill of this alert promises.
    """
    strays = [each for each in view.stray_messages() if (each.receiver, each.to) not in allowed]
    by_address: dict[str, Message] = {}
    for each in strays:
        by_address.setdefault(each.address, each)
    for each in by_address.values():
        wrong = refuted(Aspect.ROUTED, f"{each.address} was told, though nobody promised it that")
        yield _unless_of_a_stranger(view, each, wrong)
    unread = [each for each in view.all_messages() if each.status is MessageStatus.UNCLEAR and each.at_s <= view.end_s]
    for each in (*view.stray_messages(), *unread):
        if each.problems:
            yield refuted(Aspect.ROUTED, f"{each.address} got what the vendor refuses: {'; '.join(each.problems)}")


def _unless_of_a_stranger(view: DrillView, message: Message, wrong: Shortcoming) -> Shortcoming:
    """A message names its alert and not which of that name: with one about that nobody drills, it decides nothing.

    So a scrape that a busy machine delays spoils a drill, and blames nobody.
    """
    other = view.stranger(message.at_s + MAY_MISS_S)
    if other is None:
        return wrong
    doubt = f"{wrong.reason}, but {other} fired too, and a message does not tell them apart"
    return replace(wrong, verdict=Verdict.INCONCLUSIVE, reason=doubt)


def _where_else(view: DrillView, to: Addressee) -> str:
    refusals = [each.answered for each in view.messages_at(to) if view.says(each) is view.begun]
    if refusals:
        return f": it refused {len(refusals)} messages, the last one with {refusals[-1]}"
    unread = [each for each in view.all_messages() if not each.alerts and _is_at(each, to)]
    if unread:
        return f": it got {len(unread)} messages that name no alert"
    handlings = [each for each, _ in view.handlings() if each.state is not HandlingState.GONE]
    muted = next((each for each in reversed(handlings) if each.state is HandlingState.SUPPRESSED), None)
    if muted is not None:
        return f": Alertmanager suppressed it, by {', '.join((*muted.inhibited_by, *muted.silenced_by))}"
    promised = {str(each) for each in view.drill.promised}
    told = [each.address for each in view.messages() if view.says(each) is view.begun]
    others = dict.fromkeys(each for each in told if each not in promised)
    if others:
        return f", but {', '.join(others)}"
    if handlings:
        return f": Alertmanager's routes lead to {', '.join(handlings[-1].receivers) or 'nobody'}"
    return "" if told else ", nor was anybody else"


def _is_at(message: Message, to: Addressee) -> bool:
    return (message.receiver, message.to) == (to.receiver, to.to)


def not_grouped(view: DrillView) -> Iterator[Shortcoming]:
    """The same message came twice, or what belongs together came apart."""
    repeat_s = inf if view.drill.repeat_s is None else view.drill.repeat_s
    wanted = {view.drill.alert, *view.drill.together}
    for to in view.drill.promised:
        taken = [each for each in view.messages_at(to) if each.was_taken and view.says(each) in {view.begun, view.over}]
        again = [
            after for each, after in pairwise(taken) if same_message(each, after) and after.at_s - each.at_s < repeat_s
        ]
        if again:
            wrong = refuted(Aspect.GROUPED, f"{to} got the same message {len(again) + 1} times", to)
            yield _unless_of_a_stranger(view, again[-1], wrong)
        begun = [set(each.alerts) for each in taken if view.says(each) is view.begun]
        if begun and not view.is_missed and not any(wanted <= each for each in begun):
            apart = ", ".join(sorted(wanted - begun[0]))
            yield refuted(Aspect.GROUPED, f"{to} got no one message that has {apart}, too", to)


def not_resolved(view: DrillView) -> Iterator[Shortcoming]:
    """A receiver was not told of the end, too early or too late."""
    if view.healed_s == inf:
        yield undecided(f"'{view.drill.fault}' was not seen healed", Aspect.RESOLVED)
        return
    for to in view.drill.promised:
        if not to.told_of_end:
            continue
        told = end_told(view, to)
        if first(view, to) is None:
            yield undecided("it was never told", Aspect.RESOLVED, to)
        elif told is None:
            yield refuted(Aspect.RESOLVED, f"{to} was never told that it resolved: {_why_not_over(view)}", to)
        elif told.at_s < view.healing_s:
            early = seconds(view.healing_s - told.at_s)
            wrong = refuted(Aspect.RESOLVED, f"{to} was told that it resolved {early} before the fault was healed", to)
            yield _unless_of_a_stranger(view, told, wrong)
        else:
            yield from _over_late(view, to, told.at_s - view.healed_s)


def _why_not_over(view: DrillView) -> str:
    if view.is_missed:
        return "the receiver still misses it"
    last = {tuple(sorted(each.labels.items())): each.state for each in view.readings()}
    still = any(state is AlertState.FIRING for state in last.values())
    return "it fires still" if still else "it does not fire any more, so nobody sent it (send_resolved)"


def _over_late(view: DrillView, to: Addressee, took_s: float) -> Iterator[Shortcoming]:
    theory_s = view.drill.resolved_expected_s
    if theory_s is None:
        return
    most_s = bound_s(view.drill, theory_s)
    if took_s > most_s:
        told = f"{to} was told that it resolved after {seconds(took_s)}, theory has {seconds(theory_s)}"
        yield refuted(Aspect.RESOLVED, f"{told}, and {seconds(most_s)} is the bound", to)


def not_silent(view: DrillView) -> Iterator[Shortcoming]:
    """A near miss made it fire, or was too small or too short to show that it does not."""
    firing_s = None if view.is_missed else firing_since_s(view)
    told = next((each for each in view.messages() if view.says(each) is view.begun), None)
    held_s = min(view.healed_s, view.end_s) - view.injected_s
    if firing_s is not None:
        when = seconds(firing_s - view.injected_s)
        yield refuted(Aspect.SILENT, f"it fired {when} into the near miss '{view.drill.fault}'")
    elif told is not None:
        wrong = refuted(Aspect.SILENT, f"{told.address} was told in the near miss '{view.drill.fault}'")
        yield _unless_of_a_stranger(view, told, wrong)
    elif held_s < view.drill.expected_s:
        need = seconds(view.drill.expected_s)
        yield undecided(f"the near miss was held for {seconds(held_s)}, less than the {need} to detect", Aspect.SILENT)
    elif view.drill.expected_s <= 0 and not view.is_missed and pending_since_s(view) is None:
        yield undecided("the near miss was so short that it was not even pending", Aspect.SILENT)
