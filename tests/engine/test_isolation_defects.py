"""Each seeded defect of networks, confinement and declaration is caught by the claim that its patch names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.defects.patches import ROOT, Defect, break_stack, prove

_BOUND_S = 600
DEFECTS = {path.stem: Defect(path) for path in sorted((ROOT / "tests" / "defects" / "isolation").glob("*.patch"))}
SUITES = ("suites/contract/test_isolation.py", "suites/contract/test_hardening.py")
OPTIONS = ("--maxfail=100", "--proxies", "gateway")
"""Check all claims, without proxies that no claim needs."""

# The message for each defect that shows only on a running stack. They do not hide each other, so they share one stack.
LIVE = {
    "capabilities_kept": "dropped=frozenset()",
    "container_as_root": "node-exporter runs as root inside",
    "file_system_writable": "its file system is not read-only: ",
    "port_undeclared": "-> alerting_net/receivers:8000 ",
    "service_on_the_private_network": "on private_net against its list: ['nginx-exporter']",
}
STATIC = sorted(DEFECTS.keys() - LIVE.keys())

pytestmark = pytest.mark.engine


def test_each_weakness_of_a_running_stack_is_caught_by_its_claim(tmp_path: Path) -> None:
    """A service on a wrong network, or with more rights than it needs, is named by the claim against it."""
    file = break_stack(tmp_path, *(DEFECTS[name] for name in LIVE))
    run = prove(SUITES[0], file, tmp_path, *SUITES[1:], *OPTIONS, within_s=_BOUND_S)
    assert run.returncode == 1, run.stdout + run.stderr
    for name, words in LIVE.items():
        assert f"FAILED {DEFECTS[name].claim}" in run.stdout, f"{name} was not caught:\n{run.stdout}"
        assert words in run.stdout, f"{name} was not named in:\n{run.stdout}"
    assert "listened on and not declared: {('receivers', 8000)}" in run.stdout, run.stdout


@pytest.mark.parametrize("name", STATIC)
def test_a_wrong_declaration_is_caught_before_it_is_started(name: str, tmp_path: Path) -> None:
    """The stack's own tests of its declaration catch it without an engine."""
    break_stack(tmp_path, DEFECTS[name])
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--import-mode=importlib"]
    run = subprocess.run(
        [*command, DEFECTS[name].claim],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (tmp_path, tmp_path / "stack" / "common")))},
        capture_output=True,
        text=True,
        timeout=_BOUND_S,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert f"FAILED {DEFECTS[name].claim}" in run.stdout, run.stdout
