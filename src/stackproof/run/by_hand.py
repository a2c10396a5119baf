"""A fault that a person holds on a running stack.

``python -m stackproof.run.by_hand FOLDER FAULT`` heals this fault after the command that held it was killed, and no
other.
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


def hold_by_hand(engine: DockerEngine, spec: FaultSpec, for_s: float, progress: Callable[[str], None]) -> Evidence:
    """Hold a fault for a while, and heal it whatever happens; a sentinel heals it if this process is killed.

    Args:
        engine: The running stack.
        spec: The fault.
        for_s: How long to hold it once its evidence was collected, in seconds.
        progress: Takes each line about what happens.

    Raises:
        StackproofError: The fault is unknown, its target does not exist, or it could not be injected or healed.
    """
    folder = RunFolder(engine.standing.run, engine.standing.folder)
    heal = (sys.executable, "-m", "stackproof.run.by_hand", str(folder.path), str(spec))
    sentinel = Sentinel(folder.run, folder.path, heal)
    # No time limit: it would start with the injection, while ``for_s`` starts with the evidence.
    with journalled(spec, engine, Journal(folder.journal), inf) as injection, _guarded(injection, sentinel):
        injection.inject()
        evidence = injection.evidence()
        progress(outcome(evidence))
        try:  # including the announcement: Ctrl-C may come before the wait has begun
            progress(f"held for {for_s:g} s; Ctrl-C heals it now")
            Event().wait(for_s)
        except KeyboardInterrupt:
            progress("healing")
    return evidence


def outcome(evidence: Evidence) -> str:
    """The evidence in one line, for a person."""
    return f"{'took effect' if evidence.confirmed else 'was not confirmed'}: {evidence.observed}"


@contextmanager
def _guarded(injection: Injection, sentinel: Sentinel) -> Iterator[None]:
    """Heal at the end. If that fails or is interrupted, the sentinel tries again once this process has ended."""
    sentinel.start()
    try:
        yield
    finally:
        injection.heal()
        sentinel.dismiss()


def heal_left(folder: Path, text: str) -> None:
    """Heal the fault of a command that was killed, from the journal; other faults of the run stay.

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
