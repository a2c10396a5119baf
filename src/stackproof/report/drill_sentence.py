"""What happened in a drill, in one sentence."""

from collections.abc import Iterator

from stackproof.judge import DrillResult, Notified, seconds
from stackproof.model import DrillKind


def drill_sentence(result: DrillResult) -> str:
    """What disturbed the stack, when the alert fired, who was notified and when, and which promises were not kept."""
    parts = [*_cause(result), *_alert(result), *map(_notified, result.notified)]
    reasons = f": {'; '.join(result.reasons)}" if result.reasons else ""
    return f"{result.view.drill.alert}: {'; '.join(parts)}. {result.verdict}{reasons}"


def _cause(result: DrillResult) -> Iterator[str]:
    view = result.view
    near = "near miss by " if view.drill.kind is DrillKind.NEAR_MISS else ""
    if view.cause is None:
        yield f"{near}{view.drill.fault} was not begun"
        return
    unconfirmed = "" if view.cause.confirmed else ", which was not confirmed"
    if view.cause.healed_s is None:
        yield f"{near}{view.drill.fault}{unconfirmed}, whose healing was not recorded"
    else:
        held = seconds(view.cause.healed_s - view.cause.injected_s)
        yield f"{near}{view.drill.fault}{unconfirmed}, held for {held}"


def _alert(result: DrillResult) -> Iterator[str]:
    if result.view.is_missed:
        return
    if result.pending_s is None:
        yield "it stayed inactive"
    elif result.firing_s is None:
        yield f"it was pending after {seconds(result.pending_s)} and did not fire"
    else:
        yield f"it was pending after {seconds(result.pending_s)} and fired after {seconds(result.firing_s)}"
    if result.firing_s is not None and result.view.drill.expected_s > 0:
        factor = result.view.drill.factor
        clock = f" with clocks that run {factor:g} times as fast" if factor != 1 else ""
        yield f"theory gives {seconds(result.view.drill.expected_s)} to the first notification{clock}"


def _notified(notified: Notified) -> str:
    if notified.received_s is None:
        return f"{notified.to} was not notified"
    after = f"{notified.to} was notified after {seconds(notified.received_s)}"
    if notified.resolved_s is None:
        return f"{after}, but not that it resolved" if notified.to.gets_resolved else after
    if notified.resolved_s < 0:
        return f"{after}, and that it resolved {seconds(-notified.resolved_s)} before the healing"
    return f"{after}, and that it resolved {seconds(notified.resolved_s)} after the healing"
