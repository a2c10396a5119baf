"""The coverage matrix of alerts: a row for each alert, fault and receiver, a cell for each aspect."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stackproof.judge.drills import DrillResult, Notified
from stackproof.judge.shortcoming import Shortcoming, undecided
from stackproof.model import Addressee, AlertExempted, Aspect, DrillKind, Event, Verdict


class CellAnswer(StrEnum):
    """The content of a cell."""

    YES = "yes"
    NO = "no"
    EXEMPT = "exempt"
    NOT_TRIED = "not tried"


_VERDICTS = {
    CellAnswer.YES: Verdict.PASS,
    CellAnswer.EXEMPT: Verdict.PASS,
    CellAnswer.NO: Verdict.FAIL,
    CellAnswer.NOT_TRIED: Verdict.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class AlertCell:
    """One aspect of an alert at a receiver.

    Attributes:
        aspect: The aspect.
        answer: What was shown of it.
        reason: Why, if the answer is not yes.
    """

    aspect: Aspect
    answer: CellAnswer
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert, what made it fire, and a receiver that had to be notified.

    Attributes:
        alert: Name of the alert.
        fault: What made it fire; empty if nothing was tried.
        to: The receiver; None if none is known.
        cells: One for each aspect, in their order.
        drill: The drill; None if there was none.
        notified: When the receiver was notified; None without a receiver.
    """

    alert: str
    fault: str
    to: Addressee | None
    cells: tuple[AlertCell, ...]
    drill: DrillResult | None = None
    notified: Notified | None = None

    @property
    def verdict(self) -> Verdict:
        """FAIL if any cell is "no", INCONCLUSIVE if any is "not tried"."""
        return Verdict.worst(_VERDICTS[each.answer] for each in self.cells)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not PASS."""
        bad = [each for each in self.cells if _VERDICTS[each.answer] is not Verdict.PASS]
        decisive = [each for each in bad if _VERDICTS[each.answer] is self.verdict]
        return tuple(dict.fromkeys(each.reason for each in decisive))

    @property
    def name(self) -> str:
        """Alert, fault and receiver, in words."""
        receiver = f" at {self.to}" if self.to else ""
        return f"alert {self.alert}{f' ({self.fault})' if self.fault else ''}{receiver}"


AlertExemptions = Mapping[tuple[str, Aspect | None], str]
"""Written reasons by alert and aspect; None stands for the whole drill."""


def alert_exemptions(events: Iterable[Event]) -> AlertExemptions:
    """Every written reason why something about alerts is not tried."""
    return {(each.alert, each.aspect): each.reason for each in events if isinstance(each, AlertExempted)}


def alert_rows(results: Sequence[DrillResult], alerts: Sequence[str], exempt: AlertExemptions) -> tuple[AlertRow, ...]:
    """Every row: alerts that were drilled, in the order of time, and then those that were not.

    Args:
        results: Judged drills.
        alerts: Alerts of the rules.
        exempt: The exemptions.
    """
    shown = [each for each in results if each.view.drill.kind is not DrillKind.NEAR_MISS]
    drilled = {each.view.drill.alert for each in shown}
    known = dict.fromkeys([*alerts, *(each.view.drill.alert for each in results)])
    rows = [row for each in shown for row in _rows(each, results, exempt)]
    rows += [_not_drilled(alert, results, exempt) for alert in known if alert not in drilled]
    return tuple(rows)


def _rows(result: DrillResult, results: Sequence[DrillResult], exempt: AlertExemptions) -> Iterator[AlertRow]:
    drill = result.view.drill
    own = [each for each in result.shortcomings if not each.alert]
    near = _near_misses(drill.alert, drill.labels, results) or [undecided("no near miss was tried", Aspect.SILENT)]
    found = (*own, *near, *_inhibited_elsewhere(drill.alert, results))
    inhibits = bool(drill.inhibits) or any(
        target.alert == drill.alert for each in results for target in each.view.drill.inhibits
    )
    for notified in result.notified or (None,):
        place = _CellPlace(drill.alert, notified.to if notified else None, inhibits)
        cells = tuple(_cell(aspect, found, place, exempt) for aspect in Aspect)
        yield AlertRow(drill.alert, drill.fault, place.to, cells, result, notified)


def _not_drilled(alert: str, results: Sequence[DrillResult], exempt: AlertExemptions) -> AlertRow:
    found = [undecided("it has no drill", aspect) for aspect in Aspect if aspect is not Aspect.SILENT]
    found += _near_misses(alert, {}, results) or [undecided("no near miss was tried", Aspect.SILENT)]
    found += [each for each in _inhibited_elsewhere(alert, results) if each.verdict is Verdict.FAIL]
    cells = tuple(_cell(aspect, found, _CellPlace(alert, None), exempt) for aspect in Aspect)
    return AlertRow(alert, "", None, cells)


_SHOWN = Shortcoming(Verdict.PASS, "", Aspect.SILENT)


def _near_misses(alert: str, labels: Mapping[str, str], results: Sequence[DrillResult]) -> list[Shortcoming]:
    """What near misses of an alert did and did not show; empty if there was none."""
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
    """What drills of other alerts, which should inhibit this one, did not show of it."""
    for each in results:
        for one in each.shortcomings:
            if one.alert == alert:
                yield Shortcoming(one.verdict, f"{each.view.drill.alert}: {one.reason}", Aspect.INHIBITED)


@dataclass(frozen=True, slots=True)
class _CellPlace:
    """The alert and receiver of a cell, and whether an inhibition is promised of the alert."""

    alert: str
    to: Addressee | None
    inhibits: bool = True

    def concerns(self, shortcoming: Shortcoming, aspect: Aspect) -> bool:
        """True if a shortcoming is about this cell."""
        here = shortcoming.to is None or self.to is None or shortcoming.to == self.to
        return here and shortcoming.aspect in {None, aspect}


def _cell(aspect: Aspect, found: Iterable[Shortcoming], place: _CellPlace, exempt: AlertExemptions) -> AlertCell:
    """A "no" outweighs everything; a written reason outweighs that nothing was shown."""
    ours = [each for each in found if place.concerns(each, aspect)]
    noes, gaps = (
        "; ".join(dict.fromkeys(each.reason for each in ours if each.verdict is verdict))
        for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
    )
    written = exempt.get((place.alert, aspect)) or exempt.get((place.alert, None))
    if noes:
        return AlertCell(aspect, CellAnswer.NO, noes)
    if gaps:
        return (
            AlertCell(aspect, CellAnswer.EXEMPT, written) if written else AlertCell(aspect, CellAnswer.NOT_TRIED, gaps)
        )
    nothing = _nothing_promised(aspect, place)
    return AlertCell(aspect, CellAnswer.EXEMPT, nothing) if nothing else AlertCell(aspect, CellAnswer.YES)


def _nothing_promised(aspect: Aspect, place: _CellPlace) -> str:
    if aspect is Aspect.INHIBITED and not place.inhibits:
        return "no inhibition is promised of it"
    if aspect is Aspect.RESOLVED and place.to is not None and not place.to.gets_resolved:
        return f"no drill promises to notify {place.to} that it resolved"
    return ""
