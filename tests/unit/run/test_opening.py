"""A run is opened with one declaration, which its record, its faults and the run itself share."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from stackproof.engine.port import Declaration
from stackproof.faults import injection
from stackproof.history import FILE_NAME, read
from stackproof.model import FaultError, FaultSpec, Stack
from stackproof.run.declared_stack import DeclaredStack
from stackproof.run.folder import RunFolder
from stackproof.run.opening import open_run
from stackproof.run.run import ReadyFault, Run
from stackproof.run.settings import Settings
from tests.unit.fake_runs import RunOnFake, confirm
from tests.unit.fakes import WEB, small_stack

if TYPE_CHECKING:
    from stackproof.run.boot import Boot

DOWN = FaultSpec.parse(f"down {WEB}")


@dataclass(frozen=True)
class FakeBoot:
    """A boot whose declaration is known."""

    declared: DeclaredStack


def _boot() -> "Boot":
    return cast("Boot", FakeBoot(DeclaredStack(Declaration(small_stack(), source=None), ())))


def test_the_record_has_the_declaration_of_the_run(tmp_path: Path) -> None:
    """The header describes the very stack that comes up."""
    boot = _boot()
    opened = open_run(boot, RunFolder("r", tmp_path), Settings(Path("compose.yaml")))
    opened.history.close()
    assert opened.declared is boot.declared
    assert read(tmp_path).header.stack == boot.declared.stack


def test_a_fault_that_cannot_be_held_is_refused_before_there_is_a_record(tmp_path: Path) -> None:
    """A typo costs no run."""
    settings = Settings(Path("compose.yaml"), faults=(FaultSpec.parse("down front/nobody:80"),))
    with pytest.raises(FaultError, match="no link 'front/nobody:80'"):
        open_run(_boot(), RunFolder("r", tmp_path), settings)
    assert not (tmp_path / FILE_NAME).exists()


def test_a_fault_is_bound_once(fake_run: RunOnFake, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was checked against the stack is what is injected: it is not looked up again."""
    confirm(monkeypatch, str(DOWN))
    ready = ReadyFault.of(DOWN, fake_run.run.stack)

    def bound_again(_spec: FaultSpec, _stack: Stack) -> None:
        pytest.fail("it was bound again")

    monkeypatch.setattr(injection, "check", bound_again)
    run: Run = fake_run.run
    with run.hold(ready) as evidence:
        assert evidence.confirmed
        assert fake_run.engine.links[WEB].is_cut()
