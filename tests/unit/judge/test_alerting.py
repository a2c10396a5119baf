"""A drill passes only where all was shown that was promised, and the judge says what was not."""

from dataclasses import replace

import pytest

from stackproof.judge import Answer, Aspect
from stackproof.model import (
    AlertReading,
    AlertState,
    DrillKind,
    DrillScope,
    Event,
    EventKind,
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
    event,
    fault,
    going_well,
    message,
    near_miss,
    reading,
    watched,
)

FIRING, RESOLVED = MessageStatus.FIRING, MessageStatus.RESOLVED


def _verdicts(story: Story) -> list[Verdict]:
    return [row.verdict for row in story.rows()]


def _cell(story: Story, aspect: Aspect) -> list[Answer]:
    return story.answers(aspect)


def test_a_drill_in_which_all_was_as_promised_passes() -> None:
    """Fired, told to both and no other, in time and once, and both heard of the end; the near miss was silent."""
    judged = going_well().judged()
    assert judged.verdict is Verdict.PASS
    assert judged.reasons == ()
    assert [row.to for row in judged.rows] == [PAGER, CHAT]
    answers = {cell.aspect: cell.answer for cell in judged.rows[0].cells}
    assert answers.pop(Aspect.INHIBITED) is Answer.EXEMPT
    assert set(answers.values()) == {Answer.YES}


def test_a_drill_is_measured_from_injection_and_healing() -> None:
    """Pending, firing and received count from the injection, resolved from the healing, each receiver for itself."""
    row = going_well().rows()[0]
    assert row.drill is not None
    assert row.told is not None
    assert [row.drill.pending_s, row.drill.firing_s] == pytest.approx([0.4, 0.9])
    assert [row.told.received_s, row.told.resolved_s] == pytest.approx([1.1, 2.0])
    assert going_well().rows()[1].told != row.told


def test_a_message_at_nobody_s_door_fails_the_drill() -> None:
    """Who was not promised to be told must not be, be it at once or after the drill."""
    for at_s in (1.2, 30.0):
        story = going_well().plus(message(replace(CHAT, to="#random"), FIRING, at_s))
        assert _verdicts(story) == [Verdict.FAIL, Verdict.FAIL]
        assert story.reason(Aspect.ROUTED) == "slack #random was told, though nobody promised it that"


def test_who_may_be_told_does_not_fail_the_drill() -> None:
    """An alert of the same name has receivers of its own."""
    other = replace(CHAT, to="#random")
    story = going_well().plus(message(other, FIRING, 1.2)).promising(may_be_told=(other,))
    assert _verdicts(story) == [Verdict.PASS, Verdict.PASS]


def test_swapped_receivers_are_seen_at_both() -> None:
    """The one who should be told is not, and another one is."""
    chat = [replace(each, to="#random") for each in going_well().messages(CHAT)]
    story = going_well().without_messages(CHAT).plus(*chat)
    assert story.answers(Aspect.ROUTED) == [Answer.NO, Answer.NO]
    assert story.reason(Aspect.ROUTED, CHAT).endswith("; slack #ops was not told, but slack #random")


def test_an_alert_without_its_severity_is_not_routed() -> None:
    """It fires, and only the fallback hears of it."""
    fallback = replace(PAGER, receiver="mail", to="ops@example.com")
    story = going_well().without_messages(PAGER).without_messages(CHAT).plus(message(fallback, FIRING, 1.1))
    assert _cell(story, Aspect.FIRED) == [Answer.YES, Answer.YES]
    assert _cell(story, Aspect.ROUTED) == [Answer.NO, Answer.NO]
    assert _verdicts(story) == [Verdict.FAIL, Verdict.FAIL]


def test_an_alert_that_stays_silent_fails() -> None:
    """It never fired; what follows from firing was not tried, and does not hide the reason."""
    seen = [each for each in going_well().entries if isinstance(each, AlertReading)]
    firing = [each for each in seen if each.state is AlertState.FIRING]
    story = going_well().without(*firing).without_messages(PAGER).without_messages(CHAT)
    assert story.reason(Aspect.FIRED) == "it did not fire: it was pending, but not for long enough"
    assert _cell(story, Aspect.ROUTED) == [Answer.NOT_TRIED, Answer.NOT_TRIED]
    assert _verdicts(story) == [Verdict.FAIL, Verdict.FAIL]


def test_a_message_on_a_namesake_is_no_sign_of_an_alert() -> None:
    """The receivers were told of an alert of that name, but Prometheus knows that it was another one."""
    seen = [each for each in going_well().entries if isinstance(each, AlertReading)]
    firing = [each for each in seen if each.state is AlertState.FIRING]
    assert (
        going_well().without(*firing).reason(Aspect.FIRED) == "it did not fire: it was pending, but not for long enough"
    )


def test_a_rule_that_cannot_be_evaluated_says_so() -> None:
    """Prometheus knows why an alert stays silent."""
    seen = [each for each in going_well().entries if isinstance(each, AlertReading)]
    broken = replace(seen[0], at_s=INJECTED_S - 0.5, error="many-to-many matching")
    story = going_well().without(*seen).without_messages(PAGER).without_messages(CHAT).plus(broken)
    assert story.reason(Aspect.FIRED) == "it did not fire: Prometheus cannot evaluate it: many-to-many matching"


def test_a_late_message_fails() -> None:
    """Late is what no slow machine explains: three times theory, and ten seconds more."""
    just, late = (
        going_well().without_messages(PAGER, FIRING).plus(message(PAGER, FIRING, at_s)) for at_s in (13.5, 13.7)
    )
    long = [replace(each, at_s=each.at_s + 10) for each in going_well().messages(PAGER)[1:]]
    just, late = (each.without_messages(PAGER, RESOLVED).plus(*long) for each in (just, late))
    assert _cell(just, Aspect.IN_TIME) == [Answer.YES, Answer.YES]
    assert _cell(late, Aspect.IN_TIME) == [Answer.NO, Answer.YES]
    assert late.reason(Aspect.IN_TIME) == (
        "pagerduty key-1 was told after 13.7 s, theory has 1.2 s, and 13.6 s is the bound"
    )


def test_a_bound_of_its_own_counts() -> None:
    """Where somebody knows better than theory, that bound decides."""
    assert _cell(going_well().promising(within_s=1.2), Aspect.IN_TIME) == [Answer.YES, Answer.NO]


def test_without_theory_nothing_is_in_time() -> None:
    """To call any time good would be no check."""
    story = going_well().promising(expected_s=0.0)
    assert _cell(story, Aspect.IN_TIME) == [Answer.NOT_TRIED, Answer.NOT_TRIED]


def test_an_end_that_was_not_told_fails() -> None:
    """Without send_resolved the alert is over, and whoever was paged does not know."""
    story = going_well().without_messages(CHAT, RESOLVED)
    assert _cell(story, Aspect.RESOLVED) == [Answer.YES, Answer.NO]
    assert "it does not fire any more, so nobody sent it (send_resolved)" in story.reason(Aspect.RESOLVED, CHAT)


def test_an_alert_that_never_resolves_fails() -> None:
    """It fires on after the healing, and that is said."""
    over = reading(AlertState.INACTIVE, 10.8)
    story = going_well().without(over).without_messages(PAGER, RESOLVED).without_messages(CHAT, RESOLVED)
    assert _cell(story, Aspect.RESOLVED) == [Answer.NO, Answer.NO]
    assert story.reason(Aspect.RESOLVED).endswith("was never told that it resolved: it fires still")


def test_who_was_not_promised_the_end_need_not_hear_of_it() -> None:
    """A receiver that keeps no state is not told."""
    quiet = replace(CHAT, told_of_end=False)
    story = going_well().without_messages(CHAT, RESOLVED).promising(promised=(PAGER, quiet))
    assert _cell(story, Aspect.RESOLVED) == [Answer.YES, Answer.EXEMPT]
    assert _verdicts(story) == [Verdict.PASS, Verdict.PASS]


@pytest.mark.parametrize(("at_s", "why"), [(5.0, "5 s before the fault was healed"), (39.0, "theory has 6 s")])
def test_an_end_that_is_told_too_early_or_too_late_fails(at_s: float, why: str) -> None:
    """All is well when the fault is healed, and is told soon after."""
    told = message(PAGER, RESOLVED, at_s)
    ended = event(EventKind.DRILL_ENDED, 20, "down")
    story = going_well().without_messages(PAGER, RESOLVED).without(ended)
    story = story.plus(told, replace(ended, at_s=INJECTED_S + 40))
    assert _cell(story, Aspect.RESOLVED) == [Answer.NO, Answer.YES]
    assert why in story.reason(Aspect.RESOLVED)


def test_an_end_that_is_told_while_the_fault_is_being_healed_is_not_too_early() -> None:
    """Memory is free as soon as healing begins, and on a fast clock that is told before all of it is undone."""
    story = going_well().without_messages(PAGER, RESOLVED).plus(message(PAGER, RESOLVED, 9.9))
    assert _cell(story, Aspect.RESOLVED) == [Answer.NO, Answer.YES]
    slow = story.without(event(EventKind.FAULT_HEALED, 10, FAULT))
    slow = slow.plus(event(EventKind.FAULT_HEALED, 10, FAULT, took_s="0.5"))
    assert _cell(slow, Aspect.RESOLVED) == [Answer.YES, Answer.YES]


def test_the_same_message_twice_fails() -> None:
    """Once is enough: a person who is told twice learns to look away; a retry after a refusal is none."""
    again = message(PAGER, FIRING, 2.0)
    assert _cell(going_well().plus(again), Aspect.GROUPED) == [Answer.NO, Answer.YES]
    assert going_well().plus(again).reason(Aspect.GROUPED) == "pagerduty key-1 got the same message 2 times"
    refused = message(PAGER, FIRING, 1.05, answered=500)
    assert _cell(going_well().plus(refused), Aspect.GROUPED) == [Answer.YES, Answer.YES]
    assert _cell(going_well().plus(again).promising(repeat_s=0.5), Aspect.GROUPED) == [Answer.YES, Answer.YES]
    other = message(PAGER, FIRING, 2.0, body='{"summary": "another one"}')
    assert _cell(going_well().plus(other), Aspect.GROUPED) == [Answer.YES, Answer.YES]


OTHER = {"severity": "critical", "service": "till"}


@pytest.mark.parametrize(
    ("spoilt", "aspect", "why"),
    [
        (message(PAGER, RESOLVED, 5.0), Aspect.RESOLVED, "pagerduty key-1 was told that it resolved 5 s before"),
        (message(PAGER, FIRING, 2.0), Aspect.GROUPED, "pagerduty key-1 got the same message 2 times"),
        (message(PAGER, FIRING, -28), Aspect.SILENT, "pagerduty key-1 was told in the near miss 'restart shop'"),
        (message(replace(CHAT, to="#others"), FIRING, 2.0), Aspect.ROUTED, "slack #others was told, though nobody"),
    ],
)
def test_a_message_that_may_be_of_a_namesake_refutes_nothing(spoilt: Message, aspect: Aspect, why: str) -> None:
    """Another service's alert of that name fires as well: whose message it is, the message does not say."""
    near = replace(NEAR, labels=LABELS)
    story = going_well().promising(labels=LABELS).without(NEAR).plus(near, spoilt)
    assert Verdict.FAIL in _verdicts(story)
    assert story.reason(aspect).startswith(why)
    fires = reading(AlertState.FIRING, (spoilt.at_s - INJECTED_S) - 0.5, labels=OTHER)
    beside = story.plus(fires, replace(fires, state=AlertState.INACTIVE, at_s=fires.at_s + 1))
    assert Verdict.FAIL not in _verdicts(beside)
    assert 'ShopDown{severity="critical", service="till"} fired too' in beside.reason(aspect)
    drilled = beside.plus(replace(DRILL, id="till", labels=OTHER, at_s=INJECTED_S + 100))
    assert Verdict.FAIL in _verdicts(drilled), "an alert that is drilled too is no stranger"


def test_what_changes_each_time_makes_no_other_message() -> None:
    """A mail's date and number differ though it is the same one."""
    first, again = (
        message(PAGER, FIRING, at_s, body=f'{{"headers": {{"Date": "{at_s}", "Message-Id": "{at_s}"}}}}')
        for at_s in (1.1, 2.0)
    )
    story = going_well().without_messages(PAGER, FIRING).plus(first, again)
    assert _cell(story, Aspect.GROUPED) == [Answer.NO, Answer.YES]


def test_what_belongs_together_comes_in_one_message() -> None:
    """Two messages for one trouble are one too many."""
    apart = going_well().promising(together=("ShopSlow",))
    assert apart.reason(Aspect.GROUPED) == "pagerduty key-1 got no one message that has ShopSlow, too"
    both = [message(to, FIRING, 1.5, ALERT, "ShopSlow") for to in (PAGER, CHAT)]
    assert _cell(apart.plus(*both), Aspect.GROUPED) == [Answer.YES, Answer.YES]


def test_a_message_that_the_vendor_refuses_fails() -> None:
    """What the stand-in took and the vendor would not is not delivered; unreadable ones count as well."""
    wrong = replace(message(PAGER, FIRING, 1.1), problems=("payload.severity: expected critical, error, ...",))
    story = going_well().without_messages(PAGER, FIRING).plus(wrong)
    assert story.reason(Aspect.ROUTED).startswith("pagerduty key-1 got what the vendor refuses: payload.severity")
    unread = replace(wrong, status=MessageStatus.UNCLEAR, alerts=())
    assert _verdicts(going_well().plus(unread)) == [Verdict.FAIL, Verdict.FAIL]


def test_a_receiver_that_refuses_was_not_told() -> None:
    """A message counts once it was taken; a retry that came through is the first one."""
    refused = message(PAGER, FIRING, 1.0, answered=500)
    story = going_well().without_messages(PAGER).plus(refused)
    assert story.reason(Aspect.ROUTED, PAGER) == (
        "pagerduty key-1 was not told: it refused 1 messages, the last one with 500"
    )
    told = going_well().plus(refused).rows()[0].told
    assert told is not None
    assert told.received_s == pytest.approx(1.1)


def test_a_group_says_of_each_alert_what_it_is() -> None:
    """One message may tell that one alert is over and another one goes on."""
    mixed = replace(message(PAGER, FIRING, 12, ALERT, "Other"), firing=("Other",), resolved=(ALERT,))
    story = going_well().without_messages(PAGER, RESOLVED).plus(mixed)
    assert _verdicts(story) == [Verdict.PASS, Verdict.PASS]


def test_a_near_miss_that_fires_fails() -> None:
    """An alert that fires on what is no fault cries wolf; a message alone tells as much as Prometheus."""
    fired = going_well().plus(reading(AlertState.FIRING, -28))
    assert _cell(fired, Aspect.SILENT) == [Answer.NO, Answer.NO]
    assert _cell(fired, Aspect.FIRED) == [Answer.YES, Answer.YES]
    told = going_well().plus(message(PAGER, FIRING, -28))
    assert told.reason(Aspect.SILENT) == "pagerduty key-1 was told in the near miss 'restart shop'"


def test_without_a_near_miss_silence_was_not_tried() -> None:
    """An alert that always fires would pass every other cell."""
    story = going_well().without(*near_miss().entries, *near_miss().events)
    assert _cell(story, Aspect.SILENT) == [Answer.NOT_TRIED, Answer.NOT_TRIED]
    assert _verdicts(story) == [Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE]


def test_a_near_miss_must_be_long_enough_to_miss() -> None:
    """What was held for less than theory needs shows nothing."""
    near = replace(NEAR, expected_s=5.0)
    story = going_well().without(NEAR).plus(near)
    assert "held for 4 s, less than the 5 s to detect" in story.reason(Aspect.SILENT)
    assert _verdicts(story) == [Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE]


def test_a_near_miss_by_shortness_must_be_near() -> None:
    """A fault that is short on purpose has to bring the alert to pending; else nobody knows how far off it was."""
    short = replace(NEAR, expected_s=0.0)
    story = going_well().without(NEAR).plus(short)
    assert _cell(story, Aspect.SILENT) == [Answer.YES, Answer.YES]
    unmoved = story.without(reading(AlertState.PENDING, -29))
    assert unmoved.reason(Aspect.SILENT) == "the near miss was so short that it was not even pending"


@pytest.mark.parametrize("which", [FAULT, NEAR_FAULT])
def test_a_fault_that_did_not_bite_decides_nothing(which: str) -> None:
    """Neither silence nor noise says anything of an alert whose fault was not there."""
    at_s, healed_s = (0, 10) if which == FAULT else (-30, -26)
    story = going_well().without(*fault(which, at_s, healed_s)).plus(*fault(which, at_s, healed_s, bit=False))
    assert set(_verdicts(story)) == {Verdict.INCONCLUSIVE}
    assert any("was not seen to bite: the engine says running" in why for _, why in story.judged().reasons)


def test_a_load_may_be_what_disturbs() -> None:
    """A near miss can be traffic that is just under the threshold; where no request was sent, nothing was tried."""
    load = "front/shop:80 slow"
    near = replace(NEAR, fault=load)
    events = [event(EventKind.LOAD_STARTED, -30, load), event(EventKind.LOAD_ENDED, -26, load)]
    story = going_well().without(NEAR, *fault(NEAR_FAULT, -30, -26)).plus(near, *events)
    assert "was not seen to bite: 0 requests were sent" in story.reason(Aspect.SILENT)
    sent = Sample(load, INJECTED_S - 28, INJECTED_S - 28, INJECTED_S - 27.9, Outcome.OK)
    assert _verdicts(replace(story, samples=(sent,))) == [Verdict.PASS, Verdict.PASS]


def test_an_alert_that_fired_before_decides_nothing() -> None:
    """What the fault did cannot be told from what was there."""
    story = going_well().plus(reading(AlertState.FIRING, -5))
    assert story.reason(Aspect.FIRED) == "it was firing before the fault"


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        (event(EventKind.DRILL_ENDED, 20, "down"), "the drill did not come to its end"),
        (event(EventKind.FAULT_INJECTED, 0, FAULT, family="processes"), "'kill shop' was not begun"),
        (event(EventKind.ALERTS_SEEN, -40, "inbox"), "nobody watched the receivers to the end"),
        (event(EventKind.ALERTS_SEEN, -40, "states"), "Prometheus was not watched all the time"),
    ],
)
def test_what_was_not_seen_decides_nothing(gone: Event, why: str) -> None:
    """A harness that died, or that looked away, has no verdict."""
    story = going_well().without(gone)
    assert story.reason(Aspect.FIRED) == why
    assert set(_verdicts(story)) == {Verdict.INCONCLUSIVE}


def test_a_blind_moment_is_no_blindness() -> None:
    """A slow answer or two is what a busy machine gives; seconds without one may have hidden anything."""

    def blind(length_s: float) -> Story:
        seen = event(EventKind.ALERTS_SEEN, 5 + length_s, "states")
        lost = event(EventKind.ALERTS_UNSEEN, 5, "states", why="none within 2 s")
        return going_well().plus(lost, seen)

    assert set(_verdicts(blind(1.5))) == {Verdict.PASS}
    assert set(_verdicts(blind(3))) == {Verdict.INCONCLUSIVE}


def test_a_rule_that_is_not_there_decides_nothing() -> None:
    """A drill of an alert that Prometheus does not know is a mistake of the drill."""
    seen = [each for each in going_well().entries if isinstance(each, AlertReading)]
    assert going_well().without(*seen).reason(Aspect.FIRED) == "Prometheus was not seen to have such a rule"


def test_a_fault_that_was_not_healed_leaves_the_end_open() -> None:
    """That it resolves was not tried."""
    story = going_well().without(event(EventKind.FAULT_HEALED, 10, FAULT))
    assert _cell(story, Aspect.RESOLVED) == [Answer.NOT_TRIED, Answer.NOT_TRIED]


def test_a_dead_man_s_switch_is_told_by_silence() -> None:
    """Its alert always fires; the switch misses it, and hears it again. Without a word of it the drill fails."""
    switch = replace(PAGER, receiver="deadman", to="watchdog")
    drill = replace(DRILL, kind=DrillKind.SILENCE, promised=(switch,), labels={})
    missing = replace(message(switch, MessageStatus.MISSING, 2, answered=0), alerts=())
    back = replace(message(switch, MessageStatus.BACK, 12, answered=200), alerts=())
    events = (*watched(), *fault(FAULT, 0, 10), event(EventKind.DRILL_ENDED, 20, "down"))
    always = reading(AlertState.FIRING, -39)
    exempt = event(EventKind.ALERT_EXEMPTED, 0, ALERT, aspect="silent on near miss", reason="it never ends")
    story = Story((always, drill, missing, back), (*events, exempt))
    (row,) = story.rows()
    assert row.verdict is Verdict.PASS
    assert row.told is not None
    assert (row.told.received_s, row.told.resolved_s) == (2.0, 2.0)
    assert story.without(missing, back).reason(Aspect.FIRED) == "it did not fire: no receiver missed it"
    assert _verdicts(story.without(back)) == [Verdict.FAIL]


def test_an_alert_without_a_drill_is_a_finding() -> None:
    """Nobody may believe that it was proved; a written reason stands in for it."""
    story = going_well().plus(DrillScope((ALERT, "Forgotten", "Left"), ("kill",)))
    story = story.plus(event(EventKind.ALERT_EXEMPTED, 0, "Left", aspect="drill", reason="it needs two data centres"))
    judged = story.judged()
    assert judged.findings == ("alert Forgotten has no drill",)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert story.answers(Aspect.FIRED, "Forgotten") == [Answer.NOT_TRIED]
    assert {cell.answer for row in judged.rows if row.alert == "Left" for cell in row.cells} == {Answer.EXEMPT}


def test_a_fault_that_no_alert_notices_is_a_finding() -> None:
    """A kind of fault that passes in silence will pass in silence at night; a written reason makes it known."""
    story = going_well().plus(DrillScope((ALERT,), ("kill", "restart", "clock_skew", "reorder")))
    story = story.plus(event(EventKind.ALERT_EXEMPTED, 0, "reorder", aspect="fault", reason="TCP puts it right"))
    assert story.judged().findings == (
        "no alert was seen to notice the fault 'restart'",
        "no alert was seen to notice the fault 'clock_skew'",
    )


def test_a_near_miss_alone_is_no_drill_but_its_failure_counts() -> None:
    """An alert that fires when it should not fails the run, whatever else was left out."""
    story = Story(going_well().entries[:1], tuple(watched())).plus(*near_miss().entries, *near_miss().events)
    assert story.judged().findings == (f"alert {ALERT} has no drill",)
    fired = story.plus(reading(AlertState.FIRING, -28))
    assert fired.judged().verdict is Verdict.FAIL


def test_an_exemption_does_not_excuse_a_failure() -> None:
    """A written reason stands for what was not tried, not for what was refuted."""
    exempt = event(EventKind.ALERT_EXEMPTED, 0, ALERT, aspect="routed", reason="never mind")
    assert _cell(going_well().without_messages(CHAT).plus(exempt), Aspect.ROUTED) == [Answer.YES, Answer.NO]


def test_a_run_without_drills_says_nothing_of_alerts() -> None:
    """Most runs have none."""
    assert Story().judged().verdict is Verdict.PASS
    assert Story().rows() == ()
