import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from testkit.mime import WITHIN_S

PYTHONPATH = str(Path(__file__).parents[1])
SERVICE = """
import asyncio, sys
from contextlib import asynccontextmanager
from servicekit.process import run_service

@asynccontextmanager
async def running(drain_s):
    asyncio.get_running_loop().call_soon(lambda: print("started", flush=True))  # once it waits for the signal
    yield
    print("stopped in order", flush=True)

sys.exit(run_service("example", lambda environment: environment.seconds("DRAIN_S"), running))
"""


def start(**environment: str) -> subprocess.Popen[str]:
    """Start a service as a process with these variables."""
    variables = {**os.environ, "PYTHONPATH": PYTHONPATH, **environment}
    return subprocess.Popen([sys.executable, "-c", SERVICE], env=variables, stdout=subprocess.PIPE, text=True)


def test_unusable_settings_are_logged_and_exit_with_1() -> None:
    """An operator finds one JSON line that names the service and the variable, and the engine sees a failure."""
    with start(DRAIN_S="soon") as process:
        out, _ = process.communicate(timeout=WITHIN_S)
    entry = json.loads(out)
    assert (process.returncode, entry["level"], entry["service"]) == (1, "fatal", "example")
    assert "DRAIN_S: expected seconds" in entry["message"]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_ends_a_service_in_order(stop: signal.Signals) -> None:
    """The service leaves its block, so that it can drain, and exits with 0."""
    with start(DRAIN_S="1") as process:
        assert process.stdout
        assert process.stdout.readline() == "started\n"
        process.send_signal(stop)
        out, _ = process.communicate(timeout=WITHIN_S)
    assert (out, process.returncode) == ("stopped in order\n", 0)
