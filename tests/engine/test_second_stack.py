"""A stack that stackproof was not made for is proved by the same commands and fixtures, and src/ knows none by name."""

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

from stackproof.engine import default_engine
from stackproof.engine.docker.compose.reader import read_compose
from stackproof.engine.docker.sweep import leftovers, sweep
from stackproof.model import Link
from tests.engine.live_stacks import GUESTBOOK

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
SUITES = GUESTBOOK.parent / "suites"
HANGS_AFTER_S = 900.0
LOADED = {0, 3}  # 3: a busy machine made the generator late, which is no fault of the stack's
PROBES = {"web liveness", "web readiness", "web startup", "redis liveness", "redis readiness"}

# Names that src/ may hold, for they are no stack's own.
COMMON_WORDS = {
    "web": "an everyday word",
    "gateway": "a network's way out, which engines and routes call so",
    "default": "an everyday word, and Compose's own name of the network that a file does not declare",
    "prometheus": "the monitoring system, whose formats are read and whose tools are run",
    "alertmanager": "what routes Prometheus' alerts, whose format is read and whose tool is run",
    "grafana": "what shows Prometheus' figures, whose dashboards are read",
    "policy": "what an owner allows, or how an engine restarts: an everyday word",
    "receivers": "Alertmanager's own word for who is told of alerts",
}
LISTS_OF_MODULES = {"go.mod", "go.sum", "package-lock.json"}  # what others named, pinned


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and how it ended."""

    exit_code: int
    out: str
    err: str


def run(*words: str) -> Said:
    """Run Python with these arguments from the project's root, as a person would."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        (sys.executable, *words),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER_S,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


class Objective(BaseModel):
    """A line of a summary, as far as it is looked at."""

    id: str
    verdict: str


class Probe(BaseModel):
    """A probe in a summary, as far as it is looked at."""

    service: str
    kind: str
    verdict: str


class Experiment(BaseModel):
    """A fault in a summary, as far as it is looked at."""

    bit: bool


class Summary(BaseModel):
    """A summary, as far as it is looked at."""

    run: str
    verdict: str
    objectives: list[Objective]
    probes: list[Probe]
    experiments: list[Experiment]


def test_its_suite_passes_and_leaves_nothing(tmp_path: Path) -> None:
    """Probes, links, faults and promises of a guestbook are proved by pytest with no more than --stack."""
    options = ("--stack", str(GUESTBOOK), "--suite", "guestbook", "--reports", str(tmp_path))
    said = run("-m", "pytest", "-p", "no:cacheprovider", str(SUITES), *options)
    assert said.exit_code == 0, said.out + said.err
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


class LinkSeen(BaseModel):
    """A link in the status, as far as it is looked at."""

    link: str
    address: str
    disturbed_by: list[str]


class ServiceSeen(BaseModel):
    """A service in the status."""

    name: str
    state: str


class RunSeen(BaseModel):
    """A run in the status, as far as it is looked at."""

    run: str
    folder: Path
    services: list[ServiceSeen]
    links: list[LinkSeen]


class Status(BaseModel):
    """What ``stackproof status --json`` prints."""

    runs: list[RunSeen]

    def disturbed(self) -> set[str]:
        """Links that something disturbs."""
        return {link.link for each in self.runs for link in each.links if link.disturbed_by}


@dataclass(frozen=True, slots=True)
class Keeper:
    """A person who keeps a stack by the command line.

    Attributes:
        file: The compose file.
    """

    file: Path

    def does(self, command: str, *words: str) -> str:
        """Give a command for this stack; what it prints."""
        said = run("-m", "stackproof.cli", command, "--stack", str(self.file), *words)
        assert said.exit_code == 0, said.out + said.err
        return said.out

    def sees(self) -> Status:
        """Ask for the status."""
        return Status.model_validate_json(self.does("status", "--json"))


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    """A keeper of a copy of the guestbook, so that no other run on this machine is of the same file."""
    folder = tmp_path / "theirs"
    shutil.copytree(GUESTBOOK.parent, folder, ignore=shutil.ignore_patterns("suites", "__pycache__"))
    someone = Keeper(folder / "compose.yaml")
    yield someone
    for each in someone.sees().runs:
        sweep(each.run)


def test_a_person_keeps_it_by_the_same_commands(keeper: Keeper, tmp_path: Path) -> None:
    """Up, status, load, logs, heal and down do for a guestbook what they do for any stack."""
    keeper.does("up", "--reports", str(tmp_path / "reports"))
    (standing,) = keeper.sees().runs
    assert {each.name: each.state for each in standing.services} == {
        "moderator": "running",
        "redis": "healthy",
        "web": "healthy",
    }
    addresses = {each.link: each.address for each in standing.links}
    assert set(addresses) == {"default/redis:6379", "default/web:8080"}
    _load_passes(addresses["default/web:8080"])
    assert "letting entries through" in keeper.does("logs", "moderator")
    default_engine().find(standing.folder).link(Link("default", "redis", 6379)).cut()
    assert keeper.sees().disturbed() == {"default/redis:6379"}
    assert "restored default/redis:6379" in keeper.does("heal")
    assert not keeper.sees().disturbed()
    assert standing.run in keeper.does("down")
    assert not keeper.sees().runs
    assert not leftovers(standing.run)


def _load_passes(address: str) -> None:
    said = run("-m", "stackproof.cli", "load", f"http://{address}/", "--rate", "20", "--duration", "2s", "--json")
    assert said.exit_code in LOADED, said.out + said.err
    seen = json.loads(said.out)
    assert seen["ok"] == seen["sent"] > 0


def names_in(file: Path) -> set[str]:
    """Every name of its own that a compose file gives: to itself, services, containers, networks, aliases, volumes."""
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
    """Where the harness's sources hold one of these names as a whole word."""
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
    """No name out of a compose file stands in src/, common words aside: what works for one stack works for any."""
    names = names_in(file) - COMMON_WORDS.keys()
    assert len(names) >= 4
    assert not mentions(names)
