"""One drill, judged: how long everything took, and which promises were not kept."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from stackproof.judge.drill_checks import (
    did_not_fire,
    fired,
    firing_since_s,
    first,
    first_resolved,
    late,
    not_grouped,
    not_resolved,
    not_routed,
    not_silent,
    not_tried,
    pending_since_s,
    unpromised,
)
from stackproof.judge.drill_view import DrillView
from stackproof.judge.inhibition import not_inhibited
from stackproof.judge.shortcoming import Shortcoming
from stackproof.model import Addressee, DrillKind, Verdict


@dataclass(frozen=True, slots=True)
class Notified:
    """A promised receiver, and when it was notified.

    Attributes:
        to: The receiver.
        received_s: Seconds from the injection to the first notification that it accepted; None if there was none.
        resolved_s: Seconds from the healing to the notification that the alert resolved; negative if it came earlier;
            None if there was none.
    """

    to: Addressee
    received_s: float | None
    resolved_s: float | None


@dataclass(frozen=True, slots=True)
class DrillResult:
    """A judged drill.

    Attributes:
        view: The drill and what was observed.
        pending_s: Seconds from the injection until the alert was pending; None if it never was.
        firing_s: Until it fired.
        notified: Each promised receiver.
        shortcomings: The promises that were not kept or not tried.
    """

    view: DrillView
    pending_s: float | None
    firing_s: float | None
    notified: tuple[Notified, ...]
    shortcomings: tuple[Shortcoming, ...]

    @property
    def verdict(self) -> Verdict:
        """FAIL if anything is refuted, INCONCLUSIVE if anything was not tried."""
        return Verdict.worst(each.verdict for each in self.shortcomings)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not PASS; for a FAIL what refutes it, not what could not be tried because of that."""
        ours = [each for each in self.shortcomings if not each.alert and each.verdict is self.verdict]
        return tuple(dict.fromkeys(each.reason for each in ours))


def judge_drill(view: DrillView, allowed: Collection[tuple[str, str]]) -> DrillResult:
    """Judge one drill.

    Args:
        view: The drill and what was observed.
        allowed: Kind and address of each receiver that any drill of this alert promises or allows.
    """
    return DrillResult(
        view=view,
        pending_s=_since(view, None if view.is_missed else pending_since_s(view)),
        firing_s=_since(view, None if view.is_missed else firing_since_s(view)),
        notified=tuple(_notified(view, to) for to in view.drill.promised),
        shortcomings=tuple(_shortcomings(view, allowed)),
    )


def _shortcomings(view: DrillView, allowed: Collection[tuple[str, str]]) -> Iterator[Shortcoming]:
    nothing = tuple(not_tried(view))
    yield from nothing
    yield from unpromised(view, allowed)
    if nothing:
        return
    if view.drill.kind is DrillKind.NEAR_MISS:
        yield from not_silent(view)
        return
    yield from did_not_fire(view)
    if fired(view):
        for check in (late, not_routed, not_grouped, not_inhibited, not_resolved):
            yield from check(view)


def _notified(view: DrillView, to: Addressee) -> Notified:
    begun, over = first(view, to), first_resolved(view, to)
    healed_s = view.cause.healed_s if view.cause else None
    resolved_s = None if over is None or healed_s is None else over.at_s - healed_s
    return Notified(to, _since(view, begun.at_s if begun else None), resolved_s)


def _since(view: DrillView, moment_s: float | None) -> float | None:
    return None if moment_s is None else moment_s - view.injected_s
