"""Docker's words for states and changes are read as the model's."""

import pytest

from stackproof.engine.docker.states import action_of, inspected_state, listed_state, status_of
from stackproof.model import ContainerAction, ContainerState, ContainerStatus, Health

RUNNING = {"Status": "running", "ExitCode": 0, "StartedAt": "2026-01-01T00:00:00Z", "OOMKilled": False}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (RUNNING, ContainerState(ContainerStatus.RUNNING, started_at="2026-01-01T00:00:00Z")),
        (
            RUNNING | {"Health": {"Status": "unhealthy"}},
            ContainerState(ContainerStatus.RUNNING, Health.UNHEALTHY, started_at="2026-01-01T00:00:00Z"),
        ),
        (
            RUNNING | {"Health": {"Status": "none"}, "Status": "paused"},
            ContainerState(ContainerStatus.PAUSED, started_at="2026-01-01T00:00:00Z"),
        ),
        (
            RUNNING | {"Status": "exited", "ExitCode": 137, "OOMKilled": True},
            ContainerState(ContainerStatus.EXITED, exit_code=137, started_at="2026-01-01T00:00:00Z", oom_killed=True),
        ),
    ],
)
def test_an_inspected_state_is_read(state: dict[str, object], expected: ContainerState) -> None:
    """An exit code is one of an end; a health of "none" is no health."""
    assert inspected_state(state) == expected


@pytest.mark.parametrize(
    ("text", "health"),
    [
        ("Up 3 seconds", None),
        ("Up 3 seconds (health: starting)", Health.STARTING),
        ("Up 3 seconds (healthy)", Health.HEALTHY),
        ("Up 3 seconds (unhealthy)", Health.UNHEALTHY),
    ],
)
def test_a_listed_health_is_read_from_its_text(text: str, health: Health | None) -> None:
    """A list has no field for it."""
    assert listed_state("running", text) == ContainerState(ContainerStatus.RUNNING, health)


def test_a_list_of_containers_has_exit_codes() -> None:
    """So a job that is done differs from one that failed."""
    assert listed_state("exited", "Exited (0) 2 minutes ago").is_done
    assert listed_state("exited", "Exited (137) 2 minutes ago") == ContainerState(ContainerStatus.EXITED, exit_code=137)
    assert not listed_state("exited", "Exited (137) 2 minutes ago").is_done


@pytest.mark.parametrize("status", [each for each in ContainerStatus if each is not ContainerStatus.ABSENT])
def test_every_status_of_docker_is_known(status: ContainerStatus) -> None:
    """Ours have Docker's words; Podman has some of its own for the same."""
    assert status_of(status.value) is status
    assert status_of("stopped") is ContainerStatus.EXITED


@pytest.mark.parametrize(
    ("word", "action"),
    [
        ("die", ContainerAction.ENDED),
        ("health_status: healthy", ContainerAction.HEALTHY),
        ("exec_start: date", None),
        ("attach", None),
    ],
)
def test_an_event_is_read(word: str, action: ContainerAction | None) -> None:
    """What is only done in a container, or looked at, is not a change of it."""
    assert action_of(word) is action
