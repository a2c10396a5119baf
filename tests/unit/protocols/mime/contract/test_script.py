import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.protocols.mime.contract import Close, MimeLimits, Read, ReadToEnd, Reset, Script, Write
from stackproof.protocols.mime.contract.generated_requests import cuts
from stackproof.protocols.mime.contract.rendering import as_test, as_text
from stackproof.protocols.mime.contract.script import literal, pieces
from stackproof.protocols.mime.contract.shrinking import shrink_script
from stackproof.search.failing_case import FailingCase

DATA = st.one_of(
    st.binary(max_size=60), st.builds(lambda byte, times: byte * times, st.binary(max_size=1), st.integers(0, 9000))
)
SCRIPT: Script = (Write(0, b"x" * 9000 + b"\n", (3, 9), 0.002), Read(0), ReadToEnd(1), Close(2), Reset(3))


@given(st.lists(DATA, max_size=3).map(b"".join))
def test_bytes_are_written_so_that_python_reads_the_same(data: bytes) -> None:
    """A long run of one byte takes no more than a line."""
    text = literal(data)
    assert eval(text) == data  # noqa: S307 - our own text
    assert len(text) <= 4 * 60 * 7 + 100


@given(DATA, cuts())
def test_pieces_add_up_to_the_data(data: bytes, cut: tuple[int, ...]) -> None:
    """Nothing is lost or doubled by cutting, and no piece is empty."""
    parts = list(pieces(data, cut))
    assert b"".join(parts) == data
    assert all(parts)


def test_a_script_can_be_pasted_as_a_test() -> None:
    """The text is Python, imports what it uses, and contains exactly the script."""
    text = as_test("mime://h:1", SCRIPT, MimeLimits(max_size_bytes=9))
    space: dict[str, object] = {}
    exec(text, space)  # noqa: S102 - our own text
    assert callable(space["test_a_script_that_broke_the_contract"])
    assert f"script = (\n        {SCRIPT[0]!r},\n" in text
    assert 'assert play("mime://h:1", script, MimeLimits(max_size_bytes=9' in text
    assert tuple(eval(repr(step), space) for step in SCRIPT) == SCRIPT  # noqa: S307 - our own text


def test_repeated_steps_are_printed_once() -> None:
    """Three hundred clients that leave take three lines."""
    script = (Write(0, b"x"), Close(0)) * 300
    assert as_text(script).splitlines()[-1] == "  all of this 300 times"
    assert as_test("mime://h:1", script, MimeLimits()).count("Write(0") == 1
    assert ") * 300\n" in as_test("mime://h:1", script, MimeLimits())
    assert "times" not in as_text(SCRIPT)


@pytest.mark.parametrize("needed", [Write(0, b"bad\n"), Write(0, b"a\nbad\n"), Write(0, b"bad\nb\n", (2,))])
def test_a_failing_script_keeps_only_what_it_needs(needed: Write) -> None:
    """Steps, lines and cuts that make no difference are removed."""

    def play(script: Script) -> str:
        return "broken" if any(isinstance(step, Write) and b"bad\n" in step.data for step in script) else ""

    failure = shrink_script(FailingCase((Read(1), needed, Write(1, b"good\n"), Close(0)), "broken", 5), play, 10.0)
    assert failure.case == (Write(0, b"bad\n"),)
    assert failure.shrunk > 5


def test_shrinking_ends_in_time() -> None:
    """If a server hangs each time, the failure is shown as it was found."""
    failure = FailingCase(SCRIPT, "broken")
    assert shrink_script(failure, lambda _: "broken", 0.0) == failure
