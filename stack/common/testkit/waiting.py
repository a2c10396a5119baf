"""Waits for a state by polling."""

import threading
import time
from collections.abc import Callable

WITHIN_S = 60.0
PAUSE_S = 0.02


def wait_until(state: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Poll until the state is reached; the bound only ends a hang."""
    deadline = time.monotonic() + within_s
    pause = threading.Event()
    while not state():
        if time.monotonic() > deadline:
            raise AssertionError(f"the state was not reached within {within_s} s")
        pause.wait(PAUSE_S)
