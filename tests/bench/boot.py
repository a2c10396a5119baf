"""Time from ``make sla`` to the first request of its load, compared with plain Compose with the same file.

    .venv/bin/python tests/bench/boot.py [ROUNDS]

The two take turns, and their medians are compared. Everything must be built before.
"""

import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from stackproof.history import FILE_NAME, read
from stackproof.machine.waiting import wait_until

ROOT = Path(__file__).parents[2]
STACK = ROOT / "stack" / "compose.yaml"
_BOUND_S = 300.0
_POLL_S = 0.02
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Z0-9_]+):-(?P<default>172\.(?P<net>1[89])\.[^}]*)\}")
_FREE_PORTS = {"GATEWAY_HTTP_PORT": "0", "GATEWAY_HTTPS_PORT": "0", "GATEWAY_MIME_PORT": "0", "PROMETHEUS_PORT": "0"}


def _elsewhere() -> dict[str, str]:
    """The stack's address variables, moved to subnets that are unlikely to be in use on this machine."""
    found = _VARIABLE.finditer(STACK.read_text(encoding="utf-8"))
    return {
        each["name"]: each["default"].replace(f"172.{each['net']}.", f"10.{80 + int(each['net'])}.") for each in found
    }


def plain_s() -> float:
    """Seconds that ``docker compose up --wait`` takes."""
    compose = ["docker", "compose", "--project-name", "stackproof-boot", "--file", str(STACK)]
    environment = os.environ | _FREE_PORTS | _elsewhere()
    start_s = time.monotonic()
    subprocess.run([*compose, "up", "--wait"], check=True, capture_output=True, env=environment, timeout=_BOUND_S)
    took_s = time.monotonic() - start_s
    down = [*compose, "down", "--volumes", "--timeout", "1"]
    subprocess.run(down, check=True, capture_output=True, env=environment, timeout=_BOUND_S)
    return took_s


def proved_s() -> float:
    """Seconds from ``make sla`` to the first request of its load; the record uses the same clock."""
    runs = ROOT / "reports" / "runs"
    before = set(runs.glob("*")) if runs.exists() else set()
    start_s = time.monotonic()
    process = subprocess.Popen(
        ["make", "sla"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return _first_request_s(lambda: set(runs.glob("sla-*")) - before, process) - start_s
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(_BOUND_S)


def _first_s(folders: Iterable[Path]) -> float | None:
    """When the first recorded request of these runs was sent; None if there is none yet."""
    begun = (folder for folder in folders if _has_samples(folder / FILE_NAME))
    return min((sample.started_s for folder in begun for sample in read(folder).samples), default=None)


def _has_samples(history: Path) -> bool:
    """Whether it is worth reading, which takes too much processor time during a boot."""
    return history.exists() and b'"sample"' in history.read_bytes()


def _first_request_s(folders: Callable[[], Iterable[Path]], process: "subprocess.Popen[bytes]") -> float:
    def sent_or_ended() -> tuple[float | None, bool]:
        return _first_s(folders()), process.poll() is not None

    sent_s, _ = wait_until(
        sent_or_ended, lambda seen: seen[0] is not None or seen[1], within_s=_BOUND_S, poll_s=_POLL_S
    ).seen
    if sent_s is None:
        sys.exit("`make sla` sent no request: run it by hand to see why")
    return sent_s


def main(rounds: int) -> None:
    """Measure both in turn, and print the medians."""
    plain, proved = [], []
    for _ in range(rounds):
        plain.append(plain_s())
        proved.append(proved_s())
    table = Table("", "median", "from", "to")
    for name, times in (("docker compose up --wait", plain), ("make sla to the first request", proved)):
        table.add_row(name, f"{statistics.median(times):.2f} s", f"{min(times):.2f} s", f"{max(times):.2f} s")
    Console().print(table, f"ratio of medians {statistics.median(proved) / statistics.median(plain):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
