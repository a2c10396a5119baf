"""A fault that a person holds on a standing stack.

``python -m stackproof.run.by_hand FOLDER FAULT`` heals what a killed command has left of one, and nothing else.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from threading import Event

from stackproof.engine.docker.engine import DockerEngine
from stackproof.engine.docker.sentinel import Sentinel
from stackproof.engine.docker.standing import load
from stackproof.faults.injection import Injection, heal_all, journalled
from stackproof.faults.journal import Journal
from stackproof.model import Evidence, FaultSpec, StackproofError
from stackproof.run.folder import RunFolder


def hold_by_hand(engine: DockerEngine, spec: FaultSpec, for_s: float, tell: Callable[[str], None]) -> Evidence:
    """Hold a fault for a while, and heal it whatever happens; after a kill -9 of this process a sentinel does.

    Args:
        engine: The standing stack.
        spec: The fault.
        for_s: How long, in seconds, once it was seen whether it bit.
        tell: Takes each line about what is done.

    Raises:
        StackproofError: The fault is unknown, aimed at nothing, or could not be injected or healed.
    """
    folder = RunFolder(engine.standing.run, engine.standing.folder)
    heal = (sys.executable, "-m", "stackproof.run.by_hand", str(folder.path), str(spec))
    sentinel = Sentinel(folder.run, folder.path, heal)
    # No bound: it would count from the injection, and cut short what is held from the moment that it was seen.
    with journalled(spec, engine, Journal(folder.journal), inf) as injection, _guarded(injection, sentinel):
        injection.inject()
        evidence = injection.evidence()
        tell(f"{'bit' if evidence.confirmed else 'was not seen to bite'}: {evidence.observed}")
        try:  # from the promise on: Ctrl-C may come before the wait has begun
            tell(f"held for {for_s:g} s; Ctrl-C heals it now")
            Event().wait(for_s)
        except KeyboardInterrupt:
            tell("healing")
    return evidence


@contextmanager
def _guarded(injection: Injection, sentinel: Sentinel) -> Iterator[None]:
    """Heal at the end; where that fails, or is cut short, the sentinel tries again once this process is gone."""
    sentinel.start()
    try:
        yield
    finally:
        injection.heal()
        sentinel.dismiss()


def heal_left(folder: Path, text: str) -> None:
    """Heal a fault that a command held which is gone, from the journal; other faults of the run stay.

    Raises:
        StackproofError: It could not be healed.
    """
    journal = Journal(RunFolder(folder.name, folder).journal)
    heal_all(DockerEngine(load(folder)), journal, only=text)


if __name__ == "__main__":
    try:
        heal_left(Path(sys.argv[1]), sys.argv[2])
    except StackproofError as error:
        sys.exit(f"gave up: {error}")
