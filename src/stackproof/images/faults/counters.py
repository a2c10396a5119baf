"""Prints what the kernel counts for the container whose processes it shares, as one JSON object.

Reads that container's own view of its control group, which every container has. Formats:
https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/memory.html and
https://docs.kernel.org/scheduler/sched-bwc.html
"""

import json
from pathlib import Path

ROOT = Path("/proc/1/root/sys/fs/cgroup")
KEPT_FIRST = ("total_rss", "total_shmem")
KEPT_SECOND = ("anon", "shmem", "kernel_stack", "pagetables", "sock", "slab_unreclaimable")
"""Memory that a kernel cannot reclaim; the rest of what is in use are cached files and their metadata."""


def main() -> None:
    """Print the counters."""
    counts = second() if (ROOT / "cgroup.controllers").exists() else first()
    print(json.dumps({**counts, "memory_available_bytes": available_bytes()}))


def first() -> dict[str, int]:
    """The counters of a version 1 control group."""
    memory, cpu = ROOT / "memory", pairs(ROOT / "cpu" / "cpu.stat")
    stat = pairs(memory / "memory.stat")
    return {
        "memory_used_bytes": number(memory / "memory.usage_in_bytes"),
        "memory_kept_bytes": sum(stat.get(name, 0) for name in KEPT_FIRST),
        "oom_kills": pairs(memory / "memory.oom_control").get("oom_kill", 0),
        "cpu_used_us": number(ROOT / "cpuacct" / "cpuacct.usage") // 1000,
        "cpu_periods": cpu.get("nr_periods", 0),
        "cpu_throttled": cpu.get("nr_throttled", 0),
    }


def second() -> dict[str, int]:
    """The counters of a version 2 control group."""
    group = own_group()
    stat, cpu = pairs(group / "memory.stat"), pairs(group / "cpu.stat")
    return {
        "memory_used_bytes": number(group / "memory.current"),
        "memory_kept_bytes": sum(stat.get(name, 0) for name in KEPT_SECOND),
        "oom_kills": pairs(group / "memory.events").get("oom_kill", 0),
        "cpu_used_us": cpu.get("usage_usec", 0),
        "cpu_periods": cpu.get("nr_periods", 0),
        "cpu_throttled": cpu.get("nr_throttled", 0),
    }


def own_group() -> Path:
    """The container's own group: the root of what it sees, or a folder below if it sees the machine's root."""
    if (ROOT / "memory.current").exists():  # the machine's own root has no such file
        return ROOT
    path = Path("/proc/1/cgroup").read_text(encoding="ascii").strip().rpartition("::")[2]
    return ROOT / path.lstrip("/")


def pairs(path: Path) -> dict[str, int]:
    """The pairs of a file with a name and a number on each line."""
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:  # this kernel does not count it
        return {}
    return {name: int(value) for name, _, value in (line.partition(" ") for line in text.splitlines())}


def number(path: Path) -> int:
    """The number in a file; 0 if there is no such file."""
    try:
        return int(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return 0


def available_bytes() -> int:
    """How much memory the machine has available (proc_meminfo(5))."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))


if __name__ == "__main__":
    main()
