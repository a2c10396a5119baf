"""Scripts as a person reads them, and as a test that can be pasted."""

from collections.abc import Sequence

from stackproof.protocols.mime.contract.steps import Hear, HearEnd, Leave, Reset, Say, Script, Step, literal
from stackproof.protocols.mime.contract.terms import Limits

_MOST_REPEATED = 4


def in_words(script: Script) -> str:
    """What the clients do, a line each."""
    unit, times = _repeated(script)
    lines = [f"  {_words(step)}" for step in unit]
    return "\n".join([*lines, f"  all of it {times} times"] if times > 1 else lines)


def as_test(target: str, script: Script, limits: Limits) -> str:
    """A test that plays a script again; empty where there is none."""
    if not script:
        return ""
    more = "" if limits == Limits() else f", {limits!r}"
    names = sorted({type(step).__name__ for step in script} | {"play"} | ({"Limits"} if more else set()))
    unit, times = _repeated(script)
    steps = "".join(f"        {step!r},\n" for step in unit)
    written = f"(\n{steps}    )" + (f" * {times}" if times > 1 else "")
    return (
        f"from stackproof.protocols.mime.contract import {', '.join(names)}\n\n\n"
        f"def test_a_script_that_broke_the_contract() -> None:\n"
        f"    script = {written}\n"
        f'    assert play("{target}", script{more}) == ""\n'
    )


def _repeated(script: Script) -> tuple[Sequence[Step], int]:
    """The shortest beginning of which all of it is a repetition, and how many times."""
    for length in range(1, _MOST_REPEATED + 1):
        unit, times = script[:length], len(script) // length
        if unit * times == script:
            return unit, times
    return script, 1


def _words(step: Step) -> str:
    match step:
        case Say():
            cut = f", cut at {', '.join(map(str, sorted(set(step.cuts))))}" if step.cuts else ""
            pause = f", with {step.pause_s * 1e3:g} ms between the pieces" if step.pause_s and step.cuts else ""
            return f"client {step.client} says {literal(step.data)}{cut}{pause}"
        case Hear():
            return f"client {step.client} hears what is due"
        case HearEnd():
            return f"client {step.client} hears what is due, and the end"
        case Leave():
            return f"client {step.client} leaves"
        case Reset():
            return f"client {step.client} resets its connection"
