"""prove: runs tests with pytest on a stack that starts meanwhile."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stackproof.cli import stackproof
from stackproof.engine.docker.compose.resolving import Resolving
from stackproof.machine.commands import Progress
from stackproof.model import DeclarationError, EngineError
from stackproof.report.summary import read_summary
from tests.unit.cli.commands import Done, run
from tests.unit.fake_stack import COMPOSE, FakeMachine, no_engine_error

PREPARED = "this machine was prepared"
Proving = Callable[..., Done]


@pytest.fixture
def no_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the docker command, where set-up reports that it was called and installs nothing."""

    def prepare(_progress: Progress) -> None:
        raise EngineError(PREPARED)

    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr("stackproof.host.setup.prepare", prepare)


def _prove(folder: Path) -> Result:
    file = folder / "compose.yaml"
    file.write_text("services: {web: {image: web}}\n", encoding="utf-8")
    return CliRunner().invoke(stackproof, ["prove", "--suite", "web", "--stack", str(file), "--reports", str(folder)])


@pytest.mark.usefixtures("no_docker")
def test_a_machine_without_an_engine_gets_one_first(tmp_path: Path) -> None:
    """A newcomer's first command is not refused because of something that set-up installs."""
    assert PREPARED in str(_prove(tmp_path).exception)


@pytest.mark.usefixtures("no_docker")
def test_without_the_docker_command_nothing_is_resolved(tmp_path: Path) -> None:
    """The error says what is missing and how to get it."""
    resolving = Resolving(tmp_path / "compose.yaml")
    assert not resolving.is_sound
    with pytest.raises(DeclarationError, match=r"docker command(.|\n)*stackproof setup"):
        _ = resolving.output
    resolving.close()


@pytest.fixture
def prove(collector: None, machine: FakeMachine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proving]:
    """Runs `prove` on tests of the given source; arguments follow."""
    del collector, machine
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib -p no:cacheprovider\n")
    name = f"test_{folder.name}"
    quiet = ("-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "stackproof.pytest_plugin")

    def start(source: str, *arguments: str) -> Done:
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
        return run("prove", "--suite", "mine", *arguments, *quiet)

    yield start
    sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("pass", "PASS"),
        ("assert False", "FAIL"),
        ("from stackproof.model import InconclusiveError; raise InconclusiveError('too few')", "INCONCLUSIVE"),
    ],
)
def test_the_exit_code_is_the_verdict(
    prove: Proving, machine: FakeMachine, folder: Path, body: str, verdict: str
) -> None:
    """0 PASS, 1 FAIL, 3 INCONCLUSIVE; the summary agrees, and the stack is removed."""
    done = prove(f"def test_a(stack): {body}")
    assert done.code == {"PASS": 0, "FAIL": 1, "INCONCLUSIVE": 3}[verdict], done
    assert f"Verdict: {verdict}" in done.out
    summary = read_summary(folder / "reports" / "summary.json")
    assert summary is not None
    assert (summary.verdict, machine.removed) == (verdict, [summary.run])
    assert summary.run.startswith("mine-")


def test_options_are_those_of_the_run(prove: Proving, folder: Path) -> None:
    """Faults, profile and folder of reports reach the run; what is no option of ours reaches pytest."""
    source = (
        "def test_a(stack): assert (stack.settings.profile, stack.settings.clock) == ('nightly', 1)\n"
        "def test_b(stack): raise AssertionError\n"
    )
    done = prove(source, "--profile", "nightly", "--with-fault", "kill web", "--reports", "mine", "-k", "test_a", "-q")
    assert done.code == 0, done
    assert "1 passed, 1 deselected" in done.out
    summary = read_summary(folder / "mine" / "summary.json")
    assert summary is not None
    assert [each.fault for each in summary.experiments] == ["kill"]


def test_the_profile_may_come_from_the_environment(prove: Proving, monkeypatch: pytest.MonkeyPatch) -> None:
    """STACKPROOF_PROFILE, as with pytest."""
    monkeypatch.setenv("STACKPROOF_PROFILE", "nightly")
    assert prove("def test_a(stack): assert stack.settings.profile == 'nightly'").code == 0


def test_a_stack_that_does_not_start_fails_the_run(prove: Proving, machine: FakeMachine) -> None:
    """One message with its fix, no traceback, nothing left."""
    machine.start_error = no_engine_error()
    done = prove("def test_a(stack): pass")
    assert done.code == 1
    assert "fix: run `stackproof doctor`" in done.out
    assert "Traceback" not in done.out + done.err
    assert not machine.running


def test_a_stack_that_no_test_asks_for_is_removed(prove: Proving, machine: FakeMachine) -> None:
    """It was started ahead; the exit code is pytest's own."""
    assert prove("def test_a(): pass").code == 0
    assert not machine.running
    assert len(machine.removed) == 1


def test_an_interrupt_removes_the_stack(prove: Proving, machine: FakeMachine, folder: Path) -> None:
    """Exit code 2 as pytest has it, and the run is INCONCLUSIVE."""
    assert prove("def test_a(stack): raise KeyboardInterrupt").code == 2
    assert not machine.running
    summary = read_summary(folder / "reports" / "summary.json")
    assert summary is not None
    assert summary.verdict == "INCONCLUSIVE"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--with-fault", "kill"), "expected a fault as 'KIND TARGET key=value ...', saw 'kill'"),
        (("--with-fault", "kill nobody"), "no service 'nobody'"),
        (("--proxies", "nobody"), "no service 'nobody'"),
        (("--stack", "no.yaml"), "no.yaml: expected a compose file"),
        (("--no-such-option",), "unrecognized arguments: --no-such-option"),
    ],
)
def test_a_wrong_option_is_refused(
    prove: Proving, machine: FakeMachine, arguments: tuple[str, ...], message: str
) -> None:
    """Before any test, by us with 2 or, once pytest was started, with its usage error 4. Nothing is left."""
    done = prove("def test_a(stack): pass", *arguments)
    assert done.code in {2, 4}, done
    assert message in done.out + done.err
    assert "Traceback" not in done.out + done.err
    assert not machine.running


def test_a_wrong_compose_file_is_refused_with_its_line(prove: Proving, machine: FakeMachine, folder: Path) -> None:
    """One message, as a usage error; nothing is started."""
    wrong = COMPOSE.replace("http://:80/live", "http://web:80/live")
    (folder / "compose.yaml").write_text(wrong, encoding="utf-8")
    done = prove("def test_a(stack): pass")
    assert done.code == 4, done
    assert done.out.count("compose.yaml:9: probe liveness of service 'web': expected a URL") == 1
    assert "Traceback" not in done.out + done.err
    assert not machine.removed
