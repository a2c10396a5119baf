"""Drills: faults that must make alerts fire, followed from the fault to the receiver and back; or that must not.

Everything goes to the record first and is judged from there (``judge.drills``): what theory gives on the run's clock,
which receivers are promised to be notified, and what was observed.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from operator import not_

from stackproof.drills.alert_log import AlertLog
from stackproof.drills.alerting import Alerting
from stackproof.drills.expectation import AlertExpectation, Scenario
from stackproof.faults.catalogue import faults as all_faults
from stackproof.history import new_id, now
from stackproof.judge import (
    AlertingJudgement,
    DrillResult,
    judge_alerting,
    theoretical_detection,
    theoretical_resolution,
)
from stackproof.judge.detection import bound_s
from stackproof.machine.waiting import wait_until
from stackproof.model import (
    Addressee,
    AlertState,
    Aspect,
    DeclarationError,
    Drill,
    DrillEnded,
    DrillKind,
    DrillScope,
    FaultSpec,
    InconclusiveError,
    MessageStatus,
    PlannedFault,
    Verdict,
)
from stackproof.run.background import Background
from stackproof.run.loads import TimedLoad
from stackproof.run.run import Run
from stackproof.workload import LoadPlan

_INACTIVE_WITHIN_S = 60.0
_INHIBITED_WITHIN_S = 60.0
_NEAR_MISS_LASTS = 2.0
"""A near miss is held for so many times what the alert would need to fire,"""
_NEAR_MISS_MORE_S = 2.0
"""and for these seconds more."""
_ASPECT = "/"


class Drills:
    """Drills alerts of a running stack, one after another.

    Args:
        run: The run, whose clock the drills are on.
        alerting: The stack's rules, routes and scraping.
        seen: The log of a watch that is on.
        name: Name of the test, which names its drills.
    """

    def __init__(self, run: Run, alerting: Alerting, seen: AlertLog, name: str) -> None:
        self._run = run
        self._alerting = alerting
        self._seen = seen
        self._name = name

    def fires(self, fault: str, *expected: AlertExpectation, loads: Sequence[LoadPlan] = ()) -> tuple[DrillResult, ...]:
        """Inject a fault that makes alerts fire, wait for the notifications, heal it, and wait until they resolved.

        Args:
            fault: ``KIND TARGET key=value``.
            expected: What is expected of each alert.
            loads: Loads that run meanwhile.

        Raises:
            AssertionError: Something was not as expected.
            InconclusiveError: Nothing was proved: the fault was not confirmed, an alert was active before, or a source
                did not answer.
        """
        return self.all_fire(Scenario(fault, expected, tuple(loads)))

    def all_fire(self, *scenarios: Scenario) -> tuple[DrillResult, ...]:
        """The same with several independent faults, held together: none may hide another's alerts.

        Raises:
            AssertionError: As above.
            InconclusiveError: As above.
        """
        prepared = [_Prepared.of(each) for each in scenarios]
        expected = [(each, one) for each in prepared for one in each.scenario.expected]
        drills = [self._drill(DrillKind.FIRE, each, one) for each, one in expected]
        at_once = [drill for drill, (_, one) in zip(drills, expected, strict=True) if not one.held_back]
        with self._held(prepared, drills) as held:
            for drill in at_once:
                self._wait_for(drill, MessageStatus.FIRING, drill.expected_s)
            for drill in drills:
                self._wait_until_it_fires(drill)
                self._wait_for_inhibited(drill)
            held.close()
            for drill in at_once:
                self._wait_for_end(drill)
            for drill in drills:
                self._wait_for(drill, MessageStatus.FIRING, drill.expected_s)
                self._wait_for_end(drill)
        return self._judged(drills)

    def misses(self, fault: str, *alerts: str, loads: Sequence[LoadPlan] = ()) -> tuple[DrillResult, ...]:
        """Hold a fault that is just too small for some alerts for twice as long as they would need.

        Args:
            fault: ``KIND TARGET key=value``, or the name of one of the loads, which then is the cause.
            alerts: Those that must not fire.
            loads: Loads that run meanwhile.

        Raises:
            AssertionError: One fired, or a receiver was notified.
            InconclusiveError: As above.
        """
        return self.all_miss(Scenario(fault, tuple(AlertExpectation(alert, ()) for alert in alerts), tuple(loads)))

    def all_miss(self, *scenarios: Scenario) -> tuple[DrillResult, ...]:
        """The same with several independent faults, held together.

        Args:
            scenarios: Each with an expectation for each alert that must not fire; it notifies nobody.

        Raises:
            AssertionError: As above.
            InconclusiveError: As above.
        """
        prepared = [_Prepared.of(each) for each in scenarios]
        drills = [self._drill(DrillKind.NEAR_MISS, each, one) for each in prepared for one in each.scenario.expected]
        lasts_s = max(_NEAR_MISS_LASTS * drill.expected_s for drill in drills) + _NEAR_MISS_MORE_S
        with self._held(prepared, drills):
            since_s, deadline = time.monotonic(), time.monotonic() + lasts_s
            for drill in drills:
                left_s = max(deadline - time.monotonic(), 0.0)
                self._seen.wait_for_state(drill.alert, AlertState.FIRING, left_s, since_s=since_s)
        return self._judged(drills)

    def silences(self, fault: str, alert: str, missed_by: Addressee, *, within_s: float) -> DrillResult:
        """Inject a fault that silences an alert that always fires, and wait until a dead man's switch misses it.

        Raises:
            AssertionError: It was not missed.
            InconclusiveError: As above.
        """
        expected = AlertExpectation(alert, (missed_by,))
        prepared = _Prepared.of(Scenario(fault, (expected,)))
        drill = self._drill(DrillKind.SILENCE, prepared, expected, within_s)
        with self._held([prepared], [drill]) as held:
            self._wait_for(drill, MessageStatus.MISSING, within_s)
            held.close()
            self._wait_for(drill, MessageStatus.BACK, within_s)
        return self._judged([drill])[0]

    def cover(self, alerts: Mapping[str, str], faults: Mapping[str, str]) -> AlertingJudgement:
        """Declare that all alerts of the rules, and all kinds of faults, should have been covered by now.

        Args:
            alerts: Reasons why alerts have no drill, by name, or why one aspect is not tried, by ``NAME/ASPECT``.
            faults: Reasons why no alert has to notice a kind of fault, by kind.

        Returns:
            What was shown, with a gap for each alert and each kind of fault that was left out without a reason.

        Raises:
            DeclarationError: There is no such aspect.
        """
        for alert, reason in alerts.items():
            name, _, aspect = alert.partition(_ASPECT)
            self._run.exempt_alert(name, _aspect(aspect) if aspect else None, reason)
        for kind, reason in faults.items():
            self._run.exempt_fault_kind(kind, reason)
        scope = DrillScope(self._alerting.alerts, tuple(each.kind for each in all_faults()))
        self._run.record(scope)
        self._seen.add([scope])
        return self._judge()

    def _drill(
        self, kind: DrillKind, prepared: "_Prepared", expected: AlertExpectation, within_s: float | None = None
    ) -> Drill:
        timing = self._alerting.timing(
            expected.alert,
            window_s=expected.window_s,
            window_share=expected.window_share,
            evaluations=expected.evaluations,
        )
        resolved_s = theoretical_resolution(timing) if expected.resolves else None
        return Drill(
            id=f"{new_id()} {self._name}: {expected.alert}, {kind}",
            alert=expected.alert,
            kind=kind,
            fault=prepared.scenario.fault,
            cause=prepared.cause,
            at_s=time.monotonic(),
            promised=expected.notifies,
            expected_s=theoretical_detection(timing).received_s if within_s is None else within_s,
            resolved_expected_s=resolved_s if within_s is None else within_s,
            labels=expected.labels,
            inhibits=expected.inhibits,
            may_notify=expected.may_notify,
            together=expected.together,
            factor=self._alerting.factor,
            sli=expected.sli,
            threshold=expected.threshold,
            within_s=expected.within_s,
        )

    @contextmanager
    def _held(self, prepared: Sequence["_Prepared"], drills: Sequence[Drill]) -> Iterator[ExitStack]:
        """Run the loads, record the drills, and hold the faults, until the block ends or closes what it was given."""
        self._wait_until_inactive(drills)
        loads = [load for each in prepared for load in each.loads]
        faults = [each.fault for each in prepared if each.fault is not None]
        with ExitStack() as ended:
            ended.callback(self._end, drills)
            with ExitStack() as held:
                if not faults:  # a load is the cause: it begins with the drill, and ends before it
                    self._begin(drills)
                    held.enter_context(Background(self._run, loads).running())
                    yield held
                    return
                background = ended.enter_context(Background(self._run, loads).running())
                background.wait_for_good(1, _INACTIVE_WITHIN_S)
                self._begin(drills)
                for fault in faults:
                    held.enter_context(self._run.fault(fault, name=self._name))
                yield held

    def _begin(self, drills: Sequence[Drill]) -> None:
        for drill in drills:
            self._run.record(drill)
            self._seen.add([drill])

    def _end(self, drills: Sequence[Drill]) -> None:
        for drill in drills:
            self._run.record(DrillEnded(*now(), drill.id))

    def _wait_until_inactive(self, drills: Sequence[Drill]) -> None:
        """An alert that fires already cannot be made to fire."""
        for drill in drills:
            if drill.kind is DrillKind.SILENCE:
                continue
            waited = wait_until(partial(self._is_active, drill), not_, within_s=_INACTIVE_WITHIN_S)
            if not waited.in_time:
                raise InconclusiveError(
                    f"{drill.alert} should be inactive before its drill, but was active for {_INACTIVE_WITHIN_S:g} s",
                    fix="see what was done to the stack before, and whether the alert ever resolves",
                )

    def _is_active(self, drill: Drill) -> bool:
        last: dict[frozenset[tuple[str, str]], AlertState] = {}
        for each in self._seen.readings(drill.alert):
            if drill.labels.items() <= each.labels.items():
                last[frozenset(each.labels.items())] = each.state
        return any(state is not AlertState.INACTIVE for state in last.values())

    def _wait_for(self, drill: Drill, status: MessageStatus, expected_s: float) -> None:
        """Wait for each promised notification; whether one is missing is for the judge to say."""
        since_s = time.monotonic() if status in {MessageStatus.RESOLVED, MessageStatus.BACK} else drill.at_s
        alert = "" if drill.kind is DrillKind.SILENCE else drill.alert  # a dead man's switch names no alert
        for to in drill.promised:
            if status is not MessageStatus.RESOLVED or to.gets_resolved:
                left_s = since_s + bound_s(drill, expected_s) - time.monotonic()
                self._seen.wait_for_message(alert, to, status, max(left_s, 0.0), since_s=drill.at_s)

    def _wait_until_it_fires(self, drill: Drill) -> None:
        """An alert whose notification is held back must fire now, or never does."""
        left_s = drill.at_s + bound_s(drill, drill.expected_s) - time.monotonic()
        self._seen.wait_for_state(
            drill.alert, AlertState.FIRING, max(left_s, 0.0), since_s=drill.at_s, labels=drill.labels
        )

    def _wait_for_end(self, drill: Drill) -> None:
        """A receiver that was not notified that it fires is not notified that it resolved either."""
        if drill.resolved_expected_s is not None and any(
            self._seen.wait_for_message(drill.alert, to, MessageStatus.FIRING, 0.0, since_s=drill.at_s)
            for to in drill.promised
        ):
            self._wait_for(drill, MessageStatus.RESOLVED, drill.resolved_expected_s)

    def _wait_for_inhibited(self, drill: Drill) -> None:
        """What an alert inhibits must fire while the fault is held, or there is nothing to inhibit."""
        for target in drill.inhibits:
            self._seen.wait_for_state(
                target.alert, AlertState.FIRING, _INHIBITED_WITHIN_S, since_s=drill.at_s, labels=target.labels
            )

    def _judge(self) -> AlertingJudgement:
        """Judge everything that was observed so far."""
        return judge_alerting(tuple(self._seen.entries), tuple(self._run.events), tuple(self._run.samples))

    def _judged(self, drills: Sequence[Drill]) -> tuple[DrillResult, ...]:
        ids = {drill.id for drill in drills}
        results = tuple(each for each in self._judge().drills if each.view.drill.id in ids)
        for verdict, error in ((Verdict.FAIL, AssertionError), (Verdict.INCONCLUSIVE, InconclusiveError)):
            wrong = [each for each in results if each.verdict is verdict]
            if wrong:
                raise error("; ".join(f"{each.view.drill.alert}: {_why(each)}" for each in wrong))
        return results


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A scenario whose fault and loads have the ids that they will have in the record."""

    scenario: Scenario
    loads: tuple[TimedLoad, ...]
    fault: PlannedFault | None

    @classmethod
    def of(cls, scenario: Scenario) -> "_Prepared":
        is_load = any(load.name == scenario.fault for load in scenario.loads)
        fault = None if is_load else PlannedFault(new_id(), FaultSpec.parse(scenario.fault))
        return cls(scenario, tuple(map(TimedLoad, scenario.loads)), fault)

    @property
    def cause(self) -> str:
        """Id of what disturbs the stack."""
        if self.fault is not None:
            return self.fault.injection
        return next(load.id for load in self.loads if load.plan.name == self.scenario.fault)


def _aspect(name: str) -> Aspect:
    try:
        return Aspect(name)
    except ValueError:
        raise DeclarationError(f"expected an aspect of an alert, saw {name!r}; known: {', '.join(Aspect)}") from None


def _why(result: DrillResult) -> str:
    return "; ".join(each.reason for each in result.shortcomings) or "no reason is known"
