"""Undoes every fault on what stands, and removes what dead runs left."""

from collections.abc import Callable, Iterable, Iterator

from stackproof.engine.docker.engine import DockerEngine
from stackproof.faults.injection import heal_all
from stackproof.faults.journal import Journal
from stackproof.run.folder import RunFolder, is_dead
from stackproof.run.kept_runs import Found
from stackproof.run.leftovers import sweep_dead_runs


def heal_runs(runs: Iterable[Found], tell: Callable[[str], None]) -> Iterator[str]:
    """Heal each run from its undo journal, and then by looking at each of its links; a line for each thing done.

    Raises:
        StackproofError: A fault could not be healed.
    """
    sweep_dead_runs(tell)
    for found in runs:
        if found.engine is None or is_dead(found.folder):
            continue
        journal = Journal(RunFolder(found.run, found.folder).journal)
        yield from (f"{found.run}: healed '{spec}'" for spec in heal_all(found.engine, journal))
        yield from (f"{found.run}: {line}" for line in _clear_links(found.engine))


def _clear_links(engine: DockerEngine) -> Iterator[str]:
    """Take off what no journal knows of: somebody else may have used Toxiproxy's API."""
    for link in engine.stack.links():
        control = engine.link(link)
        if control.is_cut():
            control.restore()
            yield f"mended {link}"
        for toxic in control.toxics():
            control.remove(toxic.name)
            yield f"removed {toxic.type} from {link}"
