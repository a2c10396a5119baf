"""A drill passes only if everything was shown that it promises, and the judge says what was not."""

from dataclasses import replace

import pytest

from stackproof.judge import CellAnswer
from stackproof.model import (
    AlertExempted,
    AlertReading,
    AlertSource,
    AlertState,
    AlertsUnwatched,
    AlertsWatched,
    Aspect,
    DrillKind,
    DrillScope,
    Event,
    FaultKindExempted,
    LoadEnded,
    LoadStarted,
    Message,
    MessageStatus,
    Outcome,
    Sample,
    Verdict,
)
from tests.unit.drill_records import (
    ALERT,
    CHAT,
    DRILL,
    FAULT,
    INJECTED_S,
    LABELS,
    NEAR,
    NEAR_FAULT,
    PAGER,
    Story,
    drill_ended,
    fault,
    going_well,
    healed,
    injected,
    message,
    moment,
    near_miss,
    reading,
    watched,
)

FIRING, RESOLVED = MessageStatus.FIRING, MessageStatus.RESOLVED


def _verdicts(story: Story) -> list[Verdict]:
    return [row.verdict for row in story.rows()]


def _cell(story: Story, aspect: Aspect) -> list[CellAnswer]:
    return story.answers(aspect)


def test_a_drill_in_which_every_promise_is_kept_passes() -> None:
    """Fired; both receivers and no other notified, in time, once, and that it resolved; the near miss was silent."""
    judged = going_well().judged()
    assert judged.verdict is Verdict.PASS
    assert judged.reasons == ()
    assert [row.to for row in judged.rows] == [PAGER, CHAT]
    answers = {cell.aspect: cell.answer for cell in judged.rows[0].cells}
    assert answers.pop(Aspect.INHIBITED) is CellAnswer.EXEMPT
    assert set(answers.values()) == {CellAnswer.YES}


def test_a_drill_is_measured_from_injection_and_healing() -> None:
    """Pending, firing and received count from the injection, resolved from the healing, each receiver for itself."""
    row = going_well().rows()[0]
    assert row.drill is not None
    assert row.notified is not None
    assert [row.drill.pending_s, row.drill.firing_s] == pytest.approx([0.4, 0.9])
    assert [row.notified.received_s, row.notified.resolved_s] == pytest.approx([1.1, 2.0])
    assert going_well().rows()[1].notified != row.notified


def test_a_notification_of_a_receiver_that_no_drill_promises_fails_the_drill() -> None:
    """Such a receiver must not be notified, whether at once or after the drill."""
    for at_s in (1.2, 30.0):
        story = going_well().plus(message(replace(CHAT, to="#random"), FIRING, at_s))
        assert _verdicts(story) == [Verdict.FAIL, Verdict.FAIL]
        assert story.reason(Aspect.ROUTED) == "slack #random was notified, though no drill promises that"


def test_a_receiver_that_may_be_notified_does_not_fail_the_drill() -> None:
    """An alert of the same name has receivers of its own."""
    other = replace(CHAT, to="#random")
    story = going_well().plus(message(other, FIRING, 1.2)).promising(may_notify=(other,))
    assert _verdicts(story) == [Verdict.PASS, Verdict.PASS]


def test_swapped_receivers_are_seen_at_both() -> None:
    """The one that should be notified is not, and another one is."""
    chat = [replace(each, to="#random") for each in going_well().messages(CHAT)]
    story = going_well().without_messages(CHAT).plus(*chat)
    assert story.answers(Aspect.ROUTED) == [CellAnswer.NO, CellAnswer.NO]
    assert story.reason(Aspect.ROUTED, CHAT).endswith("; slack #ops was not notified, but slack #random was")


def test_an_alert_without_its_severity_is_not_routed() -> None:
    """It fires, and only the fallback receiver is notified."""
    fallback = replace(PAGER, receiver="mail", to="ops@example.com")
    story = going_well().without_messages(PAGER).without_messages(CHAT).plus(message(fallback, FIRING, 1.1))
    assert _cell(story, Aspect.FIRED) == [CellAnswer.YES, CellAnswer.YES]
    assert _cell(story, Aspect.ROUTED) == [CellAnswer.NO, CellAnswer.NO]
    assert _verdicts(story) == [Verdict.FAIL, Verdict.FAIL]


def test_an_alert_that_stays_silent_fails() -> None:
    """It never fired; what follows from firing was not tried, and does not hide the reason."""
    seen = [each for each in going_well().entries if isinstance(each, AlertReading)]
    firing = [each for each in seen if each.state is AlertState.FIRING]
    story = going_well().without(*firing).without_messages(PAGER).without_messages(CHAT)
    assert story.reason(Aspect.FIRED) == "it did not fire: it was pending, but not for long enough"
    assert _cell(story, Aspect.ROUTED) == [CellAnswer.NOT_TRIED, CellAnswer.NOT_TRIED]
    assert _verdicts(story) == [Verdict.FAIL, Verdict.FAIL]


def test_a_notification_of_a_namesake_does_not_show_that_an_alert_fired() -> None:
    """The receivers were notified of an alert of that name, but Prometheus shows that it was another one."""
    seen = [each for each in going_well().entries if isinstance(each, AlertReading)]
    firing = [each for each in seen if each.state is AlertState.FIRING]
    assert (
        going_well().without(*firing).reason(Aspect.FIRED) == "it did not fire: it was pending, but not for long enough"
    )


def test_a_rule_that_cannot_be_evaluated_says_so() -> None:
    """Prometheus gives the reason why an alert stays silent."""
    seen = [each for each in going_well().entries if isinstance(each, AlertReading)]
    broken = replace(seen[0], at_s=INJECTED_S - 0.5, error="many-to-many matching")
    story = going_well().without(*seen).without_messages(PAGER).without_messages(CHAT).plus(broken)
    assert story.reason(Aspect.FIRED) == "it did not fire: Prometheus cannot evaluate it: many-to-many matching"


def test_a_late_notification_fails() -> None:
    """Late is what no slow machine explains: three times theory plus ten seconds."""
    just, late = (
        going_well().without_messages(PAGER, FIRING).plus(message(PAGER, FIRING, at_s)) for at_s in (13.5, 13.7)
    )
    long = [replace(each, at_s=each.at_s + 10) for each in going_well().messages(PAGER)[1:]]
    just, late = (each.without_messages(PAGER, RESOLVED).plus(*long) for each in (just, late))
    assert _cell(just, Aspect.IN_TIME) == [CellAnswer.YES, CellAnswer.YES]
    assert _cell(late, Aspect.IN_TIME) == [CellAnswer.NO, CellAnswer.YES]
    assert late.reason(Aspect.IN_TIME) == (
        "pagerduty key-1 was notified after 13.7 s; theory gives 1.2 s, the bound is 13.6 s"
    )


def test_a_bound_of_its_own_counts() -> None:
    """A bound that a test gives decides instead of theory."""
    assert _cell(going_well().promising(within_s=1.2), Aspect.IN_TIME) == [CellAnswer.YES, CellAnswer.NO]


def test_without_theory_nothing_is_in_time() -> None:
    """Accepting any time would not be a check."""
    story = going_well().promising(expected_s=0.0)
    assert _cell(story, Aspect.IN_TIME) == [CellAnswer.NOT_TRIED, CellAnswer.NOT_TRIED]


def test_an_end_without_a_notification_fails() -> None:
    """Without send_resolved the alert is over, and the person who was paged does not know."""
    story = going_well().without_messages(CHAT, RESOLVED)
    assert _cell(story, Aspect.RESOLVED) == [CellAnswer.YES, CellAnswer.NO]
    assert "it no longer fires, so nobody sent it (send_resolved)" in story.reason(Aspect.RESOLVED, CHAT)


def test_an_alert_that_never_resolves_fails() -> None:
    """It still fires after the healing, and the reason says so."""
    over = reading(AlertState.INACTIVE, 10.8)
    story = going_well().without(over).without_messages(PAGER, RESOLVED).without_messages(CHAT, RESOLVED)
    assert _cell(story, Aspect.RESOLVED) == [CellAnswer.NO, CellAnswer.NO]
    assert story.reason(Aspect.RESOLVED).endswith("was never notified that it resolved: it still fires")


def test_a_receiver_without_a_promise_of_the_end_need_not_be_notified_of_it() -> None:
    """A receiver that keeps no state gets no such notification."""
    quiet = replace(CHAT, gets_resolved=False)
    story = going_well().without_messages(CHAT, RESOLVED).promising(promised=(PAGER, quiet))
    assert _cell(story, Aspect.RESOLVED) == [CellAnswer.YES, CellAnswer.EXEMPT]
    assert _verdicts(story) == [Verdict.PASS, Verdict.PASS]


@pytest.mark.parametrize(("at_s", "why"), [(5.0, "5 s before the fault was healed"), (39.0, "theory gives 6 s")])
def test_a_notification_of_the_end_that_is_too_early_or_too_late_fails(at_s: float, why: str) -> None:
    """An alert resolves when the fault is healed, and the notification comes soon after."""
    told = message(PAGER, RESOLVED, at_s)
    ended = drill_ended(20)
    story = going_well().without_messages(PAGER, RESOLVED).without(ended)
    story = story.plus(told, replace(ended, at_s=INJECTED_S + 40))
    assert _cell(story, Aspect.RESOLVED) == [CellAnswer.NO, CellAnswer.YES]
    assert why in story.reason(Aspect.RESOLVED)


def test_a_notification_of_the_end_during_the_healing_is_not_too_early() -> None:
    """Memory is free as soon as healing begins, and on a fast clock the notification comes before it is complete."""
    story = going_well().without_messages(PAGER, RESOLVED).plus(message(PAGER, RESOLVED, 9.9))
    assert _cell(story, Aspect.RESOLVED) == [CellAnswer.NO, CellAnswer.YES]
    slow = story.without(healed(FAULT, 10))
    slow = slow.plus(healed(FAULT, 10, took_s=0.5))
    assert _cell(slow, Aspect.RESOLVED) == [CellAnswer.YES, CellAnswer.YES]


def test_the_same_notification_twice_fails() -> None:
    """Once is enough: people learn to ignore repetitions; a retry after a refusal is not one."""
    again = message(PAGER, FIRING, 2.0)
    assert _cell(going_well().plus(again), Aspect.GROUPED) == [CellAnswer.NO, CellAnswer.YES]
    assert going_well().plus(again).reason(Aspect.GROUPED) == "pagerduty key-1 got the same notification 2 times"
    refused = message(PAGER, FIRING, 1.05, answered=500)
    assert _cell(going_well().plus(refused), Aspect.GROUPED) == [CellAnswer.YES, CellAnswer.YES]
    assert _cell(going_well().plus(again).promising(repeat_s=0.5), Aspect.GROUPED) == [CellAnswer.YES, CellAnswer.YES]
    other = message(PAGER, FIRING, 2.0, body='{"summary": "another one"}')
    assert _cell(going_well().plus(other), Aspect.GROUPED) == [CellAnswer.YES, CellAnswer.YES]


OTHER = {"severity": "critical", "service": "till"}


@pytest.mark.parametrize(
    ("spoilt", "aspect", "why"),
    [
        (message(PAGER, RESOLVED, 5.0), Aspect.RESOLVED, "pagerduty key-1 was notified that it resolved 5 s before"),
        (message(PAGER, FIRING, 2.0), Aspect.GROUPED, "pagerduty key-1 got the same notification 2 times"),
        (message(PAGER, FIRING, -28), Aspect.SILENT, "pagerduty key-1 was notified in the near miss 'restart shop'"),
        (message(replace(CHAT, to="#others"), FIRING, 2.0), Aspect.ROUTED, "slack #others was notified, though no"),
    ],
)
def test_a_notification_that_may_be_of_a_namesake_refutes_nothing(spoilt: Message, aspect: Aspect, why: str) -> None:
    """Another service's alert of that name fires as well: the notification does not say which one it is about."""
    near = replace(NEAR, labels=LABELS)
    story = going_well().promising(labels=LABELS).without(NEAR).plus(near, spoilt)
    assert Verdict.FAIL in _verdicts(story)
    assert story.reason(aspect).startswith(why)
    fires = reading(AlertState.FIRING, (spoilt.at_s - INJECTED_S) - 0.5, labels=OTHER)
    beside = story.plus(fires, replace(fires, state=AlertState.INACTIVE, at_s=fires.at_s + 1))
    assert Verdict.FAIL not in _verdicts(beside)
    assert 'ShopDown{severity="critical", service="till"} fired too' in beside.reason(aspect)
    drilled = beside.plus(replace(DRILL, id="till", labels=OTHER, at_s=INJECTED_S + 100))
    assert Verdict.FAIL in _verdicts(drilled), "an alert that is drilled too is not an undrilled namesake"


def test_what_changes_each_time_does_not_make_another_notification() -> None:
    """A mail's date and number differ though it is the same mail."""
    first, again = (
        message(PAGER, FIRING, at_s, body=f'{{"headers": {{"Date": "{at_s}", "Message-Id": "{at_s}"}}}}')
        for at_s in (1.1, 2.0)
    )
    story = going_well().without_messages(PAGER, FIRING).plus(first, again)
    assert _cell(story, Aspect.GROUPED) == [CellAnswer.NO, CellAnswer.YES]


def test_alerts_that_belong_together_come_in_one_notification() -> None:
    """Two notifications for one problem are one too many."""
    apart = going_well().promising(together=("ShopSlow",))
    assert apart.reason(Aspect.GROUPED) == "pagerduty key-1 got no single notification that includes ShopSlow"
    both = [message(to, FIRING, 1.5, ALERT, "ShopSlow") for to in (PAGER, CHAT)]
    assert _cell(apart.plus(*both), Aspect.GROUPED) == [CellAnswer.YES, CellAnswer.YES]


def test_a_notification_that_the_vendor_would_refuse_fails() -> None:
    """The stand-in accepted it, but the vendor would not: it is not delivered. Unreadable ones count as well."""
    wrong = replace(message(PAGER, FIRING, 1.1), problems=("payload.severity: expected critical, error, ...",))
    story = going_well().without_messages(PAGER, FIRING).plus(wrong)
    assert story.reason(Aspect.ROUTED).startswith("pagerduty key-1 got what the vendor would refuse: payload.severity")
    unread = replace(wrong, status=MessageStatus.UNCLEAR, alerts=())
    assert _verdicts(going_well().plus(unread)) == [Verdict.FAIL, Verdict.FAIL]


def test_a_receiver_that_refuses_was_not_notified() -> None:
    """A notification counts once it was accepted; a retry that was accepted is the first one."""
    refused = message(PAGER, FIRING, 1.0, answered=500)
    story = going_well().without_messages(PAGER).plus(refused)
    assert story.reason(Aspect.ROUTED, PAGER) == (
        "pagerduty key-1 was not notified: it refused 1 notifications, the last one with 500"
    )
    notified = going_well().plus(refused).rows()[0].notified
    assert notified is not None
    assert notified.received_s == pytest.approx(1.1)


def test_a_group_reports_the_status_of_each_alert() -> None:
    """One notification may report that one alert resolved and another one still fires."""
    mixed = replace(message(PAGER, FIRING, 12, ALERT, "Other"), firing=("Other",), resolved=(ALERT,))
    story = going_well().without_messages(PAGER, RESOLVED).plus(mixed)
    assert _verdicts(story) == [Verdict.PASS, Verdict.PASS]


def test_a_near_miss_that_fires_fails() -> None:
    """An alert that fires without a fault cries wolf; a notification alone shows as much as Prometheus."""
    fired = going_well().plus(reading(AlertState.FIRING, -28))
    assert _cell(fired, Aspect.SILENT) == [CellAnswer.NO, CellAnswer.NO]
    assert _cell(fired, Aspect.FIRED) == [CellAnswer.YES, CellAnswer.YES]
    told = going_well().plus(message(PAGER, FIRING, -28))
    assert told.reason(Aspect.SILENT) == "pagerduty key-1 was notified in the near miss 'restart shop'"


def test_without_a_near_miss_silence_was_not_tried() -> None:
    """An alert that always fires would pass in every other cell."""
    story = going_well().without(*near_miss().entries, *near_miss().events)
    assert _cell(story, Aspect.SILENT) == [CellAnswer.NOT_TRIED, CellAnswer.NOT_TRIED]
    assert _verdicts(story) == [Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE]


def test_a_near_miss_must_be_long_enough_to_miss() -> None:
    """One that was held for less than theory needs shows nothing."""
    near = replace(NEAR, expected_s=5.0)
    story = going_well().without(NEAR).plus(near)
    assert "held for 4 s, less than the 5 s to detect it" in story.reason(Aspect.SILENT)
    assert _verdicts(story) == [Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE]


def test_a_near_miss_by_shortness_must_be_near() -> None:
    """A fault that is short on purpose must make the alert pending; otherwise nobody knows how far off it was."""
    short = replace(NEAR, expected_s=0.0)
    story = going_well().without(NEAR).plus(short)
    assert _cell(story, Aspect.SILENT) == [CellAnswer.YES, CellAnswer.YES]
    unmoved = story.without(reading(AlertState.PENDING, -29))
    assert unmoved.reason(Aspect.SILENT) == "the near miss was so short that it was not even pending"


@pytest.mark.parametrize("which", [FAULT, NEAR_FAULT])
def test_a_fault_that_was_not_confirmed_decides_nothing(which: str) -> None:
    """Neither silence nor noise shows anything about an alert whose fault had no effect."""
    at_s, healed_s = (0, 10) if which == FAULT else (-30, -26)
    story = going_well().without(*fault(which, at_s, healed_s)).plus(*fault(which, at_s, healed_s, confirmed=False))
    assert set(_verdicts(story)) == {Verdict.INCONCLUSIVE}
    assert any("was not confirmed: the engine says running" in why for _, why in story.judged().reasons)


def test_a_load_may_be_the_cause() -> None:
    """A near miss can be traffic that is just under the threshold; if no request was sent, nothing was tried."""
    load = "front/shop:80 slow"
    near = replace(NEAR, fault=load, cause="load-1")
    events = [LoadStarted(*moment(-30), "load-1", load), LoadEnded(*moment(-26), "load-1")]
    story = going_well().without(NEAR, *fault(NEAR_FAULT, -30, -26)).plus(near, *events)
    assert "was not confirmed: 0 requests were sent" in story.reason(Aspect.SILENT)
    sent = Sample(load, INJECTED_S - 28, INJECTED_S - 28, INJECTED_S - 27.9, Outcome.OK)
    assert _verdicts(replace(story, samples=(sent,))) == [Verdict.PASS, Verdict.PASS]


def test_an_alert_that_fired_before_decides_nothing() -> None:
    """The fault's effect cannot be distinguished from what was there before."""
    story = going_well().plus(reading(AlertState.FIRING, -5))
    assert story.reason(Aspect.FIRED) == "it was firing before the fault"


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        (drill_ended(20), "the drill did not come to its end"),
        (injected(FAULT, 0), "'kill shop' was not begun"),
        (AlertsWatched(*moment(-40), AlertSource.INBOX), "the receivers were not watched to the end"),
        (AlertsWatched(*moment(-40), AlertSource.STATES), "Prometheus was not watched all the time"),
    ],
)
def test_what_was_not_observed_decides_nothing(gone: Event, why: str) -> None:
    """A harness that died, or that did not watch, has no verdict."""
    story = going_well().without(gone)
    assert story.reason(Aspect.FIRED) == why
    assert set(_verdicts(story)) == {Verdict.INCONCLUSIVE}


def test_a_short_gap_in_the_watch_decides_nothing() -> None:
    """A busy machine may answer slowly once or twice; seconds without an answer may have hidden anything."""

    def unwatched(length_s: float) -> Story:
        again = AlertsWatched(*moment(5 + length_s), AlertSource.STATES)
        lost = AlertsUnwatched(*moment(5), AlertSource.STATES, reason="none within 2 s")
        return going_well().plus(lost, again)

    assert set(_verdicts(unwatched(1.5))) == {Verdict.PASS}
    assert set(_verdicts(unwatched(3))) == {Verdict.INCONCLUSIVE}


def test_a_rule_that_does_not_exist_decides_nothing() -> None:
    """A drill of an alert that Prometheus does not have is a mistake of the drill."""
    seen = [each for each in going_well().entries if isinstance(each, AlertReading)]
    assert going_well().without(*seen).reason(Aspect.FIRED) == "Prometheus did not show such a rule"


def test_a_fault_that_was_not_healed_leaves_the_end_open() -> None:
    """Whether the alert resolves was not tried."""
    story = going_well().without(healed(FAULT, 10))
    assert _cell(story, Aspect.RESOLVED) == [CellAnswer.NOT_TRIED, CellAnswer.NOT_TRIED]


def test_a_dead_man_s_switch_notices_silence() -> None:
    """Its alert always fires; the switch misses it, and gets it back. Without both notifications the drill fails."""
    switch = replace(PAGER, receiver="deadman", to="watchdog")
    drill = replace(DRILL, kind=DrillKind.SILENCE, promised=(switch,), labels={})
    missing = replace(message(switch, MessageStatus.MISSING, 2, answered=0), alerts=())
    back = replace(message(switch, MessageStatus.BACK, 12, answered=200), alerts=())
    events = (*watched(), *fault(FAULT, 0, 10), drill_ended(20))
    always = reading(AlertState.FIRING, -39)
    exempt = AlertExempted(*moment(0), ALERT, Aspect.SILENT, "it never ends")
    story = Story((always, drill, missing, back), (*events, exempt))
    (row,) = story.rows()
    assert row.verdict is Verdict.PASS
    assert row.notified is not None
    assert (row.notified.received_s, row.notified.resolved_s) == (2.0, 2.0)
    assert story.without(missing, back).reason(Aspect.FIRED) == "it did not fire: no receiver missed it"
    assert _verdicts(story.without(back)) == [Verdict.FAIL]


def test_an_alert_without_a_drill_is_a_gap() -> None:
    """Nobody may believe that it was proved; a written reason excuses it."""
    story = going_well().plus(DrillScope((ALERT, "Forgotten", "Left"), ("kill",)))
    story = story.plus(AlertExempted(*moment(0), "Left", None, "it needs two data centres"))
    judged = story.judged()
    assert judged.gaps == ("alert Forgotten has no drill",)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert story.answers(Aspect.FIRED, "Forgotten") == [CellAnswer.NOT_TRIED]
    assert {cell.answer for row in judged.rows if row.alert == "Left" for cell in row.cells} == {CellAnswer.EXEMPT}


def test_a_fault_that_no_alert_notices_is_a_gap() -> None:
    """A kind of fault that no alert notices will go unnoticed at night, too; a written reason excuses it."""
    story = going_well().plus(DrillScope((ALERT,), ("kill", "restart", "clock_skew", "reorder")))
    story = story.plus(FaultKindExempted(*moment(0), "reorder", "TCP corrects it"))
    assert story.judged().gaps == (
        "no alert was seen to notice the fault 'restart'",
        "no alert was seen to notice the fault 'clock_skew'",
    )


def test_a_near_miss_alone_is_not_a_drill_but_its_failure_counts() -> None:
    """An alert that fires when it should not fails the run, whatever else was left out."""
    story = Story(going_well().entries[:1], tuple(watched())).plus(*near_miss().entries, *near_miss().events)
    assert story.judged().gaps == (f"alert {ALERT} has no drill",)
    fired = story.plus(reading(AlertState.FIRING, -28))
    assert fired.judged().verdict is Verdict.FAIL


def test_an_exemption_does_not_excuse_a_failure() -> None:
    """A written reason excuses what was not tried, not what was refuted."""
    exempt = AlertExempted(*moment(0), ALERT, Aspect.ROUTED, "never mind")
    assert _cell(going_well().without_messages(CHAT).plus(exempt), Aspect.ROUTED) == [CellAnswer.YES, CellAnswer.NO]


def test_a_run_without_drills_shows_nothing_of_alerts() -> None:
    """Most runs have none."""
    assert Story().judged().verdict is Verdict.PASS
    assert Story().rows() == ()
