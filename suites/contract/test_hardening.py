"""Containers can do no more than they must: as declared, as the engine has them, and as the kernel shows inside."""

from stackproof import Confinement, Count, Run
from suites.contract.confined import look_within

ROOT = {"", "0", "root"}
ROOT_BY_NEED = {"container-metrics": "the engine's socket is root's, and its group has another number on each machine"}
"""Services that may be root, without any capability, and why."""

WRITABLE = {
    "gateway": {"/tls", "/tmp", "/run/gateway"},  # noqa: S108 - in its own container
    "public_app": {"/spool"},
    "mime-server": {"/storage"},
    "prometheus": {"/prometheus"},
    "alertmanager": {"/alertmanager"},
    "container-metrics": {"/run/docker.sock"},
}
"""Places that a service may write."""

DEVICES = {"/dev", "/dev/pts", "/dev/mqueue", "/dev/shm"}  # noqa: S108 - as above
HIDDEN = {
    f"/proc/{name}"
    for name in ("interrupts", "kcore", "keys", "latency_stats", "sched_debug", "timer_list", "timer_stats")
}
"""Files of the kernel that the engine hides behind /dev/null, which everybody may write."""


def test_the_engine_holds_a_service_as_tightly_as_declared(stack: Run, count: Count, service_name: str) -> None:
    """Not root, read-only, no capability, no new privileges, bounded in memory, processors and processes."""
    held = stack.engine.confinement(service_name)
    tight = Confinement(
        user=held.user,
        read_only=True,
        dropped=frozenset({"ALL"}),
        no_new_privileges=True,
        limits=held.limits,
        processes=held.processes,
    )
    declared = stack.engine.declared_confinement(service_name)
    assert held == tight, f"expected {tight}, saw {held}"
    assert held == declared, f"declared {declared}, saw {held}"
    assert None not in {held.limits.cpus, held.limits.memory_bytes, held.processes}, f"not bounded: {held}"
    assert held.user.partition(":")[0] not in ROOT or service_name in ROOT_BY_NEED, f"{service_name} is root"
    count("containers seen from the engine", 1)


def test_a_service_is_held_as_tightly_inside(stack: Run, count: Count, service_name: str) -> None:
    """The kernel says the same of its first process, and it can write its own places alone."""
    declared, within = stack.engine.declared_confinement(service_name), look_within(stack, service_name)
    assert within.user != 0 or service_name in ROOT_BY_NEED, f"{service_name} is root inside"
    assert within.capabilities == 0
    assert within.no_new_privileges
    assert within.filtered, "no filter stands before the kernel's calls"
    assert within.attempt.endswith("Read-only file system"), f"it is not read-only: {within.attempt!r}"
    assert not (strange := within.writable - WRITABLE.get(service_name, set()) - DEVICES - HIDDEN), (
        f"may write {strange}"
    )
    assert (within.limits, within.processes) == (declared.limits, declared.processes)
    count("containers seen from inside", 1)
