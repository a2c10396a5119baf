"""One drill, judged: how long all took, and what was not as promised."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from stackproof.judge.aspects import Shortcoming
from stackproof.judge.drill_checks import (
    did_not_fire,
    end_told,
    fired,
    firing_since_s,
    first,
    late,
    not_grouped,
    not_resolved,
    not_routed,
    not_silent,
    not_tried,
    pending_since_s,
    strayed,
)
from stackproof.judge.drill_view import DrillView
from stackproof.judge.inhibition import not_inhibited
from stackproof.model import Addressee, DrillKind, Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """A promised receiver, and when it was told.

    Attributes:
        to: The receiver.
        received_s: Seconds from the injection to the first message that it took; None where none came.
        resolved_s: Seconds from the healing to the message that all is well; negative where that came earlier.
    """

    to: Addressee
    received_s: float | None
    resolved_s: float | None


@dataclass(frozen=True, slots=True)
class DrillResult:
    """A judged drill.

    Attributes:
        view: The drill and what was seen in it.
        pending_s: Seconds from the injection until the alert was pending; None where it never was.
        firing_s: Until it fired.
        told: Each promised receiver.
        shortcomings: What was not as promised, and what was not tried.
    """

    view: DrillView
    pending_s: float | None
    firing_s: float | None
    told: tuple[Told, ...]
    shortcomings: tuple[Shortcoming, ...]

    @property
    def verdict(self) -> Verdict:
        """FAIL where anything is refuted, INCONCLUSIVE where anything was not tried."""
        return Verdict.worst(each.verdict for each in self.shortcomings)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is no PASS: of a FAIL what refutes it, not what could not be tried because of that."""
        ours = [each for each in self.shortcomings if not each.alert and each.verdict is self.verdict]
        return tuple(dict.fromkeys(each.reason for each in ours))


def judge_drill(view: DrillView, allowed: Collection[tuple[str, str]]) -> DrillResult:
    """Judge one drill.

    Args:
        view: The drill and what was seen.
        allowed: Kind and address of each receiver that any drill of this alert promises.
    """
    return DrillResult(
        view=view,
        pending_s=_since(view, None if view.is_missed else pending_since_s(view)),
        firing_s=_since(view, None if view.is_missed else firing_since_s(view)),
        told=tuple(_told(view, to) for to in view.drill.promised),
        shortcomings=tuple(_shortcomings(view, allowed)),
    )


def _shortcomings(view: DrillView, allowed: Collection[tuple[str, str]]) -> Iterator[Shortcoming]:
    nothing = tuple(not_tried(view))
    yield from nothing
    yield from strayed(view, allowed)
    if nothing:
        return
    if view.drill.kind is DrillKind.NEAR_MISS:
        yield from not_silent(view)
        return
    yield from did_not_fire(view)
    if fired(view):
        for check in (late, not_routed, not_grouped, not_inhibited, not_resolved):
            yield from check(view)


def _told(view: DrillView, to: Addressee) -> Told:
    begun, over = first(view, to), end_told(view, to)
    healed_s = view.cause.healed_s if view.cause else None
    resolved_s = None if over is None or healed_s is None else over.at_s - healed_s
    return Told(to, _since(view, begun.at_s if begun else None), resolved_s)


def _since(view: DrillView, moment_s: float | None) -> float | None:
    return None if moment_s is None else moment_s - view.injected_s
