"""The fake engine conforms to the port, so that what is proved on it is proved of any engine that does."""

from pathlib import Path

import pytest

from tests.conformance.checks import CHECKS
from tests.conformance.fakes import fake_subject
from tests.conformance.subject import Check

_FEWEST = 50


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_fake_engine_conforms(check: Check, tmp_path: Path) -> None:
    """Each check by itself, on a stack of its own."""
    check(fake_subject(tmp_path))


def test_checks_leave_the_stack_as_it_was(tmp_path: Path) -> None:
    """All of them pass one after the other on one stack, in either order: a real engine is not started for each."""
    subject = fake_subject(tmp_path)
    for check in (*CHECKS.values(), *reversed([*CHECKS.values()])):
        check(subject)


def test_every_check_is_found() -> None:
    """None is lost by a misspelt name or a role that is left out."""
    assert len(CHECKS) >= _FEWEST
    assert all(check.__doc__ for check in CHECKS.values())
