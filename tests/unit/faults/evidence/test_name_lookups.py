import pytest

from stackproof.faults.evidence.name_lookups import (
    NO_SUCH_NAME,
    LookupAnswer,
    LookupComparison,
    lookup_evidence,
    read_lookups,
)
from stackproof.model import ContainerState, ContainerStatus, Evidence, FaultError
from tests.unit.fakes import FakeStack, small_stack
from tests.unit.faults.name_lookups import FOUND, lookups

WEB = small_stack().service("web")
PRINTED = """direct\ttool\t10.0.0.3
redirected\tstore\tno such name
direct\tstore\t10.0.0.2
redirected\ttool\t10.0.0.3
direct\ttool\t10.0.0.3
"""


def test_what_the_helper_prints_is_read() -> None:
    """The name and the others are distinguished, and so are the service's look-ups and the direct ones."""
    seen = read_lookups(PRINTED, "store")
    assert seen.name.redirected == (NO_SUCH_NAME,)
    assert seen.name.direct == (LookupAnswer("10.0.0.2"),)
    assert [each.name for each in seen.others] == ["tool"]
    assert seen.others_are_unaffected


@pytest.mark.parametrize("text", ["", "Traceback (most recent call last):", "redirected\tstore"])
def test_other_output_of_the_helper_is_an_error(text: str) -> None:
    """The message quotes it."""
    with pytest.raises(FaultError, match="expected a helper to print look-ups of 'store', saw"):
        read_lookups(text, "store")


def test_one_unaffected_name_shows_that_others_work() -> None:
    """Another fault may affect one of them; if none is unaffected, look-ups fail altogether."""
    name = lookups("store", NO_SUCH_NAME, FOUND)
    affected, unaffected = lookups("a", NO_SUCH_NAME, FOUND), lookups("b", FOUND, FOUND)
    assert LookupComparison(name, (affected, unaffected)).others_are_unaffected
    assert not LookupComparison(name, (affected,)).others_are_unaffected
    assert not LookupComparison(name, (lookups("a", NO_SUCH_NAME, NO_SUCH_NAME),)).others_are_unaffected


def test_other_names_are_those_that_the_service_can_see_its_own_last() -> None:
    """Its neighbours that are started with the stack; never the name itself, in upper or lower case."""
    engine = FakeStack()
    for name, others in (("elsewhere", ("store", "web")), ("STORE", ("web",)), ("web", ("store",))):
        engine.said = [f"redirected\t{name}\tno such name\n"]
        lookup_evidence(engine, WEB, name, lambda seen: Evidence(confirmed=True, observed=str(seen)))
        command = engine.helped[-1][1]
        assert command[command.index(name) + 1 :] == others


def test_a_service_that_does_not_run_looks_up_nothing() -> None:
    """No helper is run next to it."""
    engine = FakeStack()
    engine.states["web"] = ContainerState(ContainerStatus.EXITED, exit_code=137)
    evidence = lookup_evidence(engine, WEB, "store", lambda _seen: Evidence(confirmed=True, observed=""))
    assert evidence == Evidence(confirmed=False, observed="web does not run, so it looks up nothing")
    assert not engine.helped


def test_a_comparison_reads_as_a_sentence() -> None:
    """It names both answers if they differ, and one if they do not."""
    seen = LookupComparison(lookups("store", NO_SUCH_NAME, FOUND), (lookups("tool", FOUND, FOUND),))
    assert str(seen) == "store: no such name (without the fault: 10.0.0.2); tool: 10.0.0.2 (the same without the fault)"
