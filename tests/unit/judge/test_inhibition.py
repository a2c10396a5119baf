"""An alert silences what follows from it, and only while it lasts."""

import pytest

from stackproof.judge import Answer, Aspect
from stackproof.model import AlertState, EventKind, HandlingState, Inhibited, MessageStatus
from tests.unit.drill_records import ALERT, CHAT, Story, event, going_well, handling, message, reading

SLOW = "ShopSlow"
SLOW_LABELS = {"severity": "warning"}
ACTIVE, SUPPRESSED, GONE = HandlingState.ACTIVE, HandlingState.SUPPRESSED, HandlingState.GONE


def _slow(state: HandlingState, at_s: float, by: str = "") -> object:
    return handling(state, at_s, SLOW, by, SLOW_LABELS)


def _story(*handlings: object, until_s: float = 16) -> Story:
    """The target fires from 2 s on, and the source from 0.9 to 10.8 s."""
    story = going_well().promising(inhibits=(Inhibited(SLOW),))
    story = story.plus(
        reading(AlertState.FIRING, 2, SLOW, SLOW_LABELS), reading(AlertState.INACTIVE, until_s, SLOW, SLOW_LABELS)
    )
    return story.plus(*handlings)  # type: ignore[arg-type] # handlings, all of them


def _held() -> tuple[object, ...]:
    return _slow(SUPPRESSED, 2.2, ALERT), _slow(ACTIVE, 11.0), _slow(GONE, 16.2)


def test_an_inhibition_that_holds_while_it_should_passes() -> None:
    """Suppressed while its source fires, active as soon as that is over, and told then."""
    story = _story(*_held()).plus(message(CHAT, MessageStatus.FIRING, 13, SLOW))
    assert story.answers(Aspect.INHIBITED) == [Answer.YES, Answer.YES]
    assert story.reason(Aspect.INHIBITED) == ""


def test_an_inhibition_that_lets_a_message_through_fails() -> None:
    """Somebody was told of what follows from what he was told before."""
    story = _story(*_held()).plus(message(CHAT, MessageStatus.FIRING, 5, SLOW))
    assert story.answers(Aspect.INHIBITED) == [Answer.NO, Answer.NO]
    assert story.reason(Aspect.INHIBITED) == "slack #ops was told of ShopSlow 4.1 s after it fired itself"


def test_an_inhibition_that_alertmanager_does_not_make_fails() -> None:
    """Even where no message came yet, such as with a long group_wait: its `equal` does not match, say."""
    story = _story(_slow(ACTIVE, 2.2), _slow(GONE, 16.2))
    assert story.reason(Aspect.INHIBITED) == "Alertmanager did not suppress ShopSlow while it fired itself"


def test_an_inhibition_that_outlives_its_source_fails() -> None:
    """What is left when the cause is gone is trouble of its own, and somebody has to hear of it."""
    story = _story(_slow(SUPPRESSED, 2.2, ALERT), _slow(GONE, 16.2))
    assert story.reason(Aspect.INHIBITED) == "ShopSlow was suppressed (by ShopDown) for 5.2 s after it was over"


def test_a_message_before_the_source_fired_breaks_nothing() -> None:
    """The quicker of two alerts is told; an inhibition does not look ahead."""
    story = _story(*_held()).plus(
        reading(AlertState.FIRING, 0.3, SLOW, SLOW_LABELS), message(CHAT, MessageStatus.FIRING, 0.6, SLOW)
    )
    assert story.answers(Aspect.INHIBITED) == [Answer.YES, Answer.YES]


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (
            going_well().promising(inhibits=(Inhibited(SLOW),)),
            "ShopSlow did not fire meanwhile, so nothing was there to silence",
        ),
        (
            _story(_slow(SUPPRESSED, 2.2, ALERT), _slow(GONE, 10.9), until_s=10.8),
            "ShopSlow ended with it, so that the silence ends was not tried",
        ),
        (_story(), "nobody was told of ShopSlow after it was over, and nobody asked Alertmanager why"),
    ],
)
def test_an_inhibition_that_was_not_put_to_the_test_is_none(story: Story, why: str) -> None:
    """Silence of what does not fire is no inhibition, and one whose end was not seen may have none."""
    assert story.reason(Aspect.INHIBITED) == why
    assert story.answers(Aspect.INHIBITED) == [Answer.NOT_TRIED, Answer.NOT_TRIED]


def test_messages_alone_can_show_it() -> None:
    """Where Alertmanager is not asked, that a message came at last shows that the silence ended."""
    story = _story().plus(message(CHAT, MessageStatus.FIRING, 13, SLOW))
    assert story.answers(Aspect.INHIBITED) == [Answer.YES, Answer.YES]


def test_the_silenced_one_s_cell_tells_it_too() -> None:
    """Who reads the row of the target sees who should silence it, and that it was not so."""
    story = _story(_slow(ACTIVE, 2.2)).plus(event(EventKind.NOTE, 0, "x"))
    (drill,) = story.drills()
    other = story.plus(
        type(drill)("slow", SLOW, drill.kind, drill.fault, drill.at_s, drill.promised),
        event(EventKind.DRILL_ENDED, 20, "slow"),
    )
    assert other.answers(Aspect.INHIBITED, SLOW) == [Answer.NO, Answer.NO]


def test_an_alert_may_silence_its_namesake() -> None:
    """A page on a burning budget silences the ticket on it: same name, other severity."""
    labels = {"severity": "warning"}
    story = going_well().promising(inhibits=(Inhibited(ALERT, labels),))
    story = story.plus(
        reading(AlertState.FIRING, 2, ALERT, labels),
        reading(AlertState.INACTIVE, 16, ALERT, labels),
        handling(SUPPRESSED, 2.2, ALERT, ALERT, labels),
        handling(ACTIVE, 11, ALERT, "", labels),
    )
    assert story.answers(Aspect.INHIBITED) == [Answer.YES, Answer.YES]
    assert story.plus(handling(ACTIVE, 5, ALERT, "", labels)).answers(Aspect.INHIBITED) == [Answer.NO, Answer.NO]


def test_a_suppressed_alert_that_should_be_told_says_by_whom() -> None:
    """An inhibition that always applies hides its target: the drill of that one says who does it."""
    muted = handling(SUPPRESSED, 1.1, ALERT, "Everything")
    story = going_well().without_messages(CHAT).plus(muted)
    assert story.reason(Aspect.ROUTED, CHAT) == "slack #ops was not told: Alertmanager suppressed it, by Everything"
