"""Waiting for a state."""

from itertools import count

import pytest

from stackproof.machine.waiting import wait_until


def test_it_ends_as_soon_as_the_state_is_reached() -> None:
    """Nobody waits longer than needed."""
    numbers = count()
    waited = wait_until(lambda: next(numbers), lambda seen: seen == 3, within_s=60, poll_s=0)
    assert (waited.seen, waited.in_time) == (3, True)


def test_it_looks_once_even_without_time() -> None:
    """A bound of zero checks the present state."""
    assert wait_until(lambda: "here", within_s=0).in_time
    late = wait_until(lambda: "", within_s=0)
    assert (late.seen, late.in_time) == ("", False)


def test_it_ends_at_its_bound() -> None:
    """A state that never comes hangs nothing, and the last look is reported."""
    numbers = count(1)
    late = wait_until(lambda: -next(numbers), lambda seen: seen > 0, within_s=0.02, poll_s=0.005)
    assert not late.in_time
    assert late.seen <= -2
    assert late.took_s >= 0.02


def test_an_error_ends_the_wait() -> None:
    """An error is not waited through unless the caller handles it."""

    def look() -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        wait_until(look, within_s=60)
