"""A container looked at from inside: what its first process may do by the kernel's word, and what can be written."""

import re
from dataclasses import dataclass

from stackproof import Limits, Run

# Control groups are laid out in two ways, the first with a folder for each kind (cgroups(7)).
_LOOK = """
cat /proc/1/status
cd /sys/fs/cgroup
for file in memory.max memory/memory.limit_in_bytes; do [ -e $file ] && echo "memory: $(cat $file)"; done
for file in pids.max pids/pids.max; do [ -e $file ] && echo "processes: $(cat $file)"; done
[ -e cpu.max ] && echo "cpu: $(cat cpu.max)"
[ -e cpu/cpu.cfs_quota_us ] && echo "cpu: $(cat cpu/cpu.cfs_quota_us) $(cat cpu/cpu.cfs_period_us)"
echo "attempt: $(LC_ALL=C touch /.stackproof 2>&1)"
while read -r _ _ _ _ place _; do [ -w "$place" ] && echo "writable: $place"; done </proc/self/mountinfo
true
"""
_FILTERED = "2"
"""SECCOMP_MODE_FILTER (proc_pid_status(5))."""


@dataclass(frozen=True, slots=True)
class Within:
    """What was seen inside.

    Attributes:
        user: Effective user id of the first process.
        capabilities: Every set of capabilities of it, those that it may ever get among them; 0 for none.
        no_new_privileges: True where no program that it starts may do more than it.
        filtered: True where a filter stands before the kernel's calls.
        limits: What its control group may use.
        processes: How many processes and threads its control group may have.
        attempt: What came of writing to the container's own file system; nothing where it succeeded.
        writable: Mounted places that its user may write.
    """

    user: int
    capabilities: int
    no_new_privileges: bool
    filtered: bool
    limits: Limits
    processes: int
    attempt: str
    writable: frozenset[str]


def look_within(stack: Run, service: str) -> Within:
    """Look at a service's container."""
    said = stack.engine.exec(service, ("sh", "-c", _LOOK))
    one = dict(re.findall(r"^(\w+):[ \t]+(.*)$", said, re.MULTILINE))
    quota_us, period_us = map(int, one["cpu"].split())
    return Within(
        user=int(one["Uid"].split()[1]),
        capabilities=max(int(one[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")),
        no_new_privileges=one["NoNewPrivs"] == "1",
        filtered=one["Seccomp"] == _FILTERED,
        limits=Limits(quota_us / period_us, int(one["memory"])),
        processes=int(one["processes"]),
        attempt=one.get("attempt", ""),
        writable=frozenset(re.findall(r"^writable: (.*)$", said, re.MULTILINE)),
    )
