"""What must hold of every fault on real containers, for the test modules of the fault families."""

import pytest

from stackproof.engine.port import RunningStack
from stackproof.faults.catalogue import check
from stackproof.faults.injection import heal_all, held
from stackproof.faults.journal import Journal
from stackproof.model import FaultSpec


def assert_bites_and_heals(engine: RunningStack, journal: Journal, fault: str) -> None:
    """It is shown to bite; healed, it is shown no more."""
    spec = FaultSpec.parse(fault)
    with held(spec, engine, journal) as injection:
        during = injection.evidence()
    assert during.confirmed, during.observed
    after = check(spec, engine.stack).evidence(engine)
    assert not after.confirmed, after.observed


def assert_unseen_without_injection(
    engine: RunningStack, journal: Journal, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """With an injector that does nothing, the evidence says so: the verdict can never become PASS by mistake."""
    spec = FaultSpec.parse(fault)
    monkeypatch.setattr(type(check(spec, engine.stack)), "inject", lambda _self, _engine: None)
    monkeypatch.setattr(
        type(engine), "lacks", lambda _self, _capability: None
    )  # nothing is injected, so nothing is needed
    with held(spec, engine, journal) as injection:
        evidence = injection.evidence()
    assert not evidence.confirmed, evidence.observed


def assert_healed_from_the_journal(engine: RunningStack, journal: Journal, fault: str) -> None:
    """From the journal's text alone, with nothing else remembered, it is undone; a second time does nothing."""
    spec = FaultSpec.parse(fault)
    journal.begin(spec)
    check(spec, engine.stack).inject(engine)
    assert heal_all(engine, journal) == (spec,)
    assert heal_all(engine, journal) == ()
    check(spec, engine.stack).heal(engine)
    after = check(spec, engine.stack).evidence(engine)
    assert not after.confirmed, after.observed
