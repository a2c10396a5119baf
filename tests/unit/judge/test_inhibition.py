"""An alert inhibits its consequences while it fires, and no longer."""

import pytest

from stackproof.judge import CellAnswer
from stackproof.model import AlertState, Aspect, HandlingState, Inhibited, MessageStatus
from tests.unit.drill_records import ALERT, CHAT, Story, drill_ended, going_well, handling, message, reading

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
    """Suppressed while its source fires, active as soon as that is over, and notified then."""
    story = _story(*_held()).plus(message(CHAT, MessageStatus.FIRING, 13, SLOW))
    assert story.answers(Aspect.INHIBITED) == [CellAnswer.YES, CellAnswer.YES]
    assert story.reason(Aspect.INHIBITED) == ""


def test_an_inhibition_that_lets_a_notification_through_fails() -> None:
    """Somebody was notified of a consequence of what they knew already."""
    story = _story(*_held()).plus(message(CHAT, MessageStatus.FIRING, 5, SLOW))
    assert story.answers(Aspect.INHIBITED) == [CellAnswer.NO, CellAnswer.NO]
    assert story.reason(Aspect.INHIBITED) == "slack #ops was notified of ShopSlow 4.1 s after it fired itself"


def test_an_inhibition_that_alertmanager_does_not_make_fails() -> None:
    """Even if no notification came yet, as with a long group_wait: its `equal` does not match, say."""
    story = _story(_slow(ACTIVE, 2.2), _slow(GONE, 16.2))
    assert story.reason(Aspect.INHIBITED) == "Alertmanager did not suppress ShopSlow while it fired itself"


def test_an_inhibition_that_outlives_its_source_fails() -> None:
    """What remains when the cause is gone is a problem of its own, and somebody has to be notified of it."""
    story = _story(_slow(SUPPRESSED, 2.2, ALERT), _slow(GONE, 16.2))
    assert story.reason(Aspect.INHIBITED) == "ShopSlow was suppressed (by ShopDown) for 5.2 s after it was over"


def test_a_notification_before_the_source_fired_breaks_nothing() -> None:
    """The quicker of two alerts is notified; an inhibition does not look ahead."""
    story = _story(*_held()).plus(
        reading(AlertState.FIRING, 0.3, SLOW, SLOW_LABELS), message(CHAT, MessageStatus.FIRING, 0.6, SLOW)
    )
    assert story.answers(Aspect.INHIBITED) == [CellAnswer.YES, CellAnswer.YES]


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (
            going_well().promising(inhibits=(Inhibited(SLOW),)),
            "ShopSlow did not fire meanwhile, so there was nothing to inhibit",
        ),
        (
            _story(_slow(SUPPRESSED, 2.2, ALERT), _slow(GONE, 10.9), until_s=10.8),
            "ShopSlow ended with it, so the end of the inhibition was not tried",
        ),
        (_story(), "nobody was notified of ShopSlow after it was over, and Alertmanager was not asked why"),
    ],
)
def test_an_inhibition_without_anything_to_inhibit_was_not_tried(story: Story, why: str) -> None:
    """The silence of an alert that does not fire is not an inhibition, and one whose end was not seen may have none."""
    assert story.reason(Aspect.INHIBITED) == why
    assert story.answers(Aspect.INHIBITED) == [CellAnswer.NOT_TRIED, CellAnswer.NOT_TRIED]


def test_notifications_alone_can_show_it() -> None:
    """If Alertmanager is not asked, a notification that came at last shows that the inhibition ended."""
    story = _story().plus(message(CHAT, MessageStatus.FIRING, 13, SLOW))
    assert story.answers(Aspect.INHIBITED) == [CellAnswer.YES, CellAnswer.YES]


def test_the_cell_of_the_inhibited_alert_shows_it_too() -> None:
    """The row of the target shows which alert should inhibit it, and that it did not."""
    story = _story(_slow(ACTIVE, 2.2))
    (drill,) = story.drills()
    other = story.plus(
        type(drill)("slow", SLOW, drill.kind, drill.fault, drill.at_s, drill.promised, cause=drill.cause),
        drill_ended(20, "slow"),
    )
    assert other.answers(Aspect.INHIBITED, SLOW) == [CellAnswer.NO, CellAnswer.NO]


def test_an_alert_may_inhibit_its_namesake() -> None:
    """A page on a burning budget inhibits the ticket on it: same name, other severity."""
    labels = {"severity": "warning"}
    story = going_well().promising(inhibits=(Inhibited(ALERT, labels),))
    story = story.plus(
        reading(AlertState.FIRING, 2, ALERT, labels),
        reading(AlertState.INACTIVE, 16, ALERT, labels),
        handling(SUPPRESSED, 2.2, ALERT, ALERT, labels),
        handling(ACTIVE, 11, ALERT, "", labels),
    )
    assert story.answers(Aspect.INHIBITED) == [CellAnswer.YES, CellAnswer.YES]
    assert story.plus(handling(ACTIVE, 5, ALERT, "", labels)).answers(Aspect.INHIBITED) == [
        CellAnswer.NO,
        CellAnswer.NO,
    ]


def test_a_suppressed_alert_without_a_notification_names_what_suppressed_it() -> None:
    """An inhibition that always applies hides its target: the drill of the target names it."""
    muted = handling(SUPPRESSED, 1.1, ALERT, "Everything")
    story = going_well().without_messages(CHAT).plus(muted)
    assert story.reason(Aspect.ROUTED, CHAT) == "slack #ops was not notified: Alertmanager suppressed it, by Everything"
