"""The files added to Allure's test results: where a run took place, the categories of defects, and the whole run.

Formats: https://allurereport.org/docs/how-it-works/. The run as a whole becomes a test result of its own, so that its
verdict, its record and its plots are in the report and have a history there.
"""

import gzip
import hashlib
import json
import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, Label, Status, StatusDetails, TestResult, TestStepResult
from allure_commons.types import LabelType

from stackproof.history import FILE_NAME, Recorded
from stackproof.judge import RunJudgement, matrix, measures
from stackproof.model import HistoryError, Judgement, Verdict
from stackproof.report.alert_table import alert_table_csv, alert_table_html
from stackproof.report.drill_scene import DrillScene
from stackproof.report.drill_sentence import drill_sentence
from stackproof.report.experiment_scene import ExperimentScene
from stackproof.report.experiment_sentence import experiment_sentence
from stackproof.report.matrix_table import matrix_table
from stackproof.report.pictures import pictures
from stackproof.report.plots import StreamPlot, render
from stackproof.report.terminal import table

_STATUS = {Verdict.PASS: Status.PASSED, Verdict.FAIL: Status.FAILED, Verdict.INCONCLUSIVE: Status.BROKEN}
_TABLE_WIDTH = 110
_MOST_PICTURES = 60  # of experiments that passed: a picture takes a second
_CATEGORIES = (
    ("Contract broken (SLA)", [Status.FAILED], r"[\s\S]*\bsla-\S+ (is refuted|at most)[\s\S]*"),
    ("Own aim missed (SLO)", [Status.FAILED], r"[\s\S]*\bslo-\S+ (is refuted|at most)[\s\S]*"),
    (
        "Undecided: more samples or a cause are wanted",
        [Status.BROKEN],
        r"[\s\S]*(is undecided|Inconclusive|would prove it)[\s\S]*",
    ),
    ("Fault without effect, or engine in trouble", [Status.BROKEN], r"[\s\S]*(FaultError|EngineError)[\s\S]*"),
    ("Claim refuted", [Status.FAILED], r"[\s\S]*"),
    ("Harness broken", [Status.BROKEN], r"[\s\S]*"),
)


def write_allure_files(results: Path, recorded: Recorded, judgement: RunJudgement) -> None:
    """Write all of them into a folder of Allure results.

    Args:
        results: The folder that Allure's plugin wrote into, in the run's own folder next to its history.
        recorded: The run's record.
        judgement: Its judgement.

    Raises:
        HistoryError: The disk refused it.
    """
    try:
        results.mkdir(parents=True, exist_ok=True)
        (results / "environment.properties").write_text(_environment(recorded), encoding="utf-8")
        (results / "categories.json").write_text(_categories(), encoding="utf-8")
        (results / "executor.json").write_text(_executor(recorded), encoding="utf-8")
        _write_run(results, recorded, judgement)
    except OSError as error:
        raise HistoryError(
            f"the report cannot be written: {error.strerror or error}",
            where=str(results),
            fix="free space on that disk",
        ) from error


def _environment(recorded: Recorded) -> str:
    stack = recorded.header.stack
    rows = {
        "run": recorded.header.run,
        "profile": recorded.header.profile,
        "stack": stack.name,
        "stack.file": stack.file,
        "stack.services": len(stack.standing),
        "stackproof": _version(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} CPUs",
    }
    return "".join(f"{name} = {value}\n" for name, value in rows.items())


def _version() -> str:
    try:
        return version("stackproof")
    except PackageNotFoundError:  # run from a checkout
        return "unreleased"


def _categories() -> str:
    kinds = [
        {"name": name, "matchedStatuses": statuses, "messageRegex": message} for name, statuses, message in _CATEGORIES
    ]
    return json.dumps(kinds, indent=2)


def _executor(recorded: Recorded) -> str:
    """Who ran it: GitHub's workflow if its variables are set, else this machine."""
    of_github = os.environ.get("GITHUB_RUN_ID")
    build = {"buildName": recorded.header.run, "reportName": f"stackproof: {recorded.header.stack.name}"}
    if not of_github:
        return json.dumps({"name": platform.node(), "type": "local", **build}, indent=2)
    server, repository = os.environ.get("GITHUB_SERVER_URL", ""), os.environ.get("GITHUB_REPOSITORY", "")
    return json.dumps(
        {
            "name": "GitHub Actions",
            "type": "github",
            "buildOrder": int(os.environ.get("GITHUB_RUN_NUMBER", "0")),
            "buildUrl": f"{server}/{repository}/actions/runs/{of_github}",
            **build,
        },
        indent=2,
    )


def _write_run(results: Path, recorded: Recorded, judgement: RunJudgement) -> None:
    suite = recorded.header.run.split("-", 1)[0]
    name = f"The {suite} run as a whole"
    started_ms = int(recorded.header.started.timestamp() * 1000)
    identity = hashlib.sha256(f"{recorded.header.stack.name} {name}".encode()).hexdigest()
    result = TestResult(
        uuid=str(uuid4()),
        name=name,
        fullName=f"stackproof {recorded.header.stack.name} {suite}",
        historyId=identity,
        testCaseId=identity,
        status=_STATUS[judgement.verdict],
        statusDetails=StatusDetails(message="\n".join(judgement.reasons) or None),
        description=f"Run {recorded.header.run} of stack {recorded.header.stack.name}.",
        steps=[
            *(_step(each, started_ms) for each in judgement.objectives if each.n),
            *_experiments(results, recorded, judgement),
            *_drills(results, recorded, judgement),
        ],
        attachments=list(_attachments(results, recorded, judgement)),
        labels=[Label(LabelType.PARENT_SUITE, "stackproof"), Label(LabelType.SUITE, suite)],
        start=started_ms,
        stop=started_ms + int((recorded.ended_s - recorded.header.started_s) * 1000),
    )
    logger = AllureFileLogger(results)  # type: ignore[no-untyped-call] # Allure's library has no types here
    logger.report_result(result)  # type: ignore[no-untyped-call] # as above


def _step(judgement: Judgement, at_ms: int) -> TestStepResult:
    name = f"{judgement.objective.id}: {judgement.reason}"
    return TestStepResult(name=name, status=_STATUS[judgement.verdict], start=at_ms, stop=at_ms)


def _experiments(results: Path, recorded: Recorded, judgement: RunJudgement) -> Iterator[TestStepResult]:
    """One step for each experiment, with its picture; of very many, the later ones only if they did not pass.

    A fault that was injected for its alerts is in the pictures of its drills.
    """
    drilled = {each.view.cause.id for each in judgement.alerting.drills if each.view.cause}
    every = [each for each in judgement.faults if each.verdict is not Verdict.PASS or each.injection not in drilled]
    shown = [each for place, each in enumerate(every) if place < _MOST_PICTURES or each.verdict is not Verdict.PASS]
    scenes = [ExperimentScene.around(each, recorded, judgement.faults) for each in shown]
    begun_s = recorded.header.started.timestamp() - recorded.header.started_s
    for scene, picture in zip(scenes, pictures(scenes), strict=True):
        yield TestStepResult(
            name=experiment_sentence(scene),
            status=_STATUS[scene.shown.verdict],
            attachments=[_attached(results, scene.title, "image/png", "png", picture)],
            start=int((begun_s + scene.shown.injected_s) * 1000),
            stop=int((begun_s + scene.own_until_s) * 1000),
        )
    if len(shown) < len(every):
        left_out = f"{len(every) - len(shown)} of {len(every)} experiments are not shown here: all of them passed"
        yield TestStepResult(name=left_out, status=Status.PASSED)


def _drills(results: Path, recorded: Recorded, judgement: RunJudgement) -> Iterator[TestStepResult]:
    """One step for each drill, near misses among them, with its picture."""
    begun_s = recorded.header.started.timestamp() - recorded.header.started_s
    scenes = [DrillScene.of(each, recorded.samples) for each in judgement.alerting.drills]
    for scene, picture in zip(scenes, pictures(scenes), strict=True):
        yield TestStepResult(
            name=drill_sentence(scene.result),
            status=_STATUS[scene.result.verdict],
            attachments=[_attached(results, scene.title, "image/png", "png", picture)],
            start=int((begun_s + scene.result.view.drill.at_s) * 1000),
            stop=int((begun_s + scene.ends_s) * 1000),
        )


def _attachments(results: Path, recorded: Recorded, judgement: RunJudgement) -> Iterator[Attachment]:
    yield _attached(results, "verdicts", "text/plain", "txt", table(judgement, _TABLE_WIDTH).encode())
    if judgement.faults:
        services = [service.name for service in recorded.header.stack.standing]
        cells = matrix(services, judgement.faults, recorded.events)
        yield _attached(results, "matrix of faults", "text/markdown", "md", matrix_table(cells).encode())
    if judgement.alerting.rows or judgement.alerting.gaps:
        page, values = alert_table_html(judgement.alerting), alert_table_csv(judgement.alerting)
        yield _attached(results, "coverage of alerts", "text/html", "html", page.encode())
        yield _attached(results, "coverage of alerts.csv", "text/csv", "csv", values.encode())
    for stream in dict.fromkeys(objective.stream for objective in recorded.objectives):
        plot = _plot(stream, recorded, judgement)
        if plot.samples:
            yield _attached(results, f"{stream} over time", "image/png", "png", render(plot))
    history = results.parent / FILE_NAME
    if history.exists():
        packed = gzip.compress(history.read_bytes(), mtime=0)
        yield _attached(results, f"{FILE_NAME}.gz", "application/gzip", "gz", packed)


def _plot(stream: str, recorded: Recorded, judgement: RunJudgement) -> StreamPlot:
    objectives = [objective for objective in recorded.objectives if objective.stream == stream]
    samples = [sample for sample in recorded.samples if measures(sample.stream, objectives[0])]
    return StreamPlot(stream, samples, objectives, judgement.faults)


def _attached(results: Path, name: str, kind: str, extension: str, content: bytes) -> Attachment:
    file_name = f"{uuid4()}-attachment.{extension}"
    (results / file_name).write_bytes(content)
    return Attachment(name=name, source=file_name, type=kind)
