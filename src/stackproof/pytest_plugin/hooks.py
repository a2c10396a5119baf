"""pytest's hooks: options, what tests are made of the declarations, and how a session ends."""

import os
import shutil
from collections.abc import Generator
from contextlib import suppress

import pytest

from stackproof.model import CheckResult, FaultError, HistoryError, InconclusiveError, StackproofError, Verdict
from stackproof.pytest_plugin import fixtures
from stackproof.pytest_plugin.fixtures import teller
from stackproof.pytest_plugin.state import STATE, SessionState

_DECIDED = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
_LOG_LINES = 200
_PLAIN_WIDTH = 120


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of a run."""
    group = parser.getgroup("stackproof")
    group.addoption("--stack", metavar="FILE", help="stack file: declares the stack under test")
    group.addoption(
        "--with-fault",
        metavar="'KIND TARGET key=value ...'",
        action="append",
        default=[],
        help="hold a fault over the whole run; may be given several times",
    )
    group.addoption(
        "--seed", metavar="N", type=int, help="seed of random schedules; one is drawn and told where none is"
    )
    group.addoption(
        "--budget", metavar="S", type=float, help="seconds for random schedules; the suite's own where none"
    )
    group.addoption(
        "--beside", metavar="SUITE", default="", help="show the latest run of that suite together with this one"
    )
    group.addoption(
        "--proxies",
        metavar="SERVICE,...",
        default="",
        help="for a run that injects no fault: put proxies before these services alone; see the guide",
    )
    group.addoption(
        "--clock",
        metavar="N",
        type=float,
        default=1.0,
        help="rules, routes and scraping run N times as fast, for live drills: 60 makes an hour a minute",
    )
    group.addoption("--reports", metavar="DIR", default="reports", help="folder of all that runs leave")
    group.addoption(
        "--suite", metavar="NAME", default="", help="what is run: names the run's folder, and asks for a report"
    )
    group.addoption(
        "--profile",
        metavar="quick|nightly",
        default=os.environ.get("STACKPROOF_PROFILE") or "",
        help="quick: SLAs decide; nightly: takes the time that SLOs need; STACKPROOF_PROFILE where none is given",
    )
    parser.addini("stackproof_stack", "stack file: declares the stack under test", default="")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Lead Allure's results into the run's folder, before Allure's own plugin looks for one.

    A session that is named as a suite will want its stack, which comes up while pytest gets ready.
    """
    state = SessionState(config)
    config.stash[STATE] = state
    if config.getoption("--suite") and not config.option.collectonly:
        try:
            _ = state.boot
            config.option.allure_report_dir = str(state.folder.allure_results)
        except StackproofError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that takes our ``objective``, ``probe`` or ``service_name`` one case for each that is declared."""
    for name in ("objective", "probe", "service_name"):
        if name in metafunc.fixturenames and _is_ours(metafunc, name):
            _one_case_each(metafunc, name)


def _is_ours(metafunc: pytest.Metafunc, name: str) -> bool:
    """True where a name means our fixture, and not one that a test or its conftest has made its own."""
    if any(name in str(mark.args[:1]) for mark in metafunc.definition.iter_markers("parametrize")):
        return False
    meanings = metafunc._arg2fixturedefs.get(name, ())  # noqa: SLF001 - pytest has no public way to ask whose it is
    return [meaning.func.__module__ for meaning in meanings][-1:] == [fixtures.__name__]


def _one_case_each(metafunc: pytest.Metafunc, name: str) -> None:
    try:
        declaration = metafunc.config.stash[STATE].declaration
    except StackproofError as error:
        pytest.exit(str(error), returncode=int(pytest.ExitCode.USAGE_ERROR))
    cases: dict[str, list[object]] = {
        "objective": list(declaration.objectives),
        "probe": list(declaration.stack.probes()),
        "service_name": [service.name for service in declaration.stack.standing if service.probes],
    }
    metafunc.parametrize(name, cases[name], ids=[getattr(case, "id", str(case)) for case in cases[name]], indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put each test's verdict into the history, and the services' logs into the report where it did not pass."""
    report = yield
    state = item.config.stash[STATE]
    if state.has_run and (report.when == "call" or report.failed):
        error = call.excinfo.value if call.excinfo else None
        state.check(_verdict_on(item, report, error))
        if report.failed:
            _attach_logs(state)
    return report


def _verdict_on(item: pytest.Item, report: pytest.TestReport, error: BaseException | None) -> CheckResult:
    if not report.failed:
        return CheckResult(item.nodeid, Verdict.PASS)
    undecided = isinstance(error, InconclusiveError | FaultError)  # a fault that could not be done proves nothing
    verdict = Verdict.INCONCLUSIVE if undecided else Verdict.FAIL
    message = str(error).strip().splitlines() or [type(error).__name__]
    return CheckResult(item.nodeid, verdict, message[0])


def _attach_logs(state: SessionState) -> None:
    from stackproof.report.attachments import attach_text  # noqa: PLC0415 - see pytest_plugin.state

    if state.run is not None:
        for service in state.run.services():
            attach_text(service.logs(_LOG_LINES), f"log of {service.name}")


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """Take the stack down, judge the record, write the summary, and let the verdict be the exit code."""
    yield
    state = session.config.stash[STATE]
    _take_down(state)
    if not state.has_run:
        return
    from stackproof.run.closing import close_run, end_history  # noqa: PLC0415 - see pytest_plugin.state

    if session.exitstatus in _DECIDED:
        end_history(state.history)
    else:
        with suppress(HistoryError):  # told already
            state.history.close()
    state.closed = close_run(state.folder, state.settings)
    if session.exitstatus in _DECIDED:
        session.exitstatus = state.closed.verdict.exit_code


def _take_down(state: SessionState) -> None:
    """Take the stack down; trouble in that, or in what watched it, is one message, and the run is judged all the same.

    A record that cannot be written does not say either that the run came to its end, which makes it INCONCLUSIVE.
    """
    try:
        state.undo.close()
    except StackproofError as error:
        with suppress(HistoryError):
            state.check(CheckResult("the stack is watched and taken down", Verdict.INCONCLUSIVE, error.message))
        teller(state.config)(str(error))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the verdicts."""
    closed = config.stash[STATE].closed
    if closed is not None:
        from stackproof.report.terminal import table  # noqa: PLC0415 - see pytest_plugin.state
        from stackproof.run.closing import SUMMARY  # noqa: PLC0415 - as above

        terminalreporter.section("stackproof")
        terminalreporter.write_line(table(closed.judgement, _width(), colour=terminalreporter.hasmarkup))
        terminalreporter.write_line(f"summary in {closed.folder.path / SUMMARY}")


def _width() -> int:
    return shutil.get_terminal_size((_PLAIN_WIDTH, 0)).columns


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """After Allure wrote its last result: make the report's pages."""
    state = config.stash.get(STATE, None)
    if state is not None:
        _take_down(state)  # where pytest ended before the session began, nothing else does
    if state is None or state.closed is None or not state.folder.allure_results.is_dir():
        return
    from stackproof.run.closing import publish, run_beside  # noqa: PLC0415 - see pytest_plugin.state

    beside = run_beside(state.settings)
    results = [folder / "allure-results" for folder in (beside, state.folder.path) if folder]
    title = f"{state.closed.recorded.header.stack.name}: {state.settings.suite}"
    history = f"allure-history-{state.settings.suite}.jsonl"
    print(publish(results, state.settings.reports, title, history))  # noqa: T201 - pytest's reporter is gone
