"""Containers can do no more than they need: as declared, as the engine has it, and as the kernel enforces it."""

from stackproof import Confinement, Count, Run
from suites.contract.confined import look_within

ROOT = {"", "0", "root"}
ROOT_BY_NEED = {"container-metrics": "root owns the engine's socket, and its group has another number on each machine"}
"""Services that may run as root, without any capability, and why."""

WRITABLE = {
    "gateway": {"/tls", "/tmp", "/run/gateway"},  # noqa: S108 - in its own container
    "public_app": {"/spool"},
    "mime-server": {"/storage"},
    "prometheus": {"/prometheus"},
    "alertmanager": {"/alertmanager"},
    "container-metrics": {"/run/docker.sock"},
}
"""Mount points that a service may write."""

DEVICES = {"/dev", "/dev/pts", "/dev/mqueue", "/dev/shm"}  # noqa: S108 - as above
HIDDEN = {
    f"/proc/{name}"
    for name in ("interrupts", "kcore", "keys", "latency_stats", "sched_debug", "timer_list", "timer_stats")
}
"""Kernel files that the engine hides behind /dev/null, which any user may write."""


def test_the_engine_confines_a_service_as_declared(stack: Run, count: Count, service_name: str) -> None:
    """Not root, read-only, no capability, no new privileges, limits on memory, processors and processes."""
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
    assert None not in {held.limits.cpus, held.limits.memory_bytes, held.processes}, f"no limit: {held}"
    assert held.user.partition(":")[0] not in ROOT or service_name in ROOT_BY_NEED, f"{service_name} is root"
    count("containers seen from the engine", 1)


def test_the_kernel_confines_a_service_as_declared(stack: Run, count: Count, service_name: str) -> None:
    """Its first process has the declared limits, and can write only its own mount points."""
    declared, within = stack.engine.declared_confinement(service_name), look_within(stack, service_name)
    assert within.user != 0 or service_name in ROOT_BY_NEED, f"{service_name} runs as root inside"
    assert within.capabilities == 0
    assert within.no_new_privileges
    assert within.filtered, "no filter restricts system calls"
    assert within.attempt.endswith("Read-only file system"), f"its file system is not read-only: {within.attempt!r}"
    assert not (strange := within.writable - WRITABLE.get(service_name, set()) - DEVICES - HIDDEN), (
        f"can write {strange}"
    )
    assert (within.limits, within.processes) == (declared.limits, declared.processes)
    count("containers seen from inside", 1)
