"""pytest's hooks: options, test cases made from the declarations, and the end of a session."""

import os
import shutil
from collections.abc import Generator
from contextlib import suppress

import pytest

from stackproof.model import (
    CheckResult,
    FaultError,
    HistoryError,
    InconclusiveError,
    Objective,
    StackproofError,
    Verdict,
)
from stackproof.pytest_plugin import fixtures
from stackproof.pytest_plugin.fixtures import line_writer
from stackproof.pytest_plugin.state import STATE, SessionState
from stackproof.run.options import RUN_OPTIONS

_DECIDED = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
_NOTHING_FAILED = {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
_LOG_LINES = 200
_PLAIN_WIDTH = 120


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of a run, and of random tries."""
    group = parser.getgroup("stackproof")
    group.addoption("--stack", metavar="FILE", help="The file that declares the stack under test.")
    group.addoption("--reports", metavar="DIR", default="reports", help="Folder of everything that runs leave.")
    for option in RUN_OPTIONS:
        group.addoption(
            option.flag,
            metavar=option.metavar,
            type=type(option.default),
            action="append" if option.repeats else "store",
            default=[] if option.repeats else os.environ.get(option.environment) or option.default,
            help=option.help,
        )
    group.addoption("--seed", metavar="N", type=int, help="Seed of random tries; one is drawn and printed without it.")
    group.addoption(
        "--budget", metavar="S", type=float, help="Seconds for random schedules; the suite's own time without it."
    )
    parser.addini("stackproof_stack", "The file that declares the stack under test.", default="")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Direct Allure's results to the run's folder, before Allure's own plugin looks for one.

    A session that is named as a suite will want its stack, which comes up while pytest gets ready.
    """
    state = SessionState(config)
    config.stash[STATE] = state
    if config.getoption("--suite") and not config.option.collectonly:
        try:
            config.option.allure_report_dir = str(state.begin().folder.allure_results)
        except StackproofError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that takes our ``objective``, ``probe`` or ``service_name`` one case for each that is declared."""
    for name in ("objective", "probe", "service_name"):
        if name in metafunc.fixturenames and _is_ours(metafunc, name):
            _one_case_each(metafunc, name)


def _is_ours(metafunc: pytest.Metafunc, name: str) -> bool:
    """True if a name means our fixture, and not one of the test or its conftest."""
    if any(name in str(mark.args[:1]) for mark in metafunc.definition.iter_markers("parametrize")):
        return False
    meanings = metafunc._arg2fixturedefs.get(name, ())  # noqa: SLF001 - pytest has no public way to ask whose it is
    return [meaning.func.__module__ for meaning in meanings][-1:] == [fixtures.__name__]


def _one_case_each(metafunc: pytest.Metafunc, name: str) -> None:
    try:
        declaration = metafunc.config.stash[STATE].declare()
    except StackproofError as error:
        metafunc.config.stash[STATE].wrong = error
        metafunc.parametrize(name, [], indirect=True)
        return
    cases: dict[str, list[object]] = {
        "objective": list(declaration.objectives),
        "probe": list(declaration.stack.probes()),
        "service_name": [service.name for service in declaration.stack.standing if service.probes],
    }
    metafunc.parametrize(name, cases[name], ids=[getattr(case, "id", str(case)) for case in cases[name]], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Refuse to run where a declaration is wrong: while pytest collects, an error would be shown as a traceback."""
    wrong = config.stash[STATE].wrong
    if wrong is not None:
        raise pytest.UsageError(str(wrong))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record each test's verdict, and attach the services' logs to the report if it failed; a skip is no verdict."""
    report = yield
    state = item.config.stash[STATE]
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if (report.when == "call" or report.failed) and not skipped:
        error = call.excinfo.value if call.excinfo else None
        state.check(_verdict_on(item, report, error))
        if report.failed:
            _attach_logs(state)
    return report


def _verdict_on(item: pytest.Item, report: pytest.TestReport, error: BaseException | None) -> CheckResult:
    about = getattr(item, "funcargs", {}).get("objective")
    objective = about.id if isinstance(about, Objective) else ""
    if not report.failed:
        return CheckResult(item.nodeid, Verdict.PASS, objective=objective)
    undecided = isinstance(error, InconclusiveError | FaultError)  # a fault that could not be injected proves nothing
    why = report.longreprtext if error is None else str(error)  # a test that passed against expectation raised nothing
    message = why.strip().splitlines() or [type(error).__name__]
    return CheckResult(
        item.nodeid,
        Verdict.INCONCLUSIVE if undecided else Verdict.FAIL,
        message[0],
        getattr(error, "objective_id", objective),
        repeats_objective=hasattr(error, "objective_id"),
    )


def _attach_logs(state: SessionState) -> None:
    from stackproof.report.attachments import attach_text  # noqa: PLC0415 - see pytest_plugin.state

    if state.run is not None:
        for service in state.run.services():
            attach_text(service.logs(_LOG_LINES), f"log of {service.name}")


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """Take the stack down, judge the record, write the summary, and make the verdict the exit code."""
    yield
    state = session.config.stash[STATE]
    _take_down(state)
    if state.begun is not None and not state.checked and session.exitstatus in _NOTHING_FAILED:
        state.proved_nothing = _why_nothing(session)
        state.check(CheckResult("the tests", Verdict.INCONCLUSIVE, state.proved_nothing))
    if state.history is None:
        if state.proved_nothing:
            session.exitstatus = Verdict.INCONCLUSIVE.exit_code
        return
    from stackproof.run.closing import close_run, end_history  # noqa: PLC0415 - see pytest_plugin.state

    if session.exitstatus in _DECIDED:
        end_history(state.history)
    else:
        with suppress(HistoryError):  # it was reported already
            state.history.close()
    begun = state.begin()
    state.closed = close_run(begun.folder, begun.settings)
    if session.exitstatus in _DECIDED:
        session.exitstatus = state.closed.verdict.exit_code


def _why_nothing(session: pytest.Session) -> str:
    """Why a session that was to prove something has no verdict on anything."""
    if session.testscollected:
        return f"nothing was proved: every test was skipped ({session.testscollected})"
    return "nothing was proved: no test was collected; name a folder of tests, and check -k and -m"


def _take_down(state: SessionState) -> None:
    """Take the stack down; trouble with that, or with what watched it, is one message, and the run is judged anyway.

    A record that cannot be written does not have the end of the run either, which makes it INCONCLUSIVE.
    """
    try:
        state.undo.close()
    except StackproofError as error:
        with suppress(HistoryError):
            state.check(CheckResult("the stack is watched and taken down", Verdict.INCONCLUSIVE, error.message))
        line_writer(state.config)(str(error))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the verdicts."""
    state = config.stash[STATE]
    closed = state.closed
    if state.proved_nothing and closed is None:
        terminalreporter.section("stackproof")
        terminalreporter.write_line(f"{Verdict.INCONCLUSIVE}: {state.proved_nothing}")
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
        _take_down(state)  # if pytest ended before the session began, nothing else does
    if state is None or state.closed is None or not state.closed.folder.allure_results.is_dir():
        return
    from stackproof.run.closing import publish_or_explain, run_shown_with  # noqa: PLC0415 - see pytest_plugin.state

    settings = state.begin().settings
    shown = [run_shown_with(settings), state.closed.folder.path]
    results = [folder / "allure-results" for folder in shown if folder]
    title = f"{state.closed.recorded.header.stack.name}: {settings.suite}"
    history = f"allure-history-{settings.suite}.jsonl"
    print(publish_or_explain(results, settings.reports, title, history))  # noqa: T201 - pytest's reporter is gone
