"""What a container may do, seen from inside: the kernel's limits on its first process, and what it can write."""

import re
from dataclasses import dataclass

from stackproof import Limits, Run

# Control groups have two versions, the first with a folder for each kind of limit (cgroups(7)).
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
class InsideLimits:
    """What was observed inside.

    Attributes:
        user: Effective user id of the first process.
        capabilities: The largest of its sets of capabilities, those that it may gain included; 0 for none.
        no_new_privileges: True where no program that it starts can gain privileges.
        filtered: True where a filter restricts its system calls.
        limits: Its control group's limits.
        processes: The control group's limit of processes and threads.
        attempt: The error of a write to the container's own file system; empty where it succeeded.
        writable: Mount points that its user can write.
    """

    user: int
    capabilities: int
    no_new_privileges: bool
    filtered: bool
    limits: Limits
    processes: int
    attempt: str
    writable: frozenset[str]


def look_within(stack: Run, service: str) -> InsideLimits:
    """Look at a service's container."""
    output = stack.engine.exec(service, ("sh", "-c", _LOOK))
    one = dict(re.findall(r"^(\w+):[ \t]+(.*)$", output, re.MULTILINE))
    quota_us, period_us = map(int, one["cpu"].split())
    return InsideLimits(
        user=int(one["Uid"].split()[1]),
        capabilities=max(int(one[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")),
        no_new_privileges=one["NoNewPrivs"] == "1",
        filtered=one["Seccomp"] == _FILTERED,
        limits=Limits(quota_us / period_us, int(one["memory"])),
        processes=int(one["processes"]),
        attempt=one.get("attempt", ""),
        writable=frozenset(re.findall(r"^writable: (.*)$", output, re.MULTILINE)),
    )
