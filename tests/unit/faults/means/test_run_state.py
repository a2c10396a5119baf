import pytest

from stackproof.faults.means.run_state import ensure_running, kill_now
from stackproof.model import ContainerStatus, EngineError
from tests.unit.fakes import FakeStack


@pytest.mark.parametrize("before", ["running", "paused", "ended"])
def test_a_service_runs_again_whatever_its_state(before: str) -> None:
    """Frozen, ended or running: afterwards it runs."""
    engine = FakeStack()
    if before == "paused":
        engine.pause("web")
    if before == "ended":
        engine.kill("web")
    ensure_running(engine, "web")
    assert engine.state("web").status is ContainerStatus.RUNNING


def test_killing_an_ended_service_is_fine() -> None:
    """It has no effect."""
    engine = FakeStack()
    kill_now(engine, "web")
    kill_now(engine, "web")
    assert engine.signals == ["web SIGKILL"]


def test_a_service_that_survives_a_kill_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's own error is raised."""

    def refuse(_service: str) -> None:
        raise EngineError("no")

    engine = FakeStack()
    monkeypatch.setattr(engine, "kill", refuse)
    with pytest.raises(EngineError):
        kill_now(engine, "web")
