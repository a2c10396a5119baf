"""setup and doctor: what a machine has and lacks."""

from dataclasses import replace

import pytest

from stackproof.host import setup as preparing
from stackproof.host.requirements import MachineFacts
from stackproof.model import EngineError
from tests.unit.cli.commands import Done, run
from tests.unit.host.test_setup import NO, READY


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[MachineFacts]:
    """What the machine answers when it is asked; a test puts in what it wants seen."""
    facts = [READY]
    monkeypatch.setattr(preparing, "gather_facts", lambda: facts[-1])
    return facts


@pytest.mark.usefixtures("seen")
def test_doctor_is_content_with_a_ready_machine() -> None:
    """Exit code 0, and a line for each thing that a run needs."""
    done = run("doctor")
    assert done.code == 0
    assert len(done.out.splitlines()) == 12
    assert all(line.startswith("ok      ") for line in done.out.splitlines())


def test_doctor_names_what_is_missing_and_the_fix(seen: list[MachineFacts]) -> None:
    """Exit code 1; what was expected and what to do stand below."""
    seen.append(replace(READY, compose=NO))
    done = run("doctor")
    assert done.code == 1
    lines = done.out.splitlines()
    at = lines.index("MISSING Compose plugin: no program `docker`")
    assert lines[at + 1 : at + 3] == ["        expected 2.20 or newer", "        fix: run `stackproof setup`"]


def test_doctor_as_json_has_a_fixed_shape(seen: list[MachineFacts]) -> None:
    """Other programs rely on these keys; the exit code is the same."""
    assert run("doctor", "--json").code == 0
    seen.append(replace(READY, compose=NO))
    done = run("doctor", "--json")
    assert done.code == 1
    assert {tuple(each) for each in done.json()} == {("id", "ok", "what", "expected", "seen", "fix")}
    assert [each["id"] for each in done.json() if not each["ok"]] == ["compose"]


@pytest.mark.usefixtures("seen")
def test_setup_does_nothing_on_a_ready_machine() -> None:
    """And says nothing."""
    assert run("setup") == Done(0, "", "")


def test_setup_shows_what_it_does(seen: list[MachineFacts], monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each step."""
    seen.append(replace(READY, engine=NO))

    def start(progress: object) -> None:
        assert callable(progress)
        progress("starting the container engine")
        seen.append(READY)

    monkeypatch.setattr(preparing, "start_engine", start)
    monkeypatch.setattr(preparing, "install_engine", lambda _parts, _progress: None)
    assert run("setup") == Done(0, "setup: starting the container engine\n", "")


def test_setup_says_what_it_cannot_make(seen: list[MachineFacts], monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, and one message."""
    seen.append(replace(READY, compose=NO))

    def refuse(_parts: object, _progress: object) -> None:
        raise EngineError("expected to be root, saw a user", fix="install it by hand")

    monkeypatch.setattr(preparing, "install_engine", refuse)
    assert run("setup").is_refused("expected to be root, saw a user", "fix: install it by hand")
