"""A drill: a fault that must make an alert fire, seen from the fault to the receiver and back; or one that must not.

Everything goes to the record first, and is judged from there (``judge.drills``): what the rules of the run's clock
promise in theory, what was promised of receivers, and what was seen.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from stackproof.drills.alert_log import SeenAlerts
from stackproof.drills.alerting import Alerting
from stackproof.drills.promise import Promise, Scenario
from stackproof.faults.catalogue import faults as all_faults
from stackproof.judge import (
    AlertingJudgement,
    DrillResult,
    judge_alerting,
    theoretical_detection,
    theoretical_resolution,
)
from stackproof.judge.alert_rows import DRILL
from stackproof.judge.alerting import FAULT
from stackproof.judge.detection import bound_s
from stackproof.model import (
    Addressee,
    AlertState,
    Drill,
    DrillKind,
    DrillScope,
    EventKind,
    FaultSpec,
    InconclusiveError,
    MessageStatus,
    Verdict,
)
from stackproof.run.background import Background
from stackproof.run.run import Run
from stackproof.workload import LoadPlan

_CALM_WITHIN_S = 60.0
_SILENCED_WITHIN_S = 60.0
_POLL_S = 0.05
_NEAR_MISS_LASTS = 2.0
"""A near miss is held for so many times what the alert would need to fire."""
_NEAR_MISS_MORE_S = 2.0


class Drills:
    """Drills alerts of a standing stack, one after another.

    Args:
        run: The stack; its clock is the run's.
        alerting: What its alerting is set to.
        seen: What is seen of alerts, by a watch that is on.
        name: Names the drills: the test that does them.
    """

    def __init__(self, run: Run, alerting: Alerting, seen: SeenAlerts, name: str) -> None:
        self._run = run
        self._alerting = alerting
        self._seen = seen
        self._name = name

    def fires(self, fault: str, *promises: Promise, loads: Sequence[LoadPlan] = ()) -> tuple[DrillResult, ...]:
        """Inject a fault that makes alerts fire, wait until all are told, heal it, and wait until all are told so.

        Args:
            fault: ``KIND TARGET key=value``.
            promises: What each alert promises.
            loads: What goes on meanwhile.

        Raises:
            AssertionError: Something was not as promised.
            InconclusiveError: Nothing was proved: the fault did not bite, the stack was not calm, a source was silent.
        """
        return self.all_fire(Scenario(fault, promises, tuple(loads)))

    def all_fire(self, *scenarios: Scenario) -> tuple[DrillResult, ...]:
        """The same with several faults that do not touch each other, held together: none may hide another's alerts.

        Raises:
            AssertionError: As above.
            InconclusiveError: As above.
        """
        promised = [(each.fault, promise) for each in scenarios for promise in each.promises]
        drills = [self._drill(DrillKind.FIRE, fault, promise) for fault, promise in promised]
        at_once = [drill for drill, (_, promise) in zip(drills, promised, strict=True) if not promise.held_back]
        with self._held(scenarios, drills) as held:
            for drill in at_once:
                self._wait_for(drill, MessageStatus.FIRING, drill.expected_s)
            for drill in drills:
                self._wait_until_it_fires(drill)
                self._wait_for_silenced(drill)
            held.close()
            for drill in at_once:
                self._wait_for_end(drill)
            for drill in drills:
                self._wait_for(drill, MessageStatus.FIRING, drill.expected_s)
                self._wait_for_end(drill)
        return self._judged(drills)

    def misses(self, fault: str, *alerts: str, loads: Sequence[LoadPlan] = ()) -> tuple[DrillResult, ...]:
        """Hold a fault that is just too small for some alerts, twice as long as they would need.

        Args:
            fault: ``KIND TARGET key=value``, or the name of one of the loads, which then is all that happens.
            alerts: Which must not fire.
            loads: What goes on meanwhile.

        Raises:
            AssertionError: One fired, or somebody was told.
            InconclusiveError: As above.
        """
        return self.all_miss(Scenario(fault, tuple(Promise(alert, ()) for alert in alerts), tuple(loads)))

    def all_miss(self, *scenarios: Scenario) -> tuple[DrillResult, ...]:
        """The same with several faults that do not touch each other, held together.

        Args:
            scenarios: Each with a promise for each alert that must not fire; it tells nobody.

        Raises:
            AssertionError: As above.
            InconclusiveError: As above.
        """
        promised = [(each.fault, promise) for each in scenarios for promise in each.promises]
        drills = [self._drill(DrillKind.NEAR_MISS, fault, promise) for fault, promise in promised]
        lasts_s = max(_NEAR_MISS_LASTS * drill.expected_s for drill in drills) + _NEAR_MISS_MORE_S
        with self._held(scenarios, drills):
            since_s, deadline = time.monotonic(), time.monotonic() + lasts_s
            for drill in drills:
                left_s = max(deadline - time.monotonic(), 0.0)
                self._seen.wait_for_state(drill.alert, AlertState.FIRING, left_s, since_s=since_s)
        return self._judged(drills)

    def silences(self, fault: str, alert: str, missed_by: Addressee, *, within_s: float) -> DrillResult:
        """Inject a fault that silences an alert that always fires, and wait until its dead man's switch misses it.

        Raises:
            AssertionError: Nobody missed it.
            InconclusiveError: As above.
        """
        drill = self._drill(DrillKind.SILENCE, fault, Promise(alert, (missed_by,)), within_s)
        with self._held([Scenario(fault, ())], [drill]) as held:
            self._wait_for(drill, MessageStatus.MISSING, within_s)
            held.close()
            self._wait_for(drill, MessageStatus.BACK, within_s)
        return self._judged([drill])[0]

    def cover(self, alerts: Mapping[str, str], faults: Mapping[str, str]) -> AlertingJudgement:
        """Say that all alerts of the rules, and all kinds of faults, should have been covered by now.

        Args:
            alerts: Why an alert has no drill, by its name, or by ``NAME/ASPECT`` why one aspect of it is not tried.
            faults: Why no alert has to notice a fault, by its kind.

        Returns:
            What was shown, with a finding for each alert and each kind of fault that was left out without a reason.
        """
        for alert, reason in alerts.items():
            name, _, aspect = alert.partition("/")
            self._run.exempt_alert(name, aspect or DRILL, reason)
        for kind, reason in faults.items():
            self._run.exempt_alert(kind, FAULT, reason)
        scope = DrillScope(self._alerting.alerts, tuple(each.kind for each in all_faults()))
        self._run.keep(scope)
        self._seen.add([scope])
        return self._judge()

    def _drill(self, kind: DrillKind, fault: str, promise: Promise, within_s: float | None = None) -> Drill:
        timing = self._alerting.timing(
            promise.alert,
            window_s=promise.window_s,
            window_share=promise.window_share,
            evaluations=promise.evaluations,
        )
        resolved_s = theoretical_resolution(timing) if promise.resolves else None
        return Drill(
            id=f"{self._name}: {promise.alert}, {kind}",
            alert=promise.alert,
            kind=kind,
            fault=fault,
            at_s=time.monotonic(),
            promised=promise.tells,
            expected_s=theoretical_detection(timing).received_s if within_s is None else within_s,
            resolved_expected_s=resolved_s if within_s is None else within_s,
            labels=promise.labels,
            inhibits=promise.inhibits,
            may_be_told=promise.may_be_told,
            together=promise.together,
            factor=self._alerting.factor,
            sli=promise.sli,
            threshold=promise.threshold,
            within_s=promise.within_s,
        )

    @contextmanager
    def _held(self, scenarios: Sequence[Scenario], drills: Sequence[Drill]) -> Iterator[ExitStack]:
        """Loads run, the drills are on record, and faults are held, until the block ends or what it got is closed."""
        self._wait_until_calm(drills)
        loads = [load for each in scenarios for load in each.loads]
        names = {load.name for load in loads}
        faults = [FaultSpec.parse(each.fault) for each in scenarios if each.fault not in names]
        with ExitStack() as ended:
            ended.callback(self._end, drills)
            with ExitStack() as held:
                if not faults:  # the load is what disturbs: it begins with the drill, and ends before it
                    self._begin(drills)
                    held.enter_context(Background(self._run, loads).running())
                    yield held
                    return
                background = ended.enter_context(Background(self._run, loads).running())
                background.wait_for_good(1, _CALM_WITHIN_S)
                self._begin(drills)
                for fault in faults:
                    held.enter_context(self._run.fault(fault, id=self._name))
                yield held

    def _begin(self, drills: Sequence[Drill]) -> None:
        for drill in drills:
            self._run.keep(drill)
            self._seen.add([drill])

    def _end(self, drills: Sequence[Drill]) -> None:
        for drill in drills:
            self._run.note(EventKind.DRILL_ENDED, drill.id)

    def _wait_until_calm(self, drills: Sequence[Drill]) -> None:
        """An alert that fires already can't be made to fire."""
        for drill in drills:
            if drill.kind is DrillKind.SILENCE:
                continue
            deadline = time.monotonic() + _CALM_WITHIN_S
            while self._is_active(drill):
                if time.monotonic() > deadline:
                    raise InconclusiveError(
                        f"{drill.alert} should be inactive before its drill, but was active for {_CALM_WITHIN_S:g} s",
                        fix="see what was done to the stack before, and whether the alert ever resolves",
                    )
                time.sleep(_POLL_S)

    def _is_active(self, drill: Drill) -> bool:
        last: dict[frozenset[tuple[str, str]], AlertState] = {}
        for each in self._seen.readings(drill.alert):
            if drill.labels.items() <= each.labels.items():
                last[frozenset(each.labels.items())] = each.state
        return any(state is not AlertState.INACTIVE for state in last.values())

    def _wait_for(self, drill: Drill, status: MessageStatus, expected_s: float) -> None:
        """Wait for each promised message; that one is missing is for the judge to say."""
        since_s = time.monotonic() if status in {MessageStatus.RESOLVED, MessageStatus.BACK} else drill.at_s
        alert = "" if drill.kind is DrillKind.SILENCE else drill.alert  # a dead man's switch knows no alert
        for to in drill.promised:
            if status is not MessageStatus.RESOLVED or to.told_of_end:
                left_s = since_s + bound_s(drill, expected_s) - time.monotonic()
                self._seen.wait_for_message(alert, to, status, max(left_s, 0.0), since_s=drill.at_s)

    def _wait_until_it_fires(self, drill: Drill) -> None:
        """What is told later, because something holds it back, has to fire now, or never does."""
        left_s = drill.at_s + bound_s(drill, drill.expected_s) - time.monotonic()
        self._seen.wait_for_state(
            drill.alert, AlertState.FIRING, max(left_s, 0.0), since_s=drill.at_s, labels=drill.labels
        )

    def _wait_for_end(self, drill: Drill) -> None:
        """Nobody who was not told of a beginning has an end to be told of."""
        if drill.resolved_expected_s is not None and any(
            self._seen.wait_for_message(drill.alert, to, MessageStatus.FIRING, 0.0, since_s=drill.at_s)
            for to in drill.promised
        ):
            self._wait_for(drill, MessageStatus.RESOLVED, drill.resolved_expected_s)

    def _wait_for_silenced(self, drill: Drill) -> None:
        """What an alert silences must fire while it is held, or nothing would be there to silence."""
        for target in drill.inhibits:
            self._seen.wait_for_state(
                target.alert, AlertState.FIRING, _SILENCED_WITHIN_S, since_s=drill.at_s, labels=target.labels
            )

    def _judge(self) -> AlertingJudgement:
        """Judge all that was seen so far."""
        return judge_alerting(tuple(self._seen.entries), tuple(self._run.events), tuple(self._run.samples))

    def _judged(self, drills: Sequence[Drill]) -> tuple[DrillResult, ...]:
        ids = {drill.id for drill in drills}
        results = tuple(each for each in self._judge().drills if each.view.drill.id in ids)
        for verdict, error in ((Verdict.FAIL, AssertionError), (Verdict.INCONCLUSIVE, InconclusiveError)):
            wrong = [each for each in results if each.verdict is verdict]
            if wrong:
                raise error("; ".join(f"{each.view.drill.alert}: {_why(each)}" for each in wrong))
        return results


def _why(result: DrillResult) -> str:
    return "; ".join(each.reason for each in result.shortcomings) or "no reason is known"
