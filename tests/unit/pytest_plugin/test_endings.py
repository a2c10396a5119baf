"""However a session ends, its stack is removed, and what it leaves is true."""

import signal

import pytest

from stackproof.model import FaultHealed, RunEnded, StackDown, Verdict
from tests.unit.pytest_plugin.sessions import Session

THREE = "def test_a(stack): pass\ndef test_b(stack): {second}\ndef test_c(stack): pass"
ALLURE = ("-p", "allure_pytest.plugin", "--suite", "mine")


@pytest.mark.parametrize("second", ["raise KeyboardInterrupt", "import pytest; pytest.exit('enough')"])
def test_an_interrupted_run_is_inconclusive(session: Session, second: str) -> None:
    """Exit code 2 as pytest has it; the stack is removed, and the record, judged, says that the run was cut short."""
    session.tests(THREE.format(second=second))
    ended = session.run()
    assert ended.code == 2
    assert session.machine.removed == [ended.folder.name]
    assert ended.checks == {"test_a": (Verdict.PASS, "")}
    assert ended.summary.verdict is Verdict.INCONCLUSIVE
    assert "Verdict: INCONCLUSIVE" in ended.output
    assert not any(isinstance(event, RunEnded) for event in ended.record.events)


def test_ctrl_c_reaches_a_test_and_the_stack_is_removed(session: Session) -> None:
    """The signal itself, as a terminal sends it."""
    session.tests(THREE.format(second=f"import os, signal; os.kill(os.getpid(), {int(signal.SIGINT)})"))
    ended = session.run()
    assert ended.code == 2
    assert session.machine.removed == [ended.folder.name]
    assert ended.summary.verdict is Verdict.INCONCLUSIVE


def test_a_fault_is_healed_after_an_interrupt(session: Session) -> None:
    """Whatever is held when Ctrl-C comes is healed before the stack is removed."""
    session.tests("def test_a(stack):\n    with stack.fault('kill web'): raise KeyboardInterrupt")
    kinds = [type(event) for event in session.run().record.events]
    assert kinds.index(FaultHealed) < kinds.index(StackDown)


def test_the_first_failure_ends_the_run_where_that_is_asked_for(session: Session) -> None:
    """With -x the run is FAIL, came to its end, and has no verdict on tests that did not run."""
    session.tests(THREE.format(second="assert False, 'no'"))
    ended = session.run("-x")
    assert ended.code == 1
    assert ended.checks == {"test_a": (Verdict.PASS, ""), "test_b": (Verdict.FAIL, "no")}
    assert isinstance(ended.record.events[-1], RunEnded)
    assert session.machine.removed == [ended.folder.name]


@pytest.mark.parametrize("suite", [(), ("--suite", "mine")], ids=["unnamed", "suite"])
def test_collecting_starts_nothing(session: Session, suite: tuple[str, ...]) -> None:
    """--collect-only lists the cases of what is declared, and makes no run."""
    session.tests("def test_a(stack, probe): pass")
    ended = session.run("--collect-only", *suite)
    assert ended.code == 0
    assert "test_a[web/liveness]" in ended.output
    assert (ended.folders, session.machine.removed) == ([], [])


def test_what_failed_last_runs_again(session: Session) -> None:
    """--lf runs the failed tests alone, as a run of its own."""
    session.write("pytest.ini", "[pytest]\naddopts = --import-mode=importlib\n")
    session.tests(THREE.format(second="assert False"))
    assert session.run("--reports", "first", reports="first").code == 1
    session.tests(THREE.format(second="pass"))
    ended = session.run("--lf")
    assert (ended.code, ended.checks) == (0, {"test_b": (Verdict.PASS, "")})


_SKIPPED = "import pytest\n@pytest.mark.skip\ndef test_a(stack): pass"


@pytest.mark.parametrize(("source", "why"), [("", "no test was collected"), (_SKIPPED, "every test was skipped (1)")])
def test_a_suite_that_ran_nothing_is_inconclusive(session: Session, source: str, why: str) -> None:
    """Where nothing was proved it is 3, with the reason; the stack that started for the suite is removed."""
    session.tests(source)
    ended = session.run("--suite", "mine")
    assert ended.code == 3
    assert f"INCONCLUSIVE: nothing was proved: {why}" in ended.output
    assert not (ended.reports / "summary.json").exists()
    assert not session.machine.running


def test_tests_that_are_skipped_when_the_stack_is_up_prove_nothing(session: Session) -> None:
    """The stack is well, but that is no claim of a test."""
    session.tests("import pytest\ndef test_a(stack): pytest.skip('no')")
    ended = session.run()
    assert (ended.code, ended.summary.verdict) == (3, Verdict.INCONCLUSIVE)
    assert "every test was skipped (1)" in ended.output


@pytest.mark.parametrize(("source", "code"), [("", 5), (_SKIPPED, 0)])
def test_a_session_that_wanted_no_stack_ends_as_pytest_does(session: Session, source: str, code: int) -> None:
    """Nobody asked for a verdict: a project's other tests are no business of ours."""
    session.tests(source)
    ended = session.run()
    assert (ended.code, ended.folders) == (code, [])
    assert "nothing was proved" not in ended.output


def test_a_report_that_cannot_be_made_is_no_verdict(session: Session) -> None:
    """One message with its fix; verdict, exit code, summary and Allure's results are what they would be."""
    session.tests("def test_a(stack): pass\ndef test_b(stack): assert False")
    ended = session.run(*ALLURE)
    assert ended.code == 1
    assert ended.output.count("stackproof: no report was made: ") == 1
    assert "fix: run `stackproof doctor`" in ended.output
    assert "Traceback" not in ended.output
    assert ended.summary.verdict is Verdict.FAIL
    assert len([*(ended.folder / "allure-results").glob("*-result.json")]) >= 2


def test_a_report_is_made_for_a_named_suite_alone(session: Session) -> None:
    """Without --suite there are no results of Allure's, and nobody asks for the tools image."""
    session.tests("def test_a(stack): pass")
    ended = session.run("-p", "allure_pytest.plugin")
    assert ended.code == 0
    assert "no report was made" not in ended.output
    assert not (ended.folder / "allure-results").exists()


def test_the_logs_of_a_failed_test_are_in_the_report(session: Session) -> None:
    """Every service's last lines, for a test that did not pass; none for one that did."""
    session.tests("def test_a(stack): pass\ndef test_b(stack): assert False")
    results = session.run(*ALLURE).folder / "allure-results"
    texts = [file.read_text(encoding="utf-8") for file in results.glob("*-attachment.txt")]
    assert sorted(text for text in texts if "a line of" in text) == [
        "store: a line of the last 200\n",
        "web: a line of the last 200\n",
    ]


def test_tests_without_the_stack_may_be_distributed(session: Session) -> None:
    """Under xdist, which runs tests in several processes, a session of plain tests is as it is without."""
    session.write("conftest.py", 'pytest_plugins = ["stackproof.pytest_plugin"]\n')
    session.tests("def test_a(): pass\ndef test_b(probe): pass")
    ended = session.run("-p", "xdist", "-n", "1")
    assert ended.code == 0, ended.output
    assert "4 passed" in ended.output
    assert ended.folders == []
