"""What must hold for every fault on real containers. The test modules of the fault families subclass ``FaultClaims``.

``tried_kinds`` reads from these classes which kinds they try, so that a kind without such a test is noticed
(tests/unit/faults/test_live_tests.py).
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import ClassVar

import pytest

from stackproof.engine.port import RunningStack
from stackproof.faults.catalogue import check
from stackproof.faults.injection import heal_all, held
from stackproof.faults.journal import Journal
from stackproof.model import FaultSpec


class FaultClaims:
    """The claims, for a subclass in a module with a fixture ``engine``.

    Attributes:
        FAULTS: The faults that are tried.
    """

    FAULTS: ClassVar[tuple[str, ...]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Try each claim with each fault."""
        if "fault" in metafunc.fixturenames:
            metafunc.parametrize("fault", self.FAULTS)

    @pytest.fixture
    def injectable(self) -> None:
        """The faults can be injected on this machine. A subclass may skip instead."""

    @pytest.mark.usefixtures("injectable")
    def test_a_fault_is_confirmed_until_it_is_healed(self, engine: RunningStack, journal: Journal, fault: str) -> None:
        """On containers the evidence confirms the fault; once it is healed, it does not."""
        spec = FaultSpec.parse(fault)
        with held(spec, engine, journal) as injection:
            during = injection.evidence()
        assert during.confirmed, during.observed
        after = check(spec, engine.stack).evidence(engine)
        assert not after.confirmed, after.observed

    def test_a_fault_that_was_not_injected_is_not_confirmed(self, engine: RunningStack, fault: str) -> None:
        """If nothing injected it, its evidence says so, so that no PASS comes by mistake; healing it does nothing."""
        bound = check(FaultSpec.parse(fault), engine.stack)
        evidence = bound.evidence(engine)
        bound.heal(engine)
        assert not evidence.confirmed, evidence.observed

    @pytest.mark.usefixtures("injectable")
    def test_another_process_heals_what_a_dead_one_left(
        self, engine: RunningStack, journal: Journal, fault: str
    ) -> None:
        """The fault is healed from its text in the journal alone; a second time nothing happens."""
        spec = FaultSpec.parse(fault)
        journal.begin(spec)
        check(spec, engine.stack).inject(engine)
        assert heal_all(engine, journal) == (spec,)
        assert heal_all(engine, journal) == ()
        check(spec, engine.stack).heal(engine)
        after = check(spec, engine.stack).evidence(engine)
        assert not after.confirmed, after.observed


def tried_kinds() -> frozenset[str]:
    """The kinds of faults that are tried on real containers, in all test modules in this folder."""
    for file in Path(__file__).parent.glob("test_*.py"):
        if FaultClaims.__name__ in file.read_text(encoding="utf-8"):
            import_module(f"{__package__}.{file.stem}")
    return frozenset(fault.split()[0] for each in _subclasses(FaultClaims) for fault in each.FAULTS)


def _subclasses(claims: type[FaultClaims]) -> Iterator[type[FaultClaims]]:
    for each in claims.__subclasses__():
        yield each
        yield from _subclasses(each)
