"""Ends a run: its record is read back and judged, and the summary and the report are written."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from stackproof.history import History, Recorded, now, read
from stackproof.judge import RunJudgement, judge_run
from stackproof.model import HistoryError, RunEnded, StackproofError, Verdict
from stackproof.report.allure_files import write_allure_files
from stackproof.report.summary import joined, read_summary, summarise, write_summary
from stackproof.run.folder import RunFolder, latest_of_each_suite
from stackproof.run.settings import Settings
from stackproof.tools.allure import generate

SUMMARY = "summary.json"


@dataclass(frozen=True, slots=True)
class ClosedRun:
    """A run that was judged.

    Attributes:
        folder: Its folder.
        recorded: Its record, read back.
        judgement: The verdict.
    """

    folder: RunFolder
    recorded: Recorded
    judgement: RunJudgement

    @property
    def verdict(self) -> Verdict:
        """The verdict on the whole."""
        return self.judgement.verdict


def end_history(history: History) -> None:
    """Record that the run came to its end, and close the record; one that a full disk cut short stays as it is."""
    with suppress(HistoryError):
        history.append(RunEnded(*now()))
    with suppress(HistoryError):
        history.close()


def close_run(folder: RunFolder, settings: Settings) -> ClosedRun:
    """Judge the run from its record, and write the summary and the report's files.

    Raises:
        HistoryError: The record cannot be read back.
    """
    recorded = read(folder.path)
    judgement = judge_run(recorded, settings.profile)
    summary = summarise(recorded, judgement)
    write_summary(summary, folder.path / SUMMARY)
    shown_with = run_shown_with(settings)
    before = read_summary(shown_with / SUMMARY) if shown_with else None
    write_summary(joined(summary, before) if before else summary, settings.reports / SUMMARY)
    if folder.allure_results.is_dir():
        write_allure_files(folder.allure_results, recorded, judgement)
    return ClosedRun(folder, recorded, judgement)


def run_shown_with(settings: Settings) -> Path | None:
    """The folder of the latest run of the suite that this run is shown together with; None if there is none."""
    if not settings.beside:
        return None
    named = (each for each in latest_of_each_suite(settings.reports) if each.name.startswith(f"{settings.beside}-"))
    return next(named, None)


def publish(results: Sequence[Path], reports: Path, title: str, history: str) -> str:
    """Make the report's pages, one session at a time, and give a line that says where they are.

    Raises:
        EngineError: They could not be made.
    """
    pages = reports / "allure-report"
    with FileLock(reports / ".report.lock"):
        generate(results, reports / history, pages, title)
    return f"stackproof: report in {pages / 'index.html'}"


def publish_or_explain(results: Sequence[Path], reports: Path, title: str, history: str) -> str:
    """The same at the end of a run, whose verdict does not depend on it: an error is a line, too."""
    try:
        return publish(results, reports, title, history)
    except StackproofError as error:
        return f"stackproof: no report was made: {error}"
