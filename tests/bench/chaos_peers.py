"""The overhead of one experiment, compared with Chaos Toolkit and its Toxiproxy extension.

    .venv/bin/python tests/bench/chaos_peers.py [ROUNDS]

Both take turns to do the same on the same running stack: check that a service answers, add 100 ms of latency to its
link, check again, remove the latency, check again. Ours also queries the probes of every service before and after,
confirms the fault with its own clients, and writes a journal and a record. Chaos Toolkit is installed, pinned, into a
separate environment.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from stackproof.engine.docker.compose.layout import link_name
from stackproof.engine.docker.docker_stack import DockerStack
from stackproof.engine.engines import default_engine
from stackproof.experiments.experiment import ExperimentPlan, experiment
from stackproof.model import FaultSpec, Link
from stackproof.run.boot import Boot
from stackproof.run.folder import create_folder
from stackproof.run.opening import open_run
from stackproof.run.run import Run
from stackproof.run.settings import Settings

ROOT = Path(__file__).parents[2]
STACK = ROOT / "stack" / "compose.yaml"
LINK = Link("public_net", "public_app", 5000)
LATENCY_MS = 100
_PEERS = ROOT / ".tox" / "chaos-peers"
_BOUND_S = 120.0


def installed() -> Path:
    """Chaos Toolkit's command, installed if missing."""
    command = _PEERS / "bin" / "chaos"
    if not command.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(_PEERS)], check=True)
        wanted = str(Path(__file__).with_name("chaos-peers.lock"))
        python = str(_PEERS / "bin" / "python")
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", wanted], check=True
        )
    return command


def ours_s(run: Run) -> float:
    """Duration of one experiment of ours, in seconds."""
    fault = FaultSpec.parse(f"latency {LINK} latency_ms={LATENCY_MS}")
    start_s = time.monotonic()
    with experiment(run, ExperimentPlan((fault,), name="bench")):
        pass
    return time.monotonic() - start_s


def theirs_s(command: Path, file: Path) -> float:
    """Duration of the same experiment with Chaos Toolkit, in seconds."""
    start_s = time.monotonic()
    done = subprocess.run(
        [str(command), "--no-version-check", "run", file.name],
        cwd=file.parent,
        capture_output=True,
        text=True,
        timeout=_BOUND_S,
        check=False,
    )
    took_s = time.monotonic() - start_s
    if done.returncode != 0:
        sys.exit(f"Chaos Toolkit failed:\n{done.stdout}{done.stderr}")
    return took_s


def experiment_of(run: Run, folder: Path) -> Path:
    """The same experiment as a file for Chaos Toolkit."""
    assert isinstance(run.engine, DockerStack), "Chaos Toolkit's driver speaks to Toxiproxy"
    way, api = run.entry(LINK), run.engine.proxy_api(LINK.service)
    answers = {
        "type": "probe",
        "name": "the service answers",
        "tolerance": 200,
        "provider": {"type": "http", "url": f"http://{way}/health/live", "timeout": 5},
    }

    def toxic(name: str, function: str, **arguments: object) -> dict[str, object]:
        provider = {
            "type": "python",
            "module": "chaostoxi.toxic.actions",
            "func": function,
            "arguments": {"for_proxy": link_name(LINK), "toxic_name": "bench", **arguments},
        }
        return {"type": "action", "name": name, "provider": provider}

    document = {
        "title": "latency",
        "description": "the same as ours",
        "configuration": {"toxiproxy_host": api.host, "toxiproxy_port": api.port},
        "steady-state-hypothesis": {"title": "the service answers", "probes": [answers]},
        "method": [toxic("make it slow", "create_latency_toxic", latency=LATENCY_MS), answers],
        "rollbacks": [toxic("heal", "delete_toxic")],
    }
    file = folder / "experiment.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def main(rounds: int) -> None:
    """Measure both in turn, and print the medians."""
    command, console = installed(), Console()
    ours, theirs = [], []
    with tempfile.TemporaryDirectory(prefix="stackproof-peers-") as name:
        settings = Settings(STACK, Path(name), suite="peers")
        folder = create_folder(settings.reports, settings.suite)
        boot = Boot(folder, settings, default_engine())
        opened = open_run(boot, folder, settings)
        try:
            with opened.running(console.print) as run:
                file = experiment_of(run, Path(name))
                for _ in range(rounds):
                    ours.append(ours_s(run))
                    theirs.append(theirs_s(command, file))
        finally:
            boot.close()
            opened.history.close()
    table = Table("", "median", "from", "to")
    for what, times in (("stackproof", ours), ("Chaos Toolkit", theirs)):
        table.add_row(what, f"{statistics.median(times):.2f} s", f"{min(times):.2f} s", f"{max(times):.2f} s")
    console.print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
