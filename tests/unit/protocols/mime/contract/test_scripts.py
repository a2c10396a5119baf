import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.protocols.mime.contract import Failure, Hear, HearEnd, Leave, Limits, Reset, Say, Script
from stackproof.protocols.mime.contract.reduction import tidied
from stackproof.protocols.mime.contract.rendering import as_test, in_words
from stackproof.protocols.mime.contract.requests import cuts
from stackproof.protocols.mime.contract.steps import literal, pieces

DATA = st.one_of(
    st.binary(max_size=60), st.builds(lambda byte, times: byte * times, st.binary(max_size=1), st.integers(0, 9000))
)
SCRIPT = (Say(0, b"x" * 9000 + b"\n", (3, 9), 0.002), Hear(0), HearEnd(1), Leave(2), Reset(3))


@given(st.lists(DATA, max_size=3).map(b"".join))
def test_bytes_are_written_so_that_python_reads_the_same(data: bytes) -> None:
    """And a long run of one byte takes no more than a line."""
    text = literal(data)
    assert eval(text) == data  # noqa: S307 - our own text
    assert len(text) <= 4 * 60 * 7 + 100


@given(DATA, cuts())
def test_pieces_are_the_whole(data: bytes, cut: tuple[int, ...]) -> None:
    """Nothing is lost or doubled by cutting, and no piece is empty."""
    parts = list(pieces(data, cut))
    assert b"".join(parts) == data
    assert all(parts)


def test_a_script_can_be_pasted_as_a_test() -> None:
    """What is printed is Python, imports what it uses, and has the very script."""
    text = as_test("mime://h:1", SCRIPT, Limits(max_size_bytes=9))
    space: dict[str, object] = {}
    exec(text, space)  # noqa: S102 - our own text
    assert callable(space["test_a_script_that_broke_the_contract"])
    assert f"script = (\n        {SCRIPT[0]!r},\n" in text
    assert 'assert play("mime://h:1", script, Limits(max_size_bytes=9' in text
    assert tuple(eval(repr(step), space) for step in SCRIPT) == SCRIPT  # noqa: S307 - our own text


def test_what_clients_do_again_and_again_is_told_once() -> None:
    """Three hundred clients that leave are three lines."""
    script = (Say(0, b"x"), Leave(0)) * 300
    assert in_words(script).splitlines()[-1] == "  all of it 300 times"
    assert as_test("mime://h:1", script, Limits()).count("Say(0") == 1
    assert ") * 300\n" in as_test("mime://h:1", script, Limits())
    assert "times" not in in_words(SCRIPT)


@pytest.mark.parametrize("needed", [Say(0, b"bad\n"), Say(0, b"a\nbad\n"), Say(0, b"bad\nb\n", (2,))])
def test_a_failing_script_is_left_with_what_it_needs(needed: Say) -> None:
    """Steps, lines and cuts that make no difference go."""

    def play(script: Script) -> str:
        return "broken" if any(isinstance(step, Say) and b"bad\n" in step.data for step in script) else ""

    failure = tidied(Failure("broken", (Hear(1), needed, Say(1, b"good\n"), Leave(0)), 5), play, 10.0)
    assert failure.script == (Say(0, b"bad\n"),)
    assert failure.shrunk > 5


def test_tidying_ends_in_time() -> None:
    """Where a server hangs each time, a failure is shown as it was found."""
    failure = Failure("broken", SCRIPT)
    assert tidied(failure, lambda _: "broken", 0.0) == failure
