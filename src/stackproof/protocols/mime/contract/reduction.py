"""Leaves out of a failing script what it does not need: Hypothesis shrinks choices, this shrinks what came of them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from stackproof.protocols.mime.contract.search import Failure
from stackproof.protocols.mime.contract.steps import Say, Script
from stackproof.protocols.mime.contract.terms import GoneError


def tidied(failure: Failure, play: Callable[[Script], str], within_s: float) -> Failure:
    """Try scripts that lack a step, a line or a cut, as long as one of them fails too.

    Args:
        failure: What was found.
        play: Plays a script; gives why it failed, or nothing.
        within_s: When to be content, in seconds.
    """
    ends_s = time.monotonic() + within_s
    why, script, tried = failure.why, failure.script, failure.shrunk
    smaller = _smaller(script)
    while time.monotonic() < ends_s and (candidate := next(smaller, None)) is not None:
        try:
            said = play(candidate)
        except GoneError:
            break
        tried += 1
        if said:
            why, script, smaller = said, candidate, _smaller(candidate)
    return Failure(why, script, tried)


def _smaller(script: Script) -> Iterator[Script]:
    """Every script that lacks one thing: many steps at once, then fewer, then a part of one."""
    length = len(script) // 2
    while length:
        for place in range(0, len(script), length):
            yield script[:place] + script[place + length :]
        length //= 2
    for place, step in enumerate(script):
        if isinstance(step, Say):
            yield from ((*script[:place], less, *script[place + 1 :]) for less in _less(step))


def _less(step: Say) -> Iterator[Say]:
    if step.cuts:
        yield replace(step, cuts=(), pause_s=0.0)
    lines = step.data.splitlines(keepends=True)
    if len(lines) > 1:
        for place in range(len(lines)):
            yield replace(step, data=b"".join(lines[:place] + lines[place + 1 :]))
