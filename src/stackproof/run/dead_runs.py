"""Removes what runs left that did not come to their end."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from stackproof.run.folder import is_dead

if TYPE_CHECKING:
    from stackproof.engine.port import Engine


def sweep_dead_runs(engine: "Engine", report: Callable[[str], None]) -> None:
    """Remove what is left of runs whose process died; runs that live or are kept stay.

    Raises:
        EngineError: The engine does not answer, or something could not be removed.
    """
    for run, folder in engine.runs().items():
        if is_dead(folder):
            report(f"removing what the dead run {run} left")
            engine.sweep(run)
