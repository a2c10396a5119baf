"""Stacks that a person started and keeps: found again by later commands."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stackproof.engine.docker.engine import DockerEngine
from stackproof.engine.docker.standing import load
from stackproof.engine.docker.sweep import runs_of_ours, sweep
from stackproof.model import EngineError
from stackproof.run.boot import start
from stackproof.run.declaration import declared
from stackproof.run.folder import create_folder, is_kept
from stackproof.run.settings import Settings


def bring_up(settings: Settings, tell: Callable[[str], None]) -> DockerEngine:
    """Start a stack that stands until a person takes it down; where it does not come up, nothing of it is left.

    Raises:
        StackproofError: A declaration is wrong, or the stack did not come up.
    """
    declaration = declared(settings.stack_file)
    folder = create_folder(settings.reports, settings.suite)
    folder.keep()
    try:
        return start(declaration, folder, settings, tell)
    except BaseException:
        sweep(folder.run)
        raise


@dataclass(frozen=True, slots=True)
class Found:
    """A run that stands.

    Attributes:
        run: Its id.
        folder: Its folder.
        engine: The way to its stack; None where its record is gone.
    """

    run: str
    folder: Path
    engine: DockerEngine | None


def standing_runs(stack_file: Path | None = None) -> tuple[Found, ...]:
    """Runs that stand now; those of one compose file where one is given.

    Raises:
        EngineError: No engine answers.
    """
    found = tuple(Found(run, folder, _engine(folder)) for run, folder in sorted(runs_of_ours().items()))
    if stack_file is None:
        return found
    return tuple(each for each in found if each.engine is not None and each.engine.stack.file == stack_file)


def kept_runs(stack_file: Path) -> tuple[Found, ...]:
    """Runs of a compose file that a person started: none that a test session holds.

    Raises:
        EngineError: No engine answers.
    """
    return tuple(each for each in standing_runs(stack_file) if is_kept(each.folder))


def one_standing(stack_file: Path) -> DockerEngine:
    """The newest standing run of a compose file.

    Raises:
        EngineError: None stands.
    """
    engines = [each.engine for each in standing_runs(stack_file) if each.engine is not None]
    if not engines:
        raise EngineError(f"no run of {stack_file} stands", fix="start one with `stackproof up`")
    return max(engines, key=lambda engine: engine.standing.folder.stat().st_mtime)


def _engine(folder: Path) -> DockerEngine | None:
    try:
        return DockerEngine(load(folder))
    except EngineError:
        return None
