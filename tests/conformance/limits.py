"""Role *limits*: limits and confinement."""

import pytest

from stackproof.engine.port import Limits
from stackproof.model import EngineError
from tests.conformance.subject import DECLARED, STORE, TOOL, Subject


def check_limits_are_as_declared_at_first(subject: Subject) -> None:
    """In processors and bytes."""
    assert subject.running.declared_limits(STORE) == DECLARED
    assert subject.running.limits(STORE) == DECLARED


def check_limits_are_set_and_given_back(subject: Subject) -> None:
    """A service may use what was set, whatever is declared, until the declared limits are set again."""
    wanted = Limits(cpus=0.5, memory_bytes=128 * 2**20)
    subject.running.limit(STORE, wanted)
    assert subject.running.limits(STORE) == wanted
    assert subject.running.declared_limits(STORE) == DECLARED
    subject.running.limit(STORE, subject.running.declared_limits(STORE))
    assert subject.running.limits(STORE) == DECLARED


def check_what_is_not_there_has_no_limits_to_set(subject: Subject) -> None:
    """A service on demand has no container."""
    with pytest.raises(EngineError):
        subject.running.limit(TOOL, DECLARED)


def check_confinement_is_as_declared(subject: Subject) -> None:
    """Whatever keeps a service from doing more is declared, limits included."""
    assert subject.running.confinement(STORE) == subject.running.declared_confinement(STORE)
    assert subject.running.confinement(STORE).limits == DECLARED
