"""Removes what a failing script does not need. Hypothesis shrinks its choices; this shrinks the script itself."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from stackproof.protocols.mime.contract.breaches import ServerGoneError
from stackproof.protocols.mime.contract.script import Script, Write
from stackproof.search.failing_case import FailingCase


def script_size(script: Script) -> tuple[int, int]:
    """Return the number of steps, and of bytes and cuts in them."""
    return len(script), sum(len(step.data) + len(step.cuts) for step in script if isinstance(step, Write))


def shrink_script(failure: FailingCase[Script], play: Callable[[Script], str], within_s: float) -> FailingCase[Script]:
    """Remove steps, lines and cuts, as long as the script still fails.

    Args:
        failure: The failing script.
        play: Plays a script; returns why it failed, or an empty string.
        within_s: How long to go on, in seconds.
    """
    ends_s = time.monotonic() + within_s
    smallest, runs = failure, failure.shrunk
    candidates = _smaller(failure.case)
    while time.monotonic() < ends_s and (candidate := next(candidates, None)) is not None:
        try:
            why = play(candidate)
        except ServerGoneError:
            break
        runs += 1
        if why:
            smallest, candidates = FailingCase(candidate, why), _smaller(candidate)
    return replace(smallest, shrunk=runs)


def _smaller(script: Script) -> Iterator[Script]:
    """Generate every script that lacks one thing: many steps at once, then fewer, then a part of one."""
    length = len(script) // 2
    while length:
        for index in range(0, len(script), length):
            yield script[:index] + script[index + length :]
        length //= 2
    for index, step in enumerate(script):
        if isinstance(step, Write):
            yield from ((*script[:index], less, *script[index + 1 :]) for less in _less(step))


def _less(step: Write) -> Iterator[Write]:
    if step.cuts:
        yield replace(step, cuts=(), pause_s=0.0)
    lines = step.data.splitlines(keepends=True)
    if len(lines) > 1:
        for index in range(len(lines)):
            yield replace(step, data=b"".join(lines[:index] + lines[index + 1 :]))
