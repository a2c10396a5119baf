import pytest

from stackproof.faults.evidence.lookups import NO_SUCH_NAME, Answer, Lookups, read_lookups, shown
from stackproof.model import ContainerState, ContainerStatus, Evidence, FaultError
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.names import THERE, asked

WEB = small_stack().service("web")
SAID = """free\ttool\t10.0.0.3
led\tstore\tno such name
free\tstore\t10.0.0.2
led\ttool\t10.0.0.3
free\ttool\t10.0.0.3
"""


def test_what_a_helper_prints_is_read_by_name_and_way() -> None:
    """The name and the others are told apart, and the way that the service takes from the one past our resolver."""
    seen = read_lookups(SAID, "store")
    assert seen.name.led == (NO_SUCH_NAME,)
    assert seen.name.free == (Answer("10.0.0.2"),)
    assert [each.name for each in seen.others] == ["tool"]
    assert seen.others_are_sound


@pytest.mark.parametrize("text", ["", "Traceback (most recent call last):", "led\tstore"])
def test_what_is_no_look_up_is_told_as_it_is(text: str) -> None:
    """A helper that says something else is quoted."""
    with pytest.raises(FaultError, match="expected look-ups of 'store' from a helper, saw"):
        read_lookups(text, "store")


def test_one_sound_name_shows_that_others_work() -> None:
    """A second fault may be about another name; where all are unsound, look-ups as such have failed."""
    name = asked("store", NO_SUCH_NAME, THERE)
    unsound, sound = asked("a", NO_SUCH_NAME, THERE), asked("b", THERE, THERE)
    assert Lookups(name, (unsound, sound)).others_are_sound
    assert not Lookups(name, (unsound,)).others_are_sound
    assert not Lookups(name, (asked("a", NO_SUCH_NAME, NO_SUCH_NAME),)).others_are_sound


def test_names_that_the_service_can_see_are_asked_for_its_own_last() -> None:
    """Neighbours on its networks that stand; never the name itself, however it is written."""
    engine = FakeStack()
    for name, others in (("elsewhere", ("store", "web")), ("STORE", ("web",)), ("web", ("store",))):
        engine.said = [f"led\t{name}\tno such name\n"]
        shown(engine, WEB, name, lambda seen: Evidence(confirmed=True, observed=str(seen)))
        command = engine.helped[-1][1]
        assert command[command.index(name) + 1 :] == others


def test_a_service_that_does_not_run_looks_nothing_up() -> None:
    """The dead are not asked."""
    engine = FakeStack()
    engine.states["web"] = ContainerState(ContainerStatus.EXITED, exit_code=137)
    evidence = shown(engine, WEB, "store", lambda _seen: Evidence(confirmed=True, observed=""))
    assert evidence == Evidence(confirmed=False, observed="web does not run, so it looks nothing up")
    assert not engine.helped


def test_what_was_seen_is_told_in_words() -> None:
    """Both ways where they differ, and one where they do not."""
    seen = Lookups(asked("store", NO_SUCH_NAME, THERE), (asked("tool", THERE, THERE),))
    assert str(seen) == "store: no such name (without the fault: 10.0.0.2); tool: 10.0.0.2 (as without the fault)"
