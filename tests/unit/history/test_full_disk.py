"""What is kept when a disk fills up or a run is killed, with real limits, a real disk and a real kill."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stackproof.history import FILE_NAME, read

_DEADLINE_S = 60

# Records until the disk refuses, three times over, then closes: a child process, for the limit binds a process.
_RECORD_UNTIL_REFUSED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from stackproof.history import Header, History
from stackproof.model import CheckResult, HistoryError, Stack, Verdict

folder = Path(sys.argv[1])
history = History.create(folder, Header("run-1", Stack("s", Path("compose.yaml")), (), datetime.now(UTC), 0.0))
kept = 0
refusals = []
while len(refusals) < 3:
    try:
        history.extend([CheckResult(f"test_{kept + more}", Verdict.PASS, "x" * 99) for more in range(10)])
        kept += 10
    except HistoryError as error:
        refusals.append(str(error))
history.close()
print(kept, len(set(refusals)), refusals[0])
"""

_RECORD_FOREVER = _RECORD_UNTIL_REFUSED.replace("kept += 10", "kept += 10; print(kept, flush=True)")


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_DEADLINE_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _assert_kept(folder: Path, said: str) -> None:
    kept, different, message = said.split(" ", 2)
    recorded = read(folder)
    assert int(kept) > 0
    assert [check.id for check in recorded.checks[: int(kept)]] == [f"test_{number}" for number in range(int(kept))]
    assert not recorded.torn
    assert different == "1"
    assert str(folder / FILE_NAME) in message
    assert "fix: free space" in message


def test_a_file_that_may_not_grow_keeps_what_it_has(tmp_path: Path) -> None:
    """Once the system refuses more, one message names the file and what to do; all that was recorded can be read."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    said = _run([sys.executable, "-c", limit + _RECORD_UNTIL_REFUSED, str(tmp_path)])
    _assert_kept(tmp_path, said)


def test_a_full_disk_keeps_what_it_has(tmp_path: Path) -> None:
    """The same on a real disk of 64 KiB."""
    script = 'mount -t tmpfs -o size=64k full "$1" && "$2" -c "$3" "$1" && cp "$1"/* "$4"'
    unshare = shutil.which("unshare")
    trial = unshare and subprocess.run(
        [unshare, "-rm", "mount", "-t", "tmpfs", "trial", tmp_path], check=False, capture_output=True
    )
    if not trial or trial.returncode:
        pytest.skip("this machine lets no ordinary user mount a disk of their own")
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    copy.mkdir()
    said = _run(
        ["unshare", "-rm", "sh", "-c", script, "-", str(disk), sys.executable, _RECORD_UNTIL_REFUSED, str(copy)]
    )
    assert "No space left on device" in said
    _assert_kept(copy, said.replace(str(disk), str(copy)))


def test_kill_9_loses_nothing_that_was_recorded(tmp_path: Path) -> None:
    """A run that is killed with signal 9 leaves every entry that it had recorded by then."""
    command = [sys.executable, "-c", _RECORD_FOREVER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) >= 100:
                break
        child.kill()
    checks = read(tmp_path).checks
    assert len(checks) >= 100
    assert [check.id for check in checks] == [f"test_{number}" for number in range(len(checks))]
