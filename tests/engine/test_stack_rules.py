"""The shipped stack's rules and routes: sound by their makers' own tools, tested in true time, as its SLO files say."""

import io
import json
import logging
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from stack.monitoring.generate import files_of_tests, promtool_tests, rules_file, rules_of, specs
from stackproof.engine.docker.images.build import TOOLS, ensure_image

MONITORING = Path(__file__).parents[2] / "stack" / "monitoring"
WITHIN_S = 600.0
MUTANTS_WITHIN_S = 3600.0
PROVE = """
set -e
tar --extract
promtool check config --syntax-only prometheus.yaml
promtool check rules --lint=all --lint-fatal rules/*.yaml
amtool check-config alertmanager.yaml
cd tests
ls *.yaml | xargs --max-procs=2 --max-args=1 promtool test rules
"""

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def tools() -> str:
    """The image with promtool, amtool and Sloth."""
    return ensure_image(TOOLS, logging.getLogger(__name__).debug)


def test_the_vendors_tools_accept_the_files_and_every_rule_passes_its_tests(tools: str) -> None:
    """In real durations, each alert fires when it must, is silent just below its limit, and resolves."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for file in sorted(MONITORING.rglob("*.yaml")):
            archive.add(file, file.relative_to(MONITORING).as_posix())
    command = ("docker", "run", "--rm", "--interactive", "--network=none", tools, "sh", "-c", PROVE)
    done = subprocess.run(command, input=packed.getvalue(), capture_output=True, check=False, timeout=WITHIN_S)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def test_our_own_checks_find_nothing() -> None:
    """The stack's rules, routes, scraping, dashboards and objectives fit each other."""
    options = {
        "--rules": MONITORING / "rules",
        "--alertmanager": MONITORING / "alertmanager.yaml",
        "--prometheus": MONITORING / "prometheus.yaml",
        "--dashboards": MONITORING / "grafana" / "dashboards",
        "--slo": MONITORING.parent / "slo",
    }
    words = [word for option, file in options.items() for word in (option, str(file))]
    command = (sys.executable, "-m", "stackproof.cli", "alerts", "check", "--json", *words)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WITHIN_S)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"] == []


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: Path(spec).stem)
def test_the_rules_are_those_that_sloth_generates_from_the_slo_files(tools: str, spec: Path) -> None:
    """Nobody changes an objective and forgets its alerts: `make rules` was run."""
    assert rules_file(spec).read_text(encoding="utf-8") == rules_of(
        spec, ("docker", "run", "--rm", "--interactive", "--network=none", tools, "sloth")
    )


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: Path(spec).stem)
def test_the_tests_are_those_of_the_slo_files(spec: Path) -> None:
    """The tests use the limits of the current objectives."""
    assert tuple(file.read_text(encoding="utf-8") for file in files_of_tests(spec)) == promtool_tests(spec)


def test_the_tests_notice_edits_of_the_rules_that_sloth_generates(pytestconfig: pytest.Config) -> None:
    """Of each twenty small wrong edits, in windows, conditions, limits and labels, they notice nineteen."""
    if pytestconfig.getoption("--profile") != "nightly":
        pytest.skip("two hundred mutants take some minutes: make nightly, or --profile nightly")
    files = {"--rules": map(rules_file, specs()), "--tests": sorted((MONITORING / "tests").glob("*.yaml"))}
    words = [word for option, given in files.items() for word in (option, *map(str, given))]
    command = (sys.executable, "-m", "stackproof.cli", "alerts", "mutate", "--sample", "200", *words)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=MUTANTS_WITHIN_S)
    assert done.returncode == 0, done.stdout + done.stderr
