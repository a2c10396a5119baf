"""Chooses whom the kernel kills when the container whose processes we share runs out of memory: ``victim.py SCORE``.

The first process gets this score, from -1000 to 1000; its end is the end of the container. Format:
proc_pid_oom_score_adj(5)
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    Path("/proc/1/oom_score_adj").write_text(sys.argv[1], encoding="ascii")
