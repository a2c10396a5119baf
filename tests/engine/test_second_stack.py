"""The same commands and fixtures work for a stack that stackproof was not made for; src/ knows no stack by name."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import BaseModel

from stackproof.engine.docker.compose.reader import read_compose
from stackproof.engine.docker.life.sweep import leftovers, sweep
from stackproof.engine.engines import default_engine
from stackproof.model import Link
from tests.engine.live_stacks import GUESTBOOK

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
SUITES = GUESTBOOK.parent / "suites"
HANGS_AFTER_S = 900.0
LOADED = {0, 3}  # 3: a busy machine made the generator late, which is not the stack's fault
PROBES = {"web liveness", "web readiness", "web startup", "redis liveness", "redis readiness"}

# Names that src/ may contain, because they do not belong to a stack.
COMMON_WORDS = {
    "web": "an everyday word",
    "gateway": "the field's word for a network's way out",
    "default": "an everyday word, and Compose's name for the network that a file does not declare",
    "prometheus": "the monitoring system, whose formats we read and whose tools we run",
    "alertmanager": "Prometheus' router of alerts, whose format we read and whose tool we run",
    "grafana": "the dashboards for Prometheus, which we read",
    "policy": "an everyday word: an owner's policy, or a restart policy",
    "receivers": "Alertmanager's word for where notifications go",
}
LISTS_OF_MODULES = {"go.mod", "go.sum", "package-lock.json"}  # names that others chose, pinned


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command printed, and its exit code."""

    exit_code: int
    out: str
    err: str


def run(*words: str) -> Finished:
    """Run Python with these arguments from the project's root, as a person would."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.run(
        (sys.executable, *words),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER_S,
        check=False,
    )
    return Finished(process.returncode, process.stdout, process.stderr)


class Objective(BaseModel):
    """An objective in a summary, as far as it is checked."""

    id: str
    verdict: str


class Probe(BaseModel):
    """A probe in a summary, as far as it is checked."""

    service: str
    kind: str
    verdict: str


class Experiment(BaseModel):
    """An experiment in a summary, as far as it is checked."""

    bit: bool


class Summary(BaseModel):
    """A summary, as far as it is checked."""

    run: str
    verdict: str
    objectives: list[Objective]
    probes: list[Probe]
    experiments: list[Experiment]


def test_its_suite_passes_and_leaves_nothing(tmp_path: Path) -> None:
    """Pytest proves probes, links, faults and promises of a guestbook with no more than --stack."""
    options = ("--stack", str(GUESTBOOK), "--suite", "guestbook", "--reports", str(tmp_path))
    done = run("-m", "pytest", "-p", "no:cacheprovider", str(SUITES), *options)
    assert done.exit_code == 0, done.out + done.err
    summary = Summary.model_validate_json((tmp_path / "summary.json").read_bytes())
    assert summary.verdict == "PASS"
    assert {each.id for each in summary.objectives if each.verdict == "PASS"} >= {
        "sla-web-availability",
        "sla-web-errors",
        "sla-web-latency",
    }
    assert {f"{each.service} {each.kind}" for each in summary.probes if each.verdict == "PASS"} == PROBES
    assert len(summary.experiments) == 3
    assert all(each.bit for each in summary.experiments)
    assert not leftovers(summary.run)


class LinkStatus(BaseModel):
    """A link in the status, as far as it is checked."""

    link: str
    address: str
    disturbed_by: list[str]


class ServiceStatus(BaseModel):
    """A service in the status."""

    name: str
    state: str


class RunStatus(BaseModel):
    """A run in the status, as far as it is checked."""

    run: str
    folder: Path
    services: list[ServiceStatus]
    links: list[LinkStatus]


class Status(BaseModel):
    """What ``stackproof status --json`` prints."""

    runs: list[RunStatus]

    def disturbed(self) -> set[str]:
        """Links with a fault."""
        return {link.link for each in self.runs for link in each.links if link.disturbed_by}


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who operates a stack from the command line.

    Attributes:
        file: The compose file.
    """

    file: Path

    def runs(self, command: str, *words: str) -> str:
        """Run a command for this stack; returns its output."""
        done = run("-m", "stackproof.cli", command, "--stack", str(self.file), *words)
        assert done.exit_code == 0, done.out + done.err
        return done.out

    def status(self) -> Status:
        """The status of the stack."""
        return Status.model_validate_json(self.runs("status", "--json"))


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    """An operator of a copy of the guestbook, so that no other run on this machine uses the same file."""
    folder = tmp_path / "theirs"
    shutil.copytree(GUESTBOOK.parent, folder, ignore=shutil.ignore_patterns("suites", "__pycache__"))
    someone = Operator(folder / "compose.yaml")
    yield someone
    for each in someone.status().runs:
        sweep(each.run)


def test_the_same_commands_operate_it(operator: Operator, tmp_path: Path) -> None:
    """Up, status, load, logs, heal and down work for a guestbook as for any stack."""
    operator.runs("up", "--reports", str(tmp_path / "reports"))
    (run_status,) = operator.status().runs
    assert {each.name: each.state for each in run_status.services} == {
        "moderator": "running",
        "redis": "healthy",
        "web": "healthy",
    }
    addresses = {each.link: each.address for each in run_status.links}
    assert set(addresses) == {"default/redis:6379", "default/web:8080"}
    _load_passes(addresses["default/web:8080"])
    assert "letting entries through" in operator.runs("logs", "moderator")
    default_engine().find(run_status.folder).link(Link("default", "redis", 6379)).cut()
    assert operator.status().disturbed() == {"default/redis:6379"}
    assert "restored default/redis:6379" in operator.runs("heal")
    assert not operator.status().disturbed()
    assert run_status.run in operator.runs("down")
    assert not operator.status().runs
    assert not leftovers(run_status.run)


def _load_passes(address: str) -> None:
    done = run("-m", "stackproof.cli", "load", f"http://{address}/", "--rate", "20", "--duration", "2s", "--json")
    assert done.exit_code in LOADED, done.out + done.err
    seen = json.loads(done.out)
    assert seen["ok"] == seen["sent"] > 0


def names_in(file: Path) -> set[str]:
    """Every name that a compose file defines: of itself, services, containers, networks, aliases and volumes."""
    compose = read_compose(file)
    attached = [each for service in compose.services.values() for each in service.networks.values() if each]
    return {
        compose.name,
        *compose.services,
        *compose.networks,
        *compose.volumes,
        *(service.container_name for service in compose.services.values() if service.container_name),
        *(alias for each in attached for alias in each.aliases),
    }


def mentions(names: set[str]) -> list[str]:
    """Lines of the harness's sources with one of these names as a whole word."""
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, sorted(names)))})(?![\w-])", re.IGNORECASE)
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in sorted((ROOT / "src").rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts and file.name not in LISTS_OF_MODULES
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("file", [GUESTBOOK, ROOT / "stack" / "compose.yaml"], ids=["guestbook", "stack"])
def test_no_line_of_the_harness_knows_a_stack(file: Path) -> None:
    """No name from a compose file occurs in src/, except common words: what works for one stack works for any."""
    names = names_in(file) - COMMON_WORDS.keys()
    assert len(names) >= 4
    assert not mentions(names)
