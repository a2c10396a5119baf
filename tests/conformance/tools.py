"""Role *tools*: programs of the tools image."""

import tempfile

import pytest

from stackproof.model import EngineError
from tests.conformance.subject import Subject


def check_a_program_gets_its_input_and_gives_its_output(subject: Subject) -> None:
    """Bytes go in and come out as they are; the image exists once it was built."""
    toolbox = subject.engine.toolbox
    toolbox.build(lambda _line: None)
    assert toolbox.is_built()
    done = toolbox.run(("cat",), b"some bytes\n", 60.0)
    assert (done.code, done.output) == (0, b"some bytes\n")


def check_a_program_that_fails_gives_its_exit_code(subject: Subject) -> None:
    """It is for the caller to say what that means."""
    subject.engine.toolbox.build(lambda _line: None)
    assert subject.engine.toolbox.run(("false",), b"", 60.0).code == 1


def check_the_output_of_a_program_is_read_while_it_runs(subject: Subject) -> None:
    """It has its variables; one that fails is an error once its output was read."""
    toolbox = subject.engine.toolbox
    toolbox.build(lambda _line: None)
    with tempfile.TemporaryFile() as given:
        with toolbox.stream(("printenv", "COLOUR"), given, {"COLOUR": "green"}) as output:
            assert output.read() == b"green\n"
        with pytest.raises(EngineError), toolbox.stream(("false",), given, {}) as output:
            assert output.read() == b""
