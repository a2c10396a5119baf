"""The checks catch an engine that breaks the port: each violation here is seeded into the fake, and one check fails."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from stackproof.engine.port import Capability, Leftovers, LinkEffect, Override, Place, RunningStack
from stackproof.model import ContainerState, ContainerStatus, EngineError
from tests.conformance.checks import CHECKS
from tests.conformance.fakes import fake_subject
from tests.conformance.subject import LINK
from tests.unit.fake_engine import FakeEngine
from tests.unit.fakes import FakeLink, FakeStack


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that an engine does wrong.

    Attributes:
        of: The class that does it.
        call: The call that does it.
        wrong: What it does instead.
        caught_by: The check that has to fail.
    """

    of: type
    call: str
    wrong: Callable[..., object]
    caught_by: str


def _add_beside(link: FakeLink, effect: LinkEffect) -> None:
    effects = link._effects  # noqa: SLF001 - a violation reaches inside
    effects[f"{effect.name}-{len(effects)}"] = replace(effect, name=f"{effect.name}-{len(effects)}")


def _share_a_link(stack: FakeStack, link: object) -> FakeLink:
    del link
    return stack.links[LINK]


def _kill_nothing(stack: FakeStack, service: str, signal: str = "SIGKILL") -> None:
    stack.signals.append(f"{service} {signal}")


def _start_the_same_run(stack: FakeStack, service: str) -> None:
    state = stack.states[service]
    if state.status.has_ended:
        stack.states[service] = replace(state, status=ContainerStatus.RUNNING, exit_code=None)


def _refuse_a_second_pause(stack: FakeStack, service: str) -> None:
    if stack.states[service].status is ContainerStatus.PAUSED:
        raise EngineError("it is paused already")
    stack.states[service] = ContainerState(ContainerStatus.PAUSED)


def _sweep_everything(engine: FakeEngine, run: str | None, deadline_s: float = 60.0) -> Leftovers:
    del run, deadline_s
    removed = engine.leftovers(None)
    engine.running.clear()
    return removed


def _sweep_nothing(engine: FakeEngine, run: str | None, deadline_s: float = 60.0) -> Leftovers:
    del deadline_s
    return engine.leftovers(run)


def _find_anything(engine: FakeEngine, folder: Path) -> RunningStack:
    del folder
    return next(iter(engine.running.values()))


def _print_failures(stack: FakeStack, place: Place, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
    del stack, place, timeout_s
    return " ".join(command[1:]) + "\n"


def _keep_every_override(stack: FakeStack, service: str, override: Override) -> None:
    before = stack.alterations.get(service, Override())
    stack.alterations[service] = Override({**before.environment, **override.environment})


def _be_absent(stack: FakeStack, service: str) -> ContainerState:
    return stack.states.get(service, ContainerState(ContainerStatus.ABSENT))


def _lack_for_no_reason(engine: FakeEngine, capability: Capability) -> str | None:
    del engine
    return "" if capability is Capability.FREEZING else None


def _do_nothing(*_given: object) -> None:
    pass


VIOLATIONS = {
    "removed effects stay": Violation(FakeLink, "remove", _do_nothing, "an_effect_is_removed_by_its_name_alone"),
    "an effect does not replace another": Violation(
        FakeLink, "add", _add_beside, "an_effect_of_the_same_name_is_replaced"
    ),
    "two links are one": Violation(FakeStack, "link", _share_a_link, "an_effect_is_on_its_own_link_alone"),
    "a cut does nothing": Violation(FakeLink, "cut", _do_nothing, "a_cut_link_is_cut_until_it_is_restored"),
    "a kill does nothing": Violation(FakeStack, "kill", _kill_nothing, "an_ended_service_cannot_be_killed"),
    "a new start looks like the old one": Violation(
        FakeStack, "start", _start_the_same_run, "a_killed_service_ends_and_starts_again"
    ),
    "a second pause is an error": Violation(
        FakeStack, "pause", _refuse_a_second_pause, "a_frozen_service_is_paused_until_it_goes_on"
    ),
    "a misspelt service is absent": Violation(FakeStack, "state", _be_absent, "an_unknown_service_is_refused"),
    "a sweep removes other runs": Violation(
        FakeEngine, "sweep", _sweep_everything, "a_sweep_removes_a_run_and_no_other"
    ),
    "a sweep removes nothing": Violation(FakeEngine, "sweep", _sweep_nothing, "a_sweep_removes_a_run_and_no_other"),
    "a stack is found where none is": Violation(
        FakeEngine, "find", _find_anything, "a_folder_without_a_record_has_no_stack"
    ),
    "a failed helper is not an error": Violation(
        FakeStack, "run_helper", _print_failures, "a_failed_helper_is_an_error"
    ),
    "limits are not set": Violation(FakeStack, "limit", _do_nothing, "limits_are_set_and_given_back"),
    "overrides add up": Violation(FakeStack, "recreate", _keep_every_override, "the_last_override_holds_alone"),
    "an override is for ever": Violation(
        FakeStack, "restore", _do_nothing, "a_recreated_service_has_what_is_different_and_then_not"
    ),
    "a capability is missing for no reason": Violation(
        FakeEngine, "lacks", _lack_for_no_reason, "a_missing_capability_has_a_reason"
    ),
}


@pytest.mark.parametrize("violation", VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_seeded_violation_is_caught(violation: Violation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check that names the broken rule fails; it passes without the violation, as every check does."""
    monkeypatch.setattr("tests.conformance.subject._WITHIN_S", 0.1)
    monkeypatch.setattr("tests.conformance.life._LAST_S", 0.1)
    subject = fake_subject(tmp_path)
    monkeypatch.setattr(violation.of, violation.call, violation.wrong)
    with pytest.raises((AssertionError, EngineError, pytest.fail.Exception)):
        CHECKS[violation.caught_by](subject)


def test_at_least_ten_violations_of_different_calls_are_seeded() -> None:
    """They spread over roles, and over the engine as over a stack."""
    assert len({(each.of, each.call) for each in VIOLATIONS.values()}) >= 10
    assert {each.of for each in VIOLATIONS.values()} == {FakeLink, FakeStack, FakeEngine}
