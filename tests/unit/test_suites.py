"""What the suites tell of what they drew."""

import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).parents[2] / "suites" / "conftest.py"
TESTS = """
def test_fails(seed):
    assert not seed

def test_holds(seed):
    assert seed
"""


def test_a_test_that_fails_with_what_it_drew_tells_how_to_draw_it_again(tmp_path: Path) -> None:
    """Whoever reads of it in the morning can see it fail again, though nobody chose a seed."""
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "pytest.ini").touch()
    (tmp_path / "test_drawn.py").write_text(TESTS, encoding="utf-8")
    plugins = ("-p", "stackproof.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:schemathesis")
    command = (sys.executable, "-m", "pytest", *plugins, "--seed", "4711")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert done.stdout.count("--seed 4711") == 1
