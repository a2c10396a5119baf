import pytest

from stackproof.engine.docker.health import StartProgress, progress_of

HEALTHY = ("running", "Up 2 seconds (healthy)")


@pytest.mark.parametrize(
    ("containers", "seen"),
    [
        ((HEALTHY, ("running", "Up 2 seconds")), StartProgress.HEALTHY),
        ((HEALTHY, ("exited", "Exited (0) 1 second ago")), StartProgress.HEALTHY),
        ((HEALTHY, ("running", "Up 1 second (health: starting)")), StartProgress.STARTING),
        ((HEALTHY, ("created", "Created")), StartProgress.STARTING),
        ((HEALTHY, ("restarting", "Restarting (1) 1 second ago")), StartProgress.STARTING),
        ((), StartProgress.FAILED),
        ((HEALTHY, ("running", "Up 9 seconds (unhealthy)"), ("created", "Created")), StartProgress.FAILED),
        ((HEALTHY, ("exited", "Exited (1) 1 second ago")), StartProgress.FAILED),
    ],
)
def test_a_stack_has_started_when_every_service_is_healthy(
    containers: tuple[tuple[str, str], ...], seen: StartProgress
) -> None:
    """Healthy: all run and are healthy where that is checked, or ended well. Failed: any failed, or none exists."""
    assert progress_of((*each, "service") for each in containers) is seen


def test_a_service_without_a_health_check_has_to_run_for_a_second() -> None:
    """One that dies on its first line runs for a moment, too; a proxy of ours is not held to that."""
    begun = ("running", "Up Less than a second")
    assert progress_of([(*begun, "service")]) is StartProgress.STARTING
    assert progress_of([(*begun, "proxy")]) is StartProgress.HEALTHY
