"""Undoes every fault on running stacks, and removes what dead runs left."""

from collections.abc import Callable, Iterable, Iterator

from stackproof.engine.engines import default_engine
from stackproof.engine.port import RunningStack
from stackproof.faults.injection import heal_all
from stackproof.faults.journal import Journal
from stackproof.run.dead_runs import sweep_dead_runs
from stackproof.run.folder import RunFolder, is_dead
from stackproof.run.kept_runs import FoundRun


def heal_runs(runs: Iterable[FoundRun], report: Callable[[str], None]) -> Iterator[str]:
    """Heal each run from its undo journal, and then look at each of its links; a line for each thing done.

    Raises:
        StackproofError: A fault could not be healed.
    """
    sweep_dead_runs(default_engine(), report)
    for found in runs:
        if found.running is None or is_dead(found.folder):
            continue
        journal = Journal(RunFolder(found.run, found.folder).journal)
        yield from (f"{found.run}: healed '{spec}'" for spec in heal_all(found.running, journal))
        yield from (f"{found.run}: {line}" for line in _clear_links(found.running))


def _clear_links(running: RunningStack) -> Iterator[str]:
    """Take off what no journal knows of: somebody may have changed a link by other means."""
    for link in running.stack.links():
        control = running.link(link)
        if control.is_cut():
            control.restore()
            yield f"restored {link}"
        for effect in control.effects():
            control.remove(effect.name)
            yield f"removed {effect.name} from {link}"
