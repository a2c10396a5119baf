"""Options of a session: a wrong one is a usage error with one message, and nothing is started."""

import pytest

from stackproof.model import FaultHealed, FaultInjected, Profile, StackDown, StackUp
from tests.unit.pytest_plugin.sessions import Session

STACK = ("--suite", "mine")


@pytest.mark.parametrize("suite", [(), STACK], ids=["unnamed", "suite"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--profile", "slow"), "expected --profile to be one of quick, nightly, saw 'slow'"),
        (("--with-fault", "kill"), "expected a fault as 'KIND TARGET key=value ...', saw 'kill'"),
        (("--with-fault", "explode web"), "no fault 'explode'; known: bandwidth"),
        (("--with-fault", "kill nobody"), "no service 'nobody'"),
        (
            ("--with-fault", "latency front/web:80 latency_ms=soon"),
            "to be a whole number of milliseconds from 1 to 60000, saw 'soon'",
        ),
        (("--stack", "nowhere.yaml"), "nowhere.yaml: expected a compose file, but cannot read it"),
        (("--proxies", "nobody"), "no service 'nobody'"),
        (("--clock", "fast"), "argument --clock: invalid float value: 'fast'"),
        (("--seed", "many"), "argument --seed: invalid int value: 'many'"),
        (("--budget", "long"), "argument --budget: invalid float value: 'long'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_option_is_a_usage_error(
    session: Session, suite: tuple[str, ...], arguments: tuple[str, ...], message: str
) -> None:
    """Exit code 4 and one message, without a traceback; no test runs, and nothing is left running."""
    session.tests("def test_a(stack): pass")
    ended = session.run(*suite, *arguments)
    assert ended.code == 4, ended.output
    assert ended.output.count(message) == 1
    assert "Traceback" not in ended.output
    assert "test_inner.py ." not in ended.output
    assert not session.machine.running


def test_reports_that_cannot_be_written_end_the_session(session: Session) -> None:
    """One message that names the folder and the way out; where a suite is named it is a usage error."""
    session.tests("def test_a(stack): pass")
    for suite, code in (((), 1), (STACK, 4)):
        ended = session.run("--reports", "compose.yaml", *suite)
        assert ended.code == code
        assert ended.output.count("expected to create a folder for the run") == 1
        assert "give another folder with --reports" in ended.output
        assert "Traceback" not in ended.output


def test_without_a_compose_file_it_asks_for_one(session: Session) -> None:
    """The message says where it looked, and which option names another."""
    (session.folder / "compose.yaml").unlink()
    session.tests("def test_a(stack): pass")
    ended = session.run()
    assert ended.code == 4
    assert "expected a stack file as ./compose.yaml or ./stack/compose.yaml" in ended.output
    assert "--stack FILE" in ended.output


@pytest.mark.parametrize("place", ["option", "ini file", "stack folder"])
def test_the_compose_file_is_found(session: Session, place: str) -> None:
    """By --stack, by the ini file, or where compose files usually are."""
    (session.folder / "elsewhere").mkdir()
    target = "stack/compose.yaml" if place == "stack folder" else "elsewhere/other.yaml"
    (session.folder / target).parent.mkdir(exist_ok=True)
    (session.folder / "compose.yaml").rename(session.folder / target)
    if place == "ini file":
        session.write("pytest.ini", f"[pytest]\nstackproof_stack = {target}\naddopts = --import-mode=importlib\n")
    session.tests(f"def test_a(stack): assert stack.stack.file.as_posix().endswith({target!r})")
    ended = session.run(*(("--stack", target) if place == "option" else ()))
    assert ended.code == 0, ended.output


def test_the_profile_is_that_of_the_option_or_of_the_environment(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option wins; without either it is the quick one. The record keeps it."""
    session.tests("def test_a(stack): pass")
    assert session.run().record.header.profile == Profile.QUICK
    monkeypatch.setenv("STACKPROOF_PROFILE", "nightly")
    for reports, arguments, profile in (("a", (), Profile.NIGHTLY), ("b", ("--profile", "quick"), Profile.QUICK)):
        ended = session.run("--reports", reports, *arguments, reports=reports)
        assert ended.record.header.profile == profile


def test_two_suites_have_folders_of_their_own_names(session: Session) -> None:
    """Each run's folder is SUITE-DATE-TIME-NUMBER, so that the latest of each suite is found."""
    session.tests("def test_a(stack): pass")
    session.run("--suite", "health")
    ended = session.run("--suite", "sla")
    assert [folder.name.rsplit("-", 3)[0] for folder in ended.folders] == ["health", "sla"]
    assert ended.summary.run == ended.folders[1].name


def test_a_run_is_shown_beside_another_suite(session: Session) -> None:
    """The summary of all has the verdict of both, the worse on the whole; each run keeps its own."""
    session.tests("def test_a(stack, count): count('of the first', 1); assert False")
    session.run("--suite", "first")
    session.tests("def test_b(stack, count): count('of the second', 2)")
    ended = session.run("--suite", "second", "--beside", "first")
    assert ended.code == 0
    assert [each.property for each in ended.summary.properties] == ["of the first", "of the second"]
    assert ended.summary.verdict == "FAIL"
    assert "Verdict: PASS" in ended.output


def test_another_suite_that_never_ran_is_no_error(session: Session) -> None:
    """The first run of two cannot be shown beside the second one."""
    session.tests("def test_a(stack): pass")
    ended = session.run("--beside", "later")
    assert (ended.code, ended.summary.verdict) == (0, "PASS")


def test_a_fault_is_held_over_the_whole_run(session: Session) -> None:
    """It is announced, in the record from beginning to end, in summary.json, and healed before the stack goes."""
    session.tests("def test_a(stack): assert stack.engine.state('web').status == 'exited'")
    ended = session.run("--with-fault", "kill web")
    assert ended.code == 0, ended.output
    assert "stackproof: holding the fault: kill web" in ended.output
    kinds = [type(event) for event in ended.record.events]
    assert kinds[:2] == [StackUp, FaultInjected]
    assert kinds.index(FaultHealed) < kinds.index(StackDown)
    (experiment,) = ended.summary.experiments
    assert (experiment.fault, experiment.target, experiment.bit) == ("kill", "web", True)


def test_every_option_is_in_the_help(session: Session) -> None:
    """`pytest --help` has a section of ours, which starts nothing."""
    ended = session.run("--help")
    assert ended.code == 0
    options = ("--stack", "--with-fault", "--seed", "--budget", "--beside", "--proxies", "--clock", "--reports")
    for option in (*options, "--suite", "--profile", "stackproof_stack"):
        assert option in ended.output
    assert not session.machine.removed
