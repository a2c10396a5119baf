import json
from dataclasses import asdict, replace

import pytest

from stackproof.engine.port import Limits
from stackproof.faults.evidence.counters import MIB, Counters
from stackproof.faults.kinds.resources.memory_hog import KIND, MemoryHog
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("memory_hog web percent=80")
USED = Counters(12 * MIB, 10 * MIB, 0, 0, 0, 0, memory_available_bytes=2**34)
FAULT = MemoryHog(SPEC, small_stack().service("web"), 80)
LIMIT_BYTES = 100 * MIB


def _engine(used: Counters = USED, limit_bytes: int | None = LIMIT_BYTES) -> FakeStack:
    engine = FakeStack()
    engine.limit("web", Limits(None, limit_bytes))
    engine.said = ["", json.dumps(asdict(used)), "held"]
    return engine


def test_what_is_missing_to_the_share_is_taken() -> None:
    """With 10 MiB of 100 in use, 70 more make 80 %."""
    assert FAULT.taken_bytes(LIMIT_BYTES, USED) == 70 * MIB


@pytest.mark.parametrize(
    ("percent", "limit_mib", "used", "message"),
    [
        (80, None, USED, r"expected a limit on the memory of 'web'.*\n.*mem_limit"),
        (9, 100, USED, r"less than 9 % of its 100 MiB, it uses 10\.0 MiB"),
        (90, 100, USED, r"expected 16 MiB of 100 MiB to be left.*\n.*percent=84 or less"),
        (80, 100, replace(USED, memory_available_bytes=100 * MIB), r"twice the 70 MiB.*saw 100 MiB"),
    ],
)
def test_what_makes_no_sense_or_would_harm_is_refused(
    percent: int, limit_mib: int | None, used: Counters, message: str
) -> None:
    """Nothing is taken then, and the way out is told."""
    engine = _engine(used, None if limit_mib is None else limit_mib * MIB)
    with pytest.raises(FaultError, match=message):
        KIND.check(FaultSpec.parse(f"memory_hog web percent={percent}"), engine.stack).inject(engine)


def test_memory_that_was_not_to_be_had_is_told_and_nothing_stays() -> None:
    """An image without a shell, or a kernel that kills at once: the fault is refused, and what was begun is ended."""

    class Refusing(FakeStack):
        def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
            raise EngineError(f"the fake refuses {command[0]} in {service} within {timeout_s:g} s")

    engine = Refusing()
    engine.limit("web", Limits(None, LIMIT_BYTES))
    engine.said = ["", json.dumps(asdict(USED))]
    with pytest.raises(FaultError, match=r"to take 70 MiB, but: the fake refuses sh.*\n.*its image has sh"):
        KIND.check(SPEC, engine.stack).inject(engine)
    assert "release.py" in engine.helped[-1][1][1]


@pytest.mark.parametrize(("kept_mib", "bit"), [(80, True), (78, True), (77, False), (10, False)])
def test_it_bit_where_the_kernel_counts_about_as_much(kept_mib: int, *, bit: bool) -> None:
    """What is cached of files does not count: the kernel would give it up."""
    used = replace(USED, memory_used_bytes=99 * MIB, memory_kept_bytes=kept_mib * MIB)
    assert FAULT.judge(LIMIT_BYTES, used).confirmed is bit


def test_what_cannot_be_seen_did_not_bite() -> None:
    """Without a limit there is no share."""
    evidence = FAULT.evidence(_engine(limit_bytes=None))
    assert not evidence.confirmed
    assert "no limit" in evidence.observed


def test_a_service_that_ended_has_nothing_to_heal() -> None:
    """Its processes are gone with it, and nothing can be put beside it."""
    engine = _engine()
    engine.states["web"] = ContainerState(ContainerStatus.EXITED)
    FAULT.heal(engine)
    assert engine.helped == []
