"""Holds a fault: check, journal, inject, observe, heal, in this order and whatever happens in between.

A fault has a time limit, after which it heals itself, so that no test can leave one behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from threading import Lock, Timer

from stackproof.engine.port import RunningStack
from stackproof.faults.catalogue import check
from stackproof.faults.fault_kind import BoundFault
from stackproof.faults.journal import Journal, Undo
from stackproof.faults.requirements import refuse_missing
from stackproof.model import Evidence, FaultError, FaultSpec, StackproofError

LONGEST_S = 600.0
"""The default time limit of a fault, in seconds."""


class Injection:
    """A fault that is held.

    Args:
        undo: Its entry in the journal.
        fault: The fault, bound to its target.
        engine: The running stack.
        journal: The undo journal.
        longest_s: Its time limit, in seconds after the injection; infinity for none.
    """

    def __init__(
        self, undo: Undo, fault: BoundFault, engine: RunningStack, journal: Journal, longest_s: float = LONGEST_S
    ) -> None:
        self._undo = undo
        self._fault = fault
        self._engine = engine
        self._journal = journal
        self._longest_s = longest_s
        self._timer: Timer | None = None
        self._healing = Lock()
        self._is_healed = False
        self._timed_out = False
        self._failure: StackproofError | None = None

    @property
    def spec(self) -> FaultSpec:
        """The fault, as it was requested."""
        return self._undo.spec

    @property
    def timed_out(self) -> bool:
        """True if its time limit healed it: what was observed afterwards was observed without the fault."""
        return self._timed_out

    def inject(self) -> None:
        """Inject it, and start its time limit.

        Raises:
            StackproofError: It could not be injected, or not completely.
        """
        self._fault.inject(self._engine)
        if isfinite(self._longest_s):
            self._timer = Timer(self._longest_s, self._time_out)
            self._timer.daemon = True
            self._timer.start()

    def evidence(self) -> Evidence:
        """Observe whether it takes effect, without relying on what injected it.

        Raises:
            StackproofError: The engine does not answer.
        """
        return self._fault.evidence(self._engine)

    def heal(self) -> None:
        """Undo it, and mark it as healed in the journal; a second call does nothing.

        Raises:
            StackproofError: It could not be undone and stays in the journal, or its time limit had failed to heal it.
        """
        with self._healing:
            if self._timer is not None:
                self._timer.cancel()
            self._heal_once()
            failure, self._failure = self._failure, None
        if failure is not None:
            raise FaultError(
                f"fault '{self.spec}': expected its time limit of {self._longest_s:g} s to heal it, but: "
                f"{failure.message}",
                fix=failure.fix,
            ) from failure

    def _time_out(self) -> None:
        with self._healing:
            if self._is_healed:
                return
            try:
                self._heal_once()
            except StackproofError as error:
                self._failure = error  # nobody waits for this thread: the next call of heal raises it
            self._timed_out = self._is_healed

    def _heal_once(self) -> None:
        if not self._is_healed:
            self._fault.heal(self._engine)
            self._is_healed = True
            self._journal.healed(self._undo)


@contextmanager
def journalled(
    spec: FaultSpec,
    engine: RunningStack,
    journal: Journal,
    longest_s: float = LONGEST_S,
    bound: BoundFault | None = None,
) -> Iterator[Injection]:
    """A fault that the block may inject. It is healed when the block ends, however it ends, or by its time limit.

    Args:
        spec: The fault.
        engine: The running stack.
        journal: The undo journal.
        longest_s: Its time limit, in seconds after the injection; infinity for none.
        bound: The fault bound to its target; it is bound here if None.

    Raises:
        FaultError: The fault is unknown, its target does not exist, it is already held there, or it could not be
            journalled. Nothing was injected.
        MissingCapabilityError: The engine lacks what the fault requires. Nothing was injected.
        StackproofError: It could not be healed.
    """
    fault = bound or check(spec, engine.stack)
    refuse_missing(spec, engine)
    injection = Injection(journal.begin(spec), fault, engine, journal, longest_s)
    try:
        yield injection
    finally:
        injection.heal()


@contextmanager
def held(spec: FaultSpec, engine: RunningStack, journal: Journal, longest_s: float = LONGEST_S) -> Iterator[Injection]:
    """Hold a fault while the block runs; arguments and errors as for ``journalled``.

    Raises:
        StackproofError: It could not be injected.
    """
    with journalled(spec, engine, journal, longest_s) as injection:
        injection.inject()
        yield injection


def heal_all(engine: RunningStack, journal: Journal, only: str = "") -> tuple[FaultSpec, ...]:
    """Heal every fault that a journal says is still held, latest first, from the journal alone.

    Args:
        engine: The running stack.
        journal: The undo journal.
        only: Text of the one fault to heal; empty for all.

    Returns:
        The faults that were healed.

    Raises:
        FaultError: Some could not be healed; all others were.
    """
    healed: list[FaultSpec] = []
    failures: list[str] = []
    for undo in (each for each in journal.unhealed() if only in {"", str(each.spec)}):
        try:
            Injection(undo, check(undo.spec, engine.stack), engine, journal).heal()
            healed.append(undo.spec)
        except StackproofError as error:
            failures.append(f"'{undo.spec}': {error}")
    if failures:
        raise FaultError(f"expected to heal every fault, could not heal {'; '.join(failures)}", fix="stackproof down")
    return tuple(healed)
