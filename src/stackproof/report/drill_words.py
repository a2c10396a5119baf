"""What happened in a drill, in one sentence."""

from collections.abc import Iterator

from stackproof.judge import DrillResult, Told, seconds
from stackproof.model import DrillKind


def drill_words(result: DrillResult) -> str:
    """Tell a drill: what disturbed, when the alert fired, who was told and when, and what was not as promised."""
    parts = [*_cause(result), *_alert(result), *map(_told, result.told)]
    reasons = f": {'; '.join(result.reasons)}" if result.reasons else ""
    return f"{result.view.drill.alert}: {'; '.join(parts)}. {result.verdict}{reasons}"


def _cause(result: DrillResult) -> Iterator[str]:
    view = result.view
    near = "near miss by " if view.drill.kind is DrillKind.NEAR_MISS else ""
    if view.cause is None:
        yield f"{near}{view.drill.fault} was not begun"
        return
    bit = "" if view.cause.confirmed else ", which was not seen to bite"
    if view.cause.healed_s is None:
        yield f"{near}{view.drill.fault}{bit}, not seen healed"
    else:
        yield f"{near}{view.drill.fault}{bit}, held for {seconds(view.cause.healed_s - view.cause.injected_s)}"


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
        yield f"theory has {seconds(result.view.drill.expected_s)} to the first message{clock}"


def _told(told: Told) -> str:
    if told.received_s is None:
        return f"{told.to} was not told"
    after = f"{told.to} was told after {seconds(told.received_s)}"
    if told.resolved_s is None:
        return f"{after} and not of the end" if told.to.told_of_end else after
    if told.resolved_s < 0:
        return f"{after}, and of the end {seconds(-told.resolved_s)} before the healing"
    return f"{after}, and of the end {seconds(told.resolved_s)} after the healing"
