import pytest

from stackproof.faults.means.run_state import ensure_running, kill_now
from stackproof.model import EngineError
from tests.unit.fakes import FakeEngine


@pytest.mark.parametrize("before", ["running", "paused", "ended"])
def test_it_is_brought_back_from_wherever_it_is(before: str) -> None:
    """Frozen, ended or running: after it, it runs."""
    engine = FakeEngine()
    if before == "paused":
        engine.pause("web")
    if before == "ended":
        engine.kill("web")
    ensure_running(engine, "web")
    assert engine.state("web").status == "running"


def test_what_has_ended_by_itself_need_not_be_ended() -> None:
    """Ending it twice is fine."""
    engine = FakeEngine()
    kill_now(engine, "web")
    kill_now(engine, "web")
    assert engine.signals == ["web SIGKILL"]


def test_an_engine_that_does_not_end_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that runs on although it was to be killed is an error."""

    def refuse(_service: str) -> None:
        raise EngineError("no")

    engine = FakeEngine()
    monkeypatch.setattr(engine, "kill", refuse)
    with pytest.raises(EngineError):
        kill_now(engine, "web")
