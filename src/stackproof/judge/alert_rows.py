"""The coverage matrix of alerts: alert, fault and receiver, and each aspect of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stackproof.judge.aspects import Aspect, Shortcoming, undecided
from stackproof.judge.drills import DrillResult, Told
from stackproof.model import Addressee, DrillKind, Event, EventKind, Verdict

DRILL = "drill"
"""The aspect that stands for all of them in an exemption."""


class Answer(StrEnum):
    """What a cell says."""

    YES = "yes"
    NO = "no"
    EXEMPT = "exempt"
    NOT_TRIED = "not tried"


_VERDICTS = {
    Answer.YES: Verdict.PASS,
    Answer.EXEMPT: Verdict.PASS,
    Answer.NO: Verdict.FAIL,
    Answer.NOT_TRIED: Verdict.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class AlertCell:
    """One aspect of an alert at a receiver.

    Attributes:
        aspect: The aspect.
        answer: What was shown of it.
        reason: Why, where it is no yes.
    """

    aspect: Aspect
    answer: Answer
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert, what made it fire, and a receiver that was to be told.

    Attributes:
        alert: Name of the alert.
        fault: What made it fire; empty where nothing was tried.
        to: The receiver; None where none is known.
        cells: One for each aspect, in their order.
        drill: The drill; None where there was none.
        told: When the receiver was told; None where there is none.
    """

    alert: str
    fault: str
    to: Addressee | None
    cells: tuple[AlertCell, ...]
    drill: DrillResult | None = None
    told: Told | None = None

    @property
    def verdict(self) -> Verdict:
        """FAIL where any cell says no, INCONCLUSIVE where any was not tried."""
        return Verdict.worst(_VERDICTS[each.answer] for each in self.cells)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is no PASS."""
        bad = [each for each in self.cells if _VERDICTS[each.answer] is not Verdict.PASS]
        decisive = [each for each in bad if _VERDICTS[each.answer] is self.verdict]
        return tuple(dict.fromkeys(each.reason for each in decisive))

    @property
    def name(self) -> str:
        """Alert, fault and receiver, in words."""
        told = f" at {self.to}" if self.to else ""
        return f"alert {self.alert}{f' ({self.fault})' if self.fault else ''}{told}"


Exemptions = Mapping[tuple[str, str], str]
"""Reasons by what is exempted, an alert or a kind of fault, and the aspect."""


def exemptions(events: Iterable[Event]) -> Exemptions:
    """Every written reason why something about alerts is not tried."""
    return {
        (each.subject, each.detail.get("aspect", DRILL)): each.detail.get("reason", "")
        for each in events
        if each.kind is EventKind.ALERT_EXEMPTED
    }


def alert_rows(results: Sequence[DrillResult], alerts: Sequence[str], exempt: Exemptions) -> tuple[AlertRow, ...]:
    """Every row: those that were drilled, in the order of time, and then the alerts that were not.

    Args:
        results: Judged drills.
        alerts: Alerts of the rules.
        exempt: What is exempted.
    """
    shown = [each for each in results if each.view.drill.kind is not DrillKind.NEAR_MISS]
    drilled = {each.view.drill.alert for each in shown}
    known = dict.fromkeys([*alerts, *(each.view.drill.alert for each in results)])
    rows = [row for each in shown for row in _rows(each, results, exempt)]
    rows += [_not_drilled(alert, results, exempt) for alert in known if alert not in drilled]
    return tuple(rows)


def _rows(result: DrillResult, results: Sequence[DrillResult], exempt: Exemptions) -> Iterator[AlertRow]:
    drill = result.view.drill
    own = [each for each in result.shortcomings if not each.alert]
    near = _near_misses(drill.alert, drill.labels, results) or [undecided("no near miss was tried", Aspect.SILENT)]
    found = (*own, *near, *_inhibited_elsewhere(drill.alert, results))
    inhibits = bool(drill.inhibits) or any(
        target.alert == drill.alert for each in results for target in each.view.drill.inhibits
    )
    for told in result.told or (None,):
        place = _Place(drill.alert, told.to if told else None, inhibits)
        cells = tuple(_cell(aspect, found, place, exempt) for aspect in Aspect)
        yield AlertRow(drill.alert, drill.fault, place.to, cells, result, told)


def _not_drilled(alert: str, results: Sequence[DrillResult], exempt: Exemptions) -> AlertRow:
    found = [undecided("it has no drill", aspect) for aspect in Aspect if aspect is not Aspect.SILENT]
    found += _near_misses(alert, {}, results) or [undecided("no near miss was tried", Aspect.SILENT)]
    found += [each for each in _inhibited_elsewhere(alert, results) if each.verdict is Verdict.FAIL]
    cells = tuple(_cell(aspect, found, _Place(alert, None), exempt) for aspect in Aspect)
    return AlertRow(alert, "", None, cells)


_SHOWN = Shortcoming(Verdict.PASS, "", Aspect.SILENT)


def _near_misses(alert: str, labels: Mapping[str, str], results: Sequence[DrillResult]) -> list[Shortcoming]:
    """What near misses of an alert showed, and did not; empty where there was none."""
    near = [
        each
        for each in results
        if each.view.drill.kind is DrillKind.NEAR_MISS
        and each.view.drill.alert == alert
        and (not labels or each.view.drill.labels.items() <= labels.items())
    ]
    found = [one for each in near for one in each.shortcomings]
    return [
        *(_SHOWN for _ in near),
        *(Shortcoming(each.verdict, each.reason, each.aspect or Aspect.SILENT) for each in found),
    ]


def _inhibited_elsewhere(alert: str, results: Sequence[DrillResult]) -> Iterator[Shortcoming]:
    """What drills of other alerts, which should silence this one, did not show of it."""
    for each in results:
        for one in each.shortcomings:
            if one.alert == alert:
                yield Shortcoming(one.verdict, f"{each.view.drill.alert}: {one.reason}", Aspect.INHIBITED)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cell is: whose it is, and whether any inhibition is promised of the alert."""

    alert: str
    to: Addressee | None
    inhibits: bool = True

    def is_hit_by(self, shortcoming: Shortcoming, aspect: Aspect) -> bool:
        """True where it speaks of this cell."""
        here = shortcoming.to is None or self.to is None or shortcoming.to == self.to
        return here and shortcoming.aspect in {None, aspect}


def _cell(aspect: Aspect, found: Iterable[Shortcoming], place: _Place, exempt: Exemptions) -> AlertCell:
    """No outweighs all, and a written reason outweighs that nothing was shown."""
    ours = [each for each in found if place.is_hit_by(each, aspect)]
    noes, gaps = (
        "; ".join(dict.fromkeys(each.reason for each in ours if each.verdict is verdict))
        for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
    )
    written = exempt.get((place.alert, aspect)) or exempt.get((place.alert, DRILL))
    if noes:
        return AlertCell(aspect, Answer.NO, noes)
    if gaps:
        return AlertCell(aspect, Answer.EXEMPT, written) if written else AlertCell(aspect, Answer.NOT_TRIED, gaps)
    nothing = _nothing_promised(aspect, place)
    return AlertCell(aspect, Answer.EXEMPT, nothing) if nothing else AlertCell(aspect, Answer.YES)


def _nothing_promised(aspect: Aspect, place: _Place) -> str:
    if aspect is Aspect.INHIBITED and not place.inhibits:
        return "no inhibition is promised of it"
    if aspect is Aspect.RESOLVED and place.to is not None and not place.to.told_of_end:
        return f"nobody promised {place.to} to tell it of the end"
    return ""
