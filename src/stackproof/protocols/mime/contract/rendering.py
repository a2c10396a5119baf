"""Formats a script for a person to read, and as a test that can be pasted."""

from collections.abc import Sequence

from stackproof.protocols.mime.contract.script import Close, Read, ReadToEnd, Reset, Script, Step, Write, literal
from stackproof.protocols.mime.terms import MimeLimits

_MOST_REPEATED = 4


def as_text(script: Script) -> str:
    """Describe what the clients do, one step a line."""
    unit, times = _repetition(script)
    lines = [f"  {_sentence(step)}" for step in unit]
    return "\n".join([*lines, f"  all of this {times} times"] if times > 1 else lines)


def as_test(target: str, script: Script, limits: MimeLimits) -> str:
    """Write a test that plays the script again; empty if there is no script."""
    if not script:
        return ""
    more = "" if limits == MimeLimits() else f", {limits!r}"
    names = sorted({type(step).__name__ for step in script} | {"play"} | ({"MimeLimits"} if more else set()))
    unit, times = _repetition(script)
    steps = "".join(f"        {step!r},\n" for step in unit)
    written = f"(\n{steps}    )" + (f" * {times}" if times > 1 else "")
    return (
        f"from stackproof.protocols.mime.contract import {', '.join(names)}\n\n\n"
        f"def test_a_script_that_broke_the_contract() -> None:\n"
        f"    script = {written}\n"
        f'    assert play("{target}", script{more}) == ""\n'
    )


def _repetition(script: Script) -> tuple[Sequence[Step], int]:
    """Find the shortest beginning that the script repeats, and how many times."""
    for length in range(1, _MOST_REPEATED + 1):
        unit, times = script[:length], len(script) // length
        if unit * times == script:
            return unit, times
    return script, 1


def _sentence(step: Step) -> str:
    match step:
        case Write():
            cut = f", cut at {', '.join(map(str, sorted(set(step.cuts))))}" if step.cuts else ""
            pause = f", with {step.pause_s * 1e3:g} ms between the pieces" if step.pause_s and step.cuts else ""
            return f"client {step.client} writes {literal(step.data)}{cut}{pause}"
        case Read():
            return f"client {step.client} reads what is due"
        case ReadToEnd():
            return f"client {step.client} reads what is due, and the end of the connection"
        case Close():
            return f"client {step.client} closes its connection"
        case Reset():
            return f"client {step.client} resets its connection"
