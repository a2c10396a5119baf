"""Stacks that a person starts and keeps: found again by later commands."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stackproof.engine.engines import default_engine
from stackproof.engine.port import RunningStack
from stackproof.model import EngineError
from stackproof.run.boot import start
from stackproof.run.declared_stack import read_declared
from stackproof.run.folder import create_folder, is_kept
from stackproof.run.settings import Settings


def bring_up(settings: Settings, report: Callable[[str], None]) -> RunningStack:
    """Start a stack that runs until a person takes it down; where it does not come up, nothing of it is left.

    Raises:
        StackproofError: A declaration is wrong, or the stack did not come up.
    """
    engine = default_engine()
    declared = read_declared(settings.stack_file, engine)
    folder = create_folder(settings.reports, settings.suite)
    folder.keep()
    try:
        return start(declared.declaration, folder, settings, engine, report)
    except BaseException:
        engine.sweep(folder.run)
        raise


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run that has something in the engine.

    Attributes:
        run: Its id.
        folder: Its folder.
        running: Its stack; None where the record of it is gone.
    """

    run: str
    folder: Path
    running: RunningStack | None


def found_runs(stack_file: Path | None = None) -> tuple[FoundRun, ...]:
    """Runs that have something in the engine now; those of one stack file where one is given.

    Raises:
        EngineError: No engine answers.
    """
    runs = default_engine().runs()
    found = tuple(FoundRun(run, folder, _running(folder)) for run, folder in sorted(runs.items()))
    if stack_file is None:
        return found
    return tuple(each for each in found if each.running is not None and each.running.stack.file == stack_file)


def kept_runs(stack_file: Path) -> tuple[FoundRun, ...]:
    """Runs of a stack file that a person started; runs of test sessions are not among them.

    Raises:
        EngineError: No engine answers.
    """
    return tuple(each for each in found_runs(stack_file) if is_kept(each.folder))


def newest_run(stack_file: Path) -> RunningStack:
    """The stack of the newest run of a stack file.

    Raises:
        EngineError: There is none.
    """
    running = [each.running for each in found_runs(stack_file) if each.running is not None]
    if not running:
        raise EngineError(f"no stack of {stack_file} is running", fix="start one with `stackproof up`")
    return max(running, key=lambda each: each.folder.stat().st_mtime)


def _running(folder: Path) -> RunningStack | None:
    try:
        return default_engine().find(folder)
    except EngineError:
        return None
