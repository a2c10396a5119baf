"""Holds a fault: checked, journalled, injected, shown, healed, in this order and whatever happens in between.

A fault that nobody heals is healed by its bound: no test leaves one for ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from threading import Lock, Timer

from stackproof.engine.port import RunningStack
from stackproof.faults.fault import BoundFault
from stackproof.faults.journal import Journal, Undo
from stackproof.model import Evidence, FaultError, FaultSpec, Stack, StackproofError

LONGEST_S = 600.0
"""How long a fault is held at most where nobody says otherwise, in seconds."""


class Injection:
    """A fault that is held.

    Args:
        undo: Its entry in the journal.
        fault: The fault, bound to its target.
        engine: The stack.
        journal: The undo journal.
        longest_s: How long it is held at most, in seconds since it was injected; infinity for as long as it takes.
    """

    def __init__(
        self, undo: Undo, fault: BoundFault, engine: RunningStack, journal: Journal, longest_s: float = LONGEST_S
    ) -> None:
        self._undo = undo
        self._fault = fault
        self._engine = engine
        self._journal = journal
        self._longest_s = longest_s
        self._bound: Timer | None = None
        self._healing = Lock()
        self._is_healed = False
        self._was_healed_by_bound = False
        self._failure: StackproofError | None = None

    @property
    def spec(self) -> FaultSpec:
        """The fault, as it was asked for."""
        return self._undo.spec

    @property
    def was_healed_by_bound(self) -> bool:
        """True where it was held for as long as it may be and was healed for that: what came after met no fault."""
        return self._was_healed_by_bound

    def inject(self) -> None:
        """Do it; its bound counts from when it is done.

        Raises:
            StackproofError: It could not be injected, or not wholly.
        """
        self._fault.inject(self._engine)
        if isfinite(self._longest_s):
            self._bound = Timer(self._longest_s, self._heal_by_bound)
            self._bound.daemon = True
            self._bound.start()

    def evidence(self) -> Evidence:
        """See whether it bites, by an observation that does not come from what injected it.

        Raises:
            StackproofError: The engine does not answer.
        """
        return self._fault.evidence(self._engine)

    def heal(self) -> None:
        """Undo it and mark it as undone; a second time does nothing.

        Raises:
            StackproofError: It could not be undone: it stays in the journal. Or its bound had tried, and met an error.
        """
        with self._healing:
            if self._bound is not None:
                self._bound.cancel()
            self._heal_once()
            failure, self._failure = self._failure, None
        if failure is not None:
            raise FaultError(
                f"fault '{self.spec}': expected its bound of {self._longest_s:g} s to heal it in good order, but: "
                f"{failure.message}",
                fix=failure.fix,
            ) from failure

    def _heal_by_bound(self) -> None:
        with self._healing:
            if self._is_healed:
                return
            try:
                self._heal_once()
            except StackproofError as error:
                self._failure = error  # nobody waits for this thread: the next heal tells it
            self._was_healed_by_bound = self._is_healed

    def _heal_once(self) -> None:
        if not self._is_healed:
            self._fault.heal(self._engine)
            self._is_healed = True
            self._journal.healed(self._undo)


@contextmanager
def journalled(
    spec: FaultSpec, engine: RunningStack, journal: Journal, longest_s: float = LONGEST_S
) -> Iterator[Injection]:
    """A fault that the block may inject, and that is healed at its end, however that comes, or by its bound.

    Args:
        spec: The fault.
        engine: The stack.
        journal: The undo journal.
        longest_s: How long it is held at most, in seconds since it was injected; infinity for as long as it takes.

    Raises:
        FaultError: The fault is unknown, aimed at nothing, needs what the engine lacks, already holds there, or could
            not be journalled: nothing was done.
        StackproofError: It could not be healed.
    """
    from stackproof.faults.needs import refuse_missing  # noqa: PLC0415 - as in `checked`

    fault = checked(spec, engine.stack)
    refuse_missing(spec, engine)
    injection = Injection(journal.begin(spec), fault, engine, journal, longest_s)
    try:
        yield injection
    finally:
        injection.heal()


def checked(spec: FaultSpec, stack: Stack) -> BoundFault:
    """``catalogue.check``, for those who mostly have no fault to check: the kinds are imported where there is one.

    Raises:
        FaultError: The kind, the target or a parameter is not known, or a value is out of bounds.
    """
    from stackproof.faults.catalogue import check  # noqa: PLC0415 - thirty modules

    return check(spec, stack)


@contextmanager
def held(spec: FaultSpec, engine: RunningStack, journal: Journal, longest_s: float = LONGEST_S) -> Iterator[Injection]:
    """Hold a fault while the block runs; arguments and errors are those of ``journalled``.

    Raises:
        StackproofError: It could not be injected.
    """
    with journalled(spec, engine, journal, longest_s) as injection:
        injection.inject()
        yield injection


def heal_all(engine: RunningStack, journal: Journal, only: str = "") -> tuple[FaultSpec, ...]:
    """Undo whatever a journal says is not undone, latest first, from the journal alone; gives back what was undone.

    Args:
        engine: The stack.
        journal: The undo journal.
        only: Text of the one fault that is meant; all where empty.

    Raises:
        FaultError: Some could not be undone; all others are.
    """
    healed: list[FaultSpec] = []
    failures: list[str] = []
    for undo in (each for each in journal.unhealed() if only in {"", str(each.spec)}):
        try:
            Injection(undo, checked(undo.spec, engine.stack), engine, journal).heal()
            healed.append(undo.spec)
        except StackproofError as error:
            failures.append(f"'{undo.spec}': {error}")
    if failures:
        raise FaultError(f"expected to heal every fault, could not heal {'; '.join(failures)}", fix="stackproof down")
    return tuple(healed)
