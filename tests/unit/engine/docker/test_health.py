import pytest

from stackproof.engine.docker.health import Wellness, wellness_of

WELL = ("running", "Up 2 seconds (healthy)")


@pytest.mark.parametrize(
    ("containers", "seen"),
    [
        ((WELL, ("running", "Up 2 seconds")), Wellness.WELL),
        ((WELL, ("exited", "Exited (0) 1 second ago")), Wellness.WELL),
        ((WELL, ("running", "Up 1 second (health: starting)")), Wellness.COMING),
        ((WELL, ("created", "Created")), Wellness.COMING),
        ((WELL, ("restarting", "Restarting (1) 1 second ago")), Wellness.COMING),
        ((), Wellness.ILL),
        ((WELL, ("running", "Up 9 seconds (unhealthy)"), ("created", "Created")), Wellness.ILL),
        ((WELL, ("exited", "Exited (1) 1 second ago")), Wellness.ILL),
    ],
)
def test_a_stack_is_well_when_all_of_it_is(containers: tuple[tuple[str, str], ...], seen: Wellness) -> None:
    """Well: all run and are healthy where they are checked, or ended well. Ill: any failed, or none is there."""
    assert wellness_of((*each, "service") for each in containers) is seen


def test_a_service_that_nobody_checks_has_to_run_for_a_second() -> None:
    """One that dies of its first line runs for a moment, too; a proxy of ours needs no such trial."""
    begun = ("running", "Up Less than a second")
    assert wellness_of([(*begun, "service")]) is Wellness.COMING
    assert wellness_of([(*begun, "proxy")]) is Wellness.WELL
