"""How the rooms are imported."""

import subprocess
import sys
from types import ModuleType

import pytest

import stackproof.model
import stackproof.workload

_MODULES = "import sys, stackproof.run.head_start, stackproof.engine.docker.life.launch; print(*sys.modules)"


@pytest.mark.parametrize("room", [stackproof.model, stackproof.workload], ids=lambda room: str(room.__name__))
def test_every_name_that_a_room_exports_exists(room: ModuleType) -> None:
    """Names are imported lazily: without this test, a wrong one would fail where it is first used."""
    assert room.__all__
    assert all(hasattr(room, name) for name in room.__all__)


def test_a_boot_imports_little_before_compose_is_started() -> None:
    """Imports before that delay every run: loads, verdicts, reports, pytest and slow readers come later."""
    done = subprocess.run((sys.executable, "-c", _MODULES), capture_output=True, text=True, check=True, timeout=60)
    early = {*done.stdout.split()}
    assert "stackproof.engine.docker.life.launch" in early
    late = {"pytest", "ruamel.yaml", "scipy", "matplotlib", "hypothesis", "rich", "allure", "prometheus_client"}
    late |= {"stackproof.judge", "stackproof.history", "stackproof.report", "stackproof.faults", "stackproof.observe"}
    late |= {
        "stackproof.testing",
        "stackproof.workload.load",
        "stackproof.model.alert_entries",
        "stackproof.engine.docker.engine",
    }
    assert not early & late
