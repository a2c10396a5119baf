"""A pytest session ends with the verdict on its run, and leaves the record that the verdict rests on."""

import json

import pytest

from stackproof.history import read
from stackproof.judge import judge_run
from stackproof.model import Profile, RunEnded, StackDown, StackUp, Verdict
from tests.unit.fake_stack import no_engine_error
from tests.unit.pytest_plugin.sessions import Session

UNDECIDED = (
    "from stackproof.model import InconclusiveError\ndef test_a(stack): raise InconclusiveError('too few requests')"
)


@pytest.mark.parametrize(
    ("source", "code", "verdict"),
    [
        ("def test_a(stack): assert stack.stack.name == 'small'", 0, Verdict.PASS),
        ("def test_a(stack): assert stack.stack.name == 'large'", 1, Verdict.FAIL),
        (UNDECIDED, 3, Verdict.INCONCLUSIVE),
    ],
)
def test_the_exit_code_is_the_verdict(session: Session, source: str, code: int, verdict: Verdict) -> None:
    """0 PASS, 1 FAIL, 3 INCONCLUSIVE; the terminal and summary.json show the same verdict."""
    session.tests(source)
    ended = session.run()
    assert ended.code == code
    assert ended.summary.verdict is verdict
    assert f"Verdict: {verdict}" in ended.output
    assert f"summary in {ended.folder / 'summary.json'}" in ended.output


def test_one_failure_outweighs_what_is_undecided(session: Session) -> None:
    """FAIL is worse than INCONCLUSIVE, in whatever order they come."""
    session.tests(f"{UNDECIDED}\ndef test_b(stack): assert False")
    assert session.run().code == 1


def test_a_session_leaves_its_record_and_two_summaries(session: Session) -> None:
    """The run's folder has the history and summary.json; the folder of reports has the same summary."""
    session.tests("def test_a(stack): pass")
    ended = session.run()
    assert ended.folder.name.startswith("run-")
    assert {each.name for each in ended.folder.iterdir()} == {"alive.lock", "history.jsonl", "summary.json"}
    of_run, of_reports = (json.loads((at / "summary.json").read_text()) for at in (ended.folder, ended.reports))
    assert of_run == of_reports
    assert (of_run["run"], of_run["stack"], of_run["verdict"]) == (ended.folder.name, "small", "PASS")
    assert [type(event) for event in ended.record.events] == [
        StackUp,
        StackDown,
        RunEnded,
    ]


def test_the_record_is_judged_to_the_same_verdict_again(session: Session) -> None:
    """The verdict rests on the record alone."""
    session.tests(UNDECIDED)
    ended = session.run()
    assert judge_run(read(ended.folder), Profile.QUICK).verdict is Verdict.INCONCLUSIVE


def test_the_stack_starts_once_and_is_removed(session: Session) -> None:
    """Two tests share it, and nothing of it is left."""
    session.tests("def test_a(stack): pass\ndef test_b(stack): pass")
    ended = session.run()
    assert ended.output.count("starting 2 services") == 1
    assert session.machine.removed == [ended.folder.name]
    assert not session.machine.running


def test_a_session_that_never_asks_for_the_stack_is_pytests_own(session: Session) -> None:
    """No stack, no folder, pytest's exit codes."""
    session.tests("def test_a(): pass")
    ended = session.run()
    assert (ended.code, ended.folders, session.machine.removed) == (0, [], [])
    session.tests("def test_a(): assert False")
    assert session.run().code == 1


TESTS = """
import pytest
from stackproof.model import EngineError, InconclusiveError

@pytest.fixture
def broken_setup(stack):
    raise RuntimeError("set-up broke")

@pytest.fixture
def broken_teardown(stack):
    yield
    raise RuntimeError("teardown broke")

@pytest.fixture
def undecided_setup(stack):
    raise InconclusiveError("not steady")

def test_passed(stack): pass
def test_failed(stack): assert False, "one is not two\\nand more"
def test_error(stack): raise ValueError
def test_engine_error(stack): raise EngineError("the engine is gone")
def test_setup(broken_setup): pass
def test_teardown(broken_teardown): pass
def test_undecided(stack): raise InconclusiveError("too few")
def test_undecided_setup(undecided_setup): pass
def test_fault(stack):
    with stack.fault("kill nobody"): pass
@pytest.mark.xfail(strict=True)
def test_expected_failure(stack): assert False
@pytest.mark.xfail(strict=False)
def test_unexpected_pass(stack): pass
@pytest.mark.xfail(strict=True, reason="a known defect")
def test_strict_unexpected_pass(stack): pass
@pytest.mark.skip
def test_skipped(stack): pass
def test_without_the_stack(): assert False, "no stack here"
"""


def test_each_test_is_recorded_with_its_verdict_and_reason(session: Session) -> None:
    """An error is a failure. A claim that is neither proved nor refuted is INCONCLUSIVE, and so is a fault that failed.

    A test that a mark skips is not recorded.
    """
    session.tests(TESTS)
    checks = session.run().checks
    fault = checks.pop("test_fault")
    assert fault[0] == Verdict.INCONCLUSIVE
    assert "no service 'nobody'" in fault[1]
    assert checks == {
        "test_passed": (Verdict.PASS, ""),
        "test_failed": (Verdict.FAIL, "one is not two"),
        "test_error": (Verdict.FAIL, "ValueError"),
        "test_engine_error": (Verdict.FAIL, "the engine is gone"),
        "test_setup": (Verdict.FAIL, "set-up broke"),
        "test_teardown": (Verdict.FAIL, "teardown broke"),
        "test_undecided": (Verdict.INCONCLUSIVE, "too few"),
        "test_undecided_setup": (Verdict.INCONCLUSIVE, "not steady"),
        "test_expected_failure": (Verdict.PASS, ""),
        "test_unexpected_pass": (Verdict.PASS, ""),
        "test_strict_unexpected_pass": (Verdict.FAIL, "[XPASS(strict)] a known defect"),
        "test_without_the_stack": (Verdict.FAIL, "no stack here"),
    }


def test_a_test_that_fails_in_its_teardown_is_recorded_twice(session: Session) -> None:
    """What the test claimed holds, and yet the run does not pass."""
    session.tests(TESTS)
    record = session.run("-k", "test_teardown").record
    assert [check.verdict for check in record.checks] == [Verdict.PASS, Verdict.FAIL]


def test_a_stack_that_does_not_start_fails_the_run(session: Session) -> None:
    """One message with its fix, no traceback, no test runs, and the record says what failed."""
    session.machine.start_error = no_engine_error()
    session.tests("def test_a(stack): pass\ndef test_b(stack): pass")
    ended = session.run()
    assert ended.code == 1
    assert ended.checks == {"the stack comes up": (Verdict.FAIL, no_engine_error().message)}
    assert "fix: run `stackproof doctor`" in ended.output
    assert "Traceback" not in ended.output
    assert "no tests ran" in ended.output
    assert not session.machine.running


def test_a_stack_that_cannot_be_removed_makes_the_run_inconclusive(session: Session) -> None:
    """Trouble at the end is one message, and the run is judged all the same."""
    session.machine.removal_error = no_engine_error()
    session.tests("def test_a(stack): pass")
    ended = session.run()
    assert ended.code == 3
    assert ended.checks["test_a"] == (Verdict.PASS, "")
    assert no_engine_error().message in ended.output
    assert "Traceback" not in ended.output


def test_a_bug_of_the_harness_is_no_pass(session: Session) -> None:
    """What is no error of ours fails every test that wanted the stack."""
    session.machine.start_error = RuntimeError("a bug")
    session.tests("def test_a(stack): pass")
    ended = session.run()
    assert (ended.code, ended.checks) == (1, {"test_a": (Verdict.FAIL, "a bug")})
