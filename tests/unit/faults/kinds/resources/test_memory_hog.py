import json
from dataclasses import asdict, replace

import pytest

from stackproof.engine.port import Limits
from stackproof.faults.evidence.kernel_counters import MIB, KernelCounters
from stackproof.faults.kinds.resources.memory_hog import KIND, MemoryHog
from stackproof.model import ContainerState, ContainerStatus, EngineError, FaultError, FaultSpec
from tests.unit.fakes import FakeStack, small_stack

SPEC = FaultSpec.parse("memory_hog web percent=80")
USED = KernelCounters(12 * MIB, 10 * MIB, 0, 0, 0, 0, memory_available_bytes=2**34)
FAULT = MemoryHog(SPEC, small_stack().service("web"), 80)
LIMIT_BYTES = 100 * MIB


def _engine(used: KernelCounters = USED, limit_bytes: int | None = LIMIT_BYTES) -> FakeStack:
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
        (90, 100, USED, r"expected 16 of 100 MiB to be left.*\n.*percent=84 or less"),
        (80, 100, replace(USED, memory_available_bytes=100 * MIB), r"twice the 70 MiB.*saw 100 MiB"),
    ],
)
def test_what_is_pointless_or_harmful_is_refused(
    percent: int, limit_mib: int | None, used: KernelCounters, message: str
) -> None:
    """Nothing is taken then, and the error says what to do."""
    engine = _engine(used, None if limit_mib is None else limit_mib * MIB)
    with pytest.raises(FaultError, match=message):
        KIND.check(FaultSpec.parse(f"memory_hog web percent={percent}"), engine.stack).inject(engine)


def test_memory_that_could_not_be_taken_is_an_error_and_leaves_nothing() -> None:
    """With an image without a shell, or a kernel that kills at once: what was started is ended."""

    class Refusing(FakeStack):
        def exec(self, service: str, command: tuple[str, ...], timeout_s: float = 30.0) -> str:
            raise EngineError(f"the fake refuses {command[0]} in {service} within {timeout_s:g} s")

    engine = Refusing()
    engine.limit("web", Limits(None, LIMIT_BYTES))
    engine.said = ["", json.dumps(asdict(USED))]
    with pytest.raises(FaultError, match=r"to take 70 MiB, but: the fake refuses sh.*\n.*its image has sh"):
        KIND.check(SPEC, engine.stack).inject(engine)
    assert "release.py" in engine.helped[-1][1][1]


@pytest.mark.parametrize(("kept_mib", "confirmed"), [(80, True), (78, True), (77, False), (10, False)])
def test_it_is_confirmed_if_the_kernel_counts_about_as_much(kept_mib: int, *, confirmed: bool) -> None:
    """Cached files do not count: the kernel can reclaim them."""
    used = replace(USED, memory_used_bytes=99 * MIB, memory_kept_bytes=kept_mib * MIB)
    assert FAULT.judge(LIMIT_BYTES, used).confirmed is confirmed


def test_what_cannot_be_observed_is_not_confirmed() -> None:
    """Without a limit there is no share of it."""
    evidence = FAULT.evidence(_engine(limit_bytes=None))
    assert not evidence.confirmed
    assert "no limit" in evidence.observed


def test_an_ended_service_has_nothing_to_heal() -> None:
    """Its processes are gone, and no helper can run next to it."""
    engine = _engine()
    engine.states["web"] = ContainerState(ContainerStatus.EXITED)
    FAULT.heal(engine)
    assert engine.helped == []
