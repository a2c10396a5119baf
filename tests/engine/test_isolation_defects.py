"""Each seeded defect of networks, confinement and declaration is caught by the claim that is there for it."""

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
"""All claims are tried; proxies that no claim asks for only cost time."""

# What is said of each that has to be seen on a standing stack. They do not hide each other, so that they share one.
LIVE = {
    "capabilities_kept": "dropped=frozenset()",
    "container_as_root": "node-exporter is root inside",
    "file_system_writable": "it is not read-only: ",
    "port_undeclared": "-> alerting_net/receivers:8000 ",
    "service_on_the_private_network": "on private_net against its list: ['nginx-exporter']",
}
STATIC = sorted(DEFECTS.keys() - LIVE.keys())

pytestmark = pytest.mark.engine


def test_a_stack_that_is_open_where_it_should_not_be_is_refused_claim_by_claim(tmp_path: Path) -> None:
    """Who is attached to the wrong network, or may do more than it must, is named by the claim that is there for it."""
    file = break_stack(tmp_path, *(DEFECTS[name] for name in LIVE))
    run = prove(SUITES[0], file, tmp_path, *SUITES[1:], *OPTIONS, within_s=_BOUND_S)
    assert run.returncode == 1, run.stdout + run.stderr
    for name, words in LIVE.items():
        assert f"FAILED {DEFECTS[name].claim}" in run.stdout, f"{name} was not caught:\n{run.stdout}"
        assert words in run.stdout, f"{name} was not named in:\n{run.stdout}"
    assert "listened on and not declared: {('receivers', 8000)}" in run.stdout, run.stdout


@pytest.mark.parametrize("name", STATIC)
def test_what_is_declared_wrongly_is_refused_before_it_stands(name: str, tmp_path: Path) -> None:
    """The stack's own tests of its declaration need no engine to see it."""
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
