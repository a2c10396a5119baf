"""Chooses which process the kernel kills when memory runs out: ``victim.py SCORE``.

The first process of the container whose processes it shares gets this score, from -1000 to 1000; when it ends, so does
the container. Format: proc_pid_oom_score_adj(5)
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    Path("/proc/1/oom_score_adj").write_text(sys.argv[1], encoding="ascii")
