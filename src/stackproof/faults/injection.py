"""Holds a fault: checked, journalled, injected, shown, healed, in this order and whatever happens in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from stackproof.engine.port import Engine
from stackproof.faults.catalogue import check
from stackproof.faults.fault import BoundFault
from stackproof.faults.journal import Journal, Undo
from stackproof.model import Evidence, FaultError, FaultSpec, StackproofError


class Injection:
    """A fault that is held.

    Args:
        undo: Its entry in the journal.
        fault: The fault, bound to its target.
        engine: The stack.
        journal: The undo journal.
    """

    def __init__(self, undo: Undo, fault: BoundFault, engine: Engine, journal: Journal) -> None:
        self._undo = undo
        self._fault = fault
        self._engine = engine
        self._journal = journal
        self._healing = Lock()
        self._is_healed = False

    @property
    def spec(self) -> FaultSpec:
        """The fault, as it was asked for."""
        return self._undo.spec

    def evidence(self) -> Evidence:
        """See whether it bites, by an observation that does not come from what injected it.

        Raises:
            StackproofError: The engine does not answer.
        """
        return self._fault.evidence(self._engine)

    def heal(self) -> None:
        """Undo it and mark it as undone; a second time does nothing.

        Raises:
            StackproofError: It could not be undone: it stays in the journal.
        """
        with self._healing:
            if self._is_healed:
                return
            self._fault.heal(self._engine)
            self._is_healed = True
            self._journal.healed(self._undo)


@contextmanager
def held(spec: FaultSpec, engine: Engine, journal: Journal) -> Iterator[Injection]:
    """Hold a fault while the block runs, and heal it at its end, however that comes.

    Raises:
        FaultError: The fault is unknown, aimed at nothing, already holds there, or could not be journalled.
        StackproofError: It could not be injected or healed.
    """
    fault = check(spec, engine.stack)
    injection = Injection(journal.begin(spec), fault, engine, journal)
    try:
        fault.inject(engine)
        yield injection
    finally:
        injection.heal()


def heal_all(engine: Engine, journal: Journal) -> tuple[FaultSpec, ...]:
    """Undo whatever a journal says is not undone, latest first, from the journal alone; gives back what was undone.

    Raises:
        FaultError: Some could not be undone; all others are.
    """
    healed: list[FaultSpec] = []
    failures: list[str] = []
    for undo in journal.unhealed():
        try:
            Injection(undo, check(undo.spec, engine.stack), engine, journal).heal()
            healed.append(undo.spec)
        except StackproofError as error:
            failures.append(f"'{undo.spec}': {error}")
    if failures:
        raise FaultError(f"expected to heal every fault, could not heal {'; '.join(failures)}", fix="stackproof down")
    return tuple(healed)
