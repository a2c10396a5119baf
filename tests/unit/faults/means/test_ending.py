import pytest

from stackproof.faults.means.ending import bring_back, end_at_once
from stackproof.model import ContainerStatus, EngineError
from tests.unit.fakes import FakeStack


@pytest.mark.parametrize("before", ["running", "paused", "ended"])
def test_it_is_brought_back_from_wherever_it_is(before: str) -> None:
    """Frozen, ended or running: after it, it runs."""
    engine = FakeStack()
    if before == "paused":
        engine.pause("web")
    if before == "ended":
        engine.kill("web")
    bring_back(engine, "web")
    assert engine.state("web").status is ContainerStatus.RUNNING


def test_what_has_ended_by_itself_need_not_be_ended() -> None:
    """Ending it twice is fine."""
    engine = FakeStack()
    end_at_once(engine, "web")
    end_at_once(engine, "web")
    assert engine.signals == ["web SIGKILL"]


def test_an_engine_that_does_not_end_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that runs on although it was to be killed is an error."""

    def refuse(_service: str) -> None:
        raise EngineError("no")

    engine = FakeStack()
    monkeypatch.setattr(engine, "kill", refuse)
    with pytest.raises(EngineError):
        end_at_once(engine, "web")
