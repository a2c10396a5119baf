"""Removes what runs left that did not come to their end."""

from collections.abc import Callable

from stackproof.engine.docker.sweep import runs_of_ours, sweep
from stackproof.run.folder import is_dead


def sweep_dead_runs(tell: Callable[[str], None]) -> None:
    """Heal and remove what is left of runs whose process died; runs that live or are kept by hand stay."""
    for run, folder in runs_of_ours().items():
        if is_dead(folder):
            tell(f"removing what the dead run {run} left")
            sweep(run)
