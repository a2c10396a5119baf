"""Tells what the kernel counts for the container whose processes we share, as one JSON object.

Read from that container's own view of its control group, which an engine gives every container. Formats:
https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/memory.html and
https://docs.kernel.org/scheduler/sched-bwc.html
"""

import json
from pathlib import Path

ROOT = Path("/proc/1/root/sys/fs/cgroup")
KEPT_FIRST = ("total_rss", "total_shmem")
KEPT_SECOND = ("anon", "shmem", "kernel_stack", "pagetables", "sock", "slab_unreclaimable")
"""What a kernel cannot take back; the rest of what is in use is cached of files, with what it knows of them."""


def main() -> None:
    """Tell it."""
    counts = second() if (ROOT / "cgroup.controllers").exists() else first()
    print(json.dumps({**counts, "memory_available_bytes": available_bytes()}))


def first() -> dict[str, int]:
    """Of a version 1 control group."""
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
    """Of a version 2 control group."""
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
    """The container's own group: the top of what it sees, or further down where it sees the machine's."""
    if (ROOT / "memory.current").exists():  # the machine's own top has no such file
        return ROOT
    path = Path("/proc/1/cgroup").read_text(encoding="ascii").strip().rpartition("::")[2]
    return ROOT / path.lstrip("/")


def pairs(path: Path) -> dict[str, int]:
    """Lines of a name and a number."""
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:  # this kernel does not count it
        return {}
    return {name: int(value) for name, _, value in (line.partition(" ") for line in text.splitlines())}


def number(path: Path) -> int:
    """A file with one number; 0 where there is none."""
    try:
        return int(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return 0


def available_bytes() -> int:
    """How much memory the machine could give without harm (proc_meminfo(5))."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))


if __name__ == "__main__":
    main()
