"""What suites report of the input that they generate."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFTEST = ROOT / "suites" / "conftest.py"
TESTS = """
def test_fails(seed):
    assert not seed

def test_holds(seed):
    assert seed
"""


def test_a_failed_test_reports_its_seed_once(tmp_path: Path) -> None:
    """A failure of the night can be repeated in the morning, though nobody chose a seed."""
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "pytest.ini").touch()
    (tmp_path / "test_drawn.py").write_text(TESTS, encoding="utf-8")
    plugins = ("-p", "stackproof.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:schemathesis")
    command = (sys.executable, "-m", "pytest", *plugins, "--seed", "4711")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert done.stdout.count("--seed 4711") == 1
