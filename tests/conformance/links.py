"""Role *links*: effects and cuts."""

import pytest

from stackproof.engine.port import (
    BandwidthEffect,
    DataLimitEffect,
    Direction,
    EffectKind,
    ForeignEffect,
    LatencyEffect,
    LinkEffect,
    ResetEffect,
    SlicingEffect,
    SlowCloseEffect,
    TimeoutEffect,
)
from stackproof.model import EngineError, FaultError, Link
from tests.conformance.subject import BARE, FRONT, LINK, NO_LINK, OTHER_LINK, PORT, STORE, Subject

LATE = LinkEffect("late", LatencyEffect(5, 1))
NARROW = LinkEffect("narrow", BandwidthEffect(100), Direction.TO_SERVICE)
KINDS: tuple[EffectKind, ...] = (
    LatencyEffect(1500, 20),
    BandwidthEffect(8),
    SlowCloseEffect(400),
    TimeoutEffect(300),
    SlicingEffect(50, 5, 2000),
    DataLimitEffect(300),
    ResetEffect(10),
)


def _clear(subject: Subject) -> None:
    for link in (LINK, OTHER_LINK):
        control = subject.running.link(link)
        for effect in control.effects():
            control.remove(effect.name)
        control.restore()


def check_a_link_is_sound_at_first(subject: Subject) -> None:
    """No effect is on it, and it listens."""
    for link in subject.running.stack.links():
        assert subject.running.link(link).effects() == ()
        assert not subject.running.link(link).is_cut()


def check_every_effect_is_on_the_link_as_it_was_put_there(subject: Subject) -> None:
    """Each kind keeps its values and its direction."""
    control = subject.running.link(LINK)
    for direction in Direction:
        wanted = {LinkEffect(f"{type(kind).__name__}", kind, direction) for kind in KINDS}
        for effect in wanted:
            control.add(effect)
        assert {*control.effects()} == wanted
        _clear(subject)
    assert control.effects() == ()


def check_an_effect_of_the_same_name_is_replaced(subject: Subject) -> None:
    """The new values hold, not both; other effects stay."""
    control = subject.running.link(LINK)
    changed = LinkEffect(LATE.name, LatencyEffect(9), Direction.TO_SERVICE)
    for effect in (LATE, NARROW, changed):
        control.add(effect)
    assert {*control.effects()} == {NARROW, changed}
    _clear(subject)


def check_an_effect_is_removed_by_its_name_alone(subject: Subject) -> None:
    """Removing it twice, or one that never was, does nothing."""
    control = subject.running.link(LINK)
    control.add(LATE)
    control.add(NARROW)
    control.remove(LATE.name)
    control.remove(LATE.name)
    control.remove("never")
    assert control.effects() == (NARROW,)
    _clear(subject)


def check_an_effect_is_on_its_own_link_alone(subject: Subject) -> None:
    """The same port over another network is another link."""
    subject.running.link(LINK).add(LATE)
    subject.running.link(LINK).cut()
    assert subject.running.link(OTHER_LINK).effects() == ()
    assert not subject.running.link(OTHER_LINK).is_cut()
    _clear(subject)


def check_a_cut_link_is_cut_until_it_is_restored(subject: Subject) -> None:
    """Doing either twice does nothing more."""
    control = subject.running.link(LINK)
    control.cut()
    control.cut()
    assert control.is_cut()
    control.restore()
    control.restore()
    assert not control.is_cut()


def check_a_cut_keeps_the_effects(subject: Subject) -> None:
    """A link that is restored is as late as it was."""
    control = subject.running.link(LINK)
    control.add(LATE)
    control.cut()
    control.restore()
    assert control.effects() == (LATE,)
    _clear(subject)


def check_every_process_sees_and_changes_the_same_link(subject: Subject) -> None:
    """State is kept with the link: a stack that was found heals what another one did."""
    mine = subject.running.link(LINK)
    mine.add(LATE)
    mine.cut()
    found = subject.engine.find(subject.running.folder).link(LINK)
    assert found.effects() == (LATE,)
    assert found.is_cut()
    found.remove(LATE.name)
    found.restore()
    assert mine.effects() == ()
    assert not mine.is_cut()


def check_a_link_that_does_not_exist_is_refused(subject: Subject) -> None:
    """Neither a port that nobody declared nor a service without a proxy has one."""
    for link in (NO_LINK, Link(FRONT, BARE, PORT)):
        with pytest.raises(FaultError):
            subject.running.link(link)


def check_a_foreign_effect_cannot_be_added(subject: Subject) -> None:
    """An engine describes what it does not know, and is not asked to make it."""
    with pytest.raises(EngineError):
        subject.running.link(LINK).add(LinkEffect("odd", ForeignEffect("an oddity")))
    assert subject.running.link(LINK).effects() == ()


def check_a_killed_proxy_comes_back_with_the_next_change(subject: Subject) -> None:
    """Its links are sound then, but for that change."""
    subject.running.link(OTHER_LINK).add(LATE)
    subject.running.kill_proxy(STORE)
    subject.running.link(LINK).add(NARROW)
    assert subject.running.link(LINK).effects() == (NARROW,)
    assert subject.running.link(OTHER_LINK).effects() == ()
    assert not subject.running.link(OTHER_LINK).is_cut()
    _clear(subject)


def check_a_service_without_a_proxy_has_none_to_kill(subject: Subject) -> None:
    """It is an error, and the service runs on."""
    with pytest.raises(EngineError):
        subject.running.kill_proxy(BARE)
    assert subject.running.state(BARE).status.is_up
