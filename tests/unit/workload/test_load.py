import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from stackproof.machine.waiting import wait_until
from stackproof.model import DeclarationError, InconclusiveError, LoadReport, Sample
from stackproof.protocols import verify_stored
from stackproof.protocols.http.request import HttpRequest
from stackproof.protocols.mime.upload import Upload
from stackproof.workload import (
    Constant,
    LoadError,
    LoadPlan,
    LoadSummary,
    Poisson,
    Replay,
    WorkerProcess,
    run_load,
    start_load,
)
from stackproof.workload.frames import Batch, Finished, Frame, Ready, encode

NOWHERE = "http://127.0.0.1:9/"
ENDLESS = LoadPlan(NOWHERE, Constant(50, 600))
PARENT = """
import signal, time
from stackproof.workload import Constant, LoadPlan, start_load
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for background processes
load = start_load(LoadPlan("http://127.0.0.1:9/", Constant(50, 600)))
load.go()
print(load.pid, flush=True)
time.sleep(600)
"""


def until(condition: Callable[[], bool], within_s: float = 30.0) -> bool:
    """Wait until the condition holds; return False if it does not in time."""
    return wait_until(condition, within_s=within_s).in_time


def is_running(pid: int) -> bool:
    """Return True if such a process runs, and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_load_of_files_is_reported_completely(mime_port: int, stored: dict[str, bytes]) -> None:
    """Every request is a sample, every file is in the ledger, and the ledger matches the server."""
    seen: list[Sample] = []
    plan = LoadPlan(f"mime://127.0.0.1:{mime_port}", Poisson(200, 1, seed=3), "net/mime:1 normal", Upload(2000))
    result = run_load(plan, seen.extend)
    assert len(seen) == result.report.sent == result.report.planned == plan.schedule.planned
    assert {(sample.stream, str(sample.outcome)) for sample in seen} == {("net/mime:1 normal", "ok")}
    assert len(result.ledger.files) == len(stored) == result.summary.ok
    report = verify_stored(plan.target, result.ledger)
    assert report.intact
    assert report.checked == len(seen)


def test_a_process_may_wait_for_its_load() -> None:
    """A process that was started early runs the first load; one that is not needed ends without output."""
    process, idle = WorkerProcess(), WorkerProcess()
    with start_load(ENDLESS, process=process) as load:
        assert load.pid == process.pid
        load.go()
    assert process.has_ended
    idle.input.close()
    assert (idle.how_it_ended(), idle.error_output()) == ("with exit code 0", "")
    idle.close()


def test_times_are_on_the_clock_of_the_parent(mime_port: int) -> None:
    """The worker's times are those of the parent's schedule, so samples can be compared with the parent's events."""
    seen: list[Sample] = []
    with start_load(LoadPlan(f"mime://127.0.0.1:{mime_port}", Replay((0.0, 0.25))), seen.extend) as load:
        load.ready()
        at_s = time.monotonic() + 0.3
        load.go(at_s)
        load.wait()
        ended_s = time.monotonic()
        assert load.started_s == at_s
    assert sorted(sample.intended_s for sample in seen) == [at_s, at_s + 0.25]
    assert all(sample.intended_s <= sample.started_s <= sample.ended_s <= ended_s for sample in seen)


def test_the_result_is_printed_as_promised() -> None:
    """The keys of ``stackproof load --json``; if nothing listens all is refused, and no latency is invented."""
    result = run_load(LoadPlan(NOWHERE, Constant(100, 0.5))).to_json()
    lag_p99_ms, achieved = result.pop("lag_p99_ms"), result.pop("achieved_rate_per_s")
    assert isinstance(lag_p99_ms, float)
    assert isinstance(achieved, float)
    assert result.pop("kept_up") in {True, False}
    assert result == {
        "target": NOWHERE,
        "schedule": "constant",
        "rate_per_s": 100,
        "duration_s": 0.5,
        "planned": 50,
        "sent": 50,
        "ok": 0,
        "errors": {"refused": 50},
        "latency_ms": {"p50": None, "p90": None, "p95": None, "p99": None, "max": None},
        "dropped": 0,
    }


def test_a_load_can_be_stopped(mime_port: int) -> None:
    """What was sent until then is reported, and counts as the plan."""
    seen: list[Sample] = []
    with start_load(LoadPlan(f"mime://127.0.0.1:{mime_port}", Constant(50, 600)), seen.extend) as load:
        load.go()
        assert until(lambda: len(seen) >= 10)
        load.stop()
        result = load.wait(60)
    assert 10 <= result.report.sent == result.report.planned == len(seen) < 30_000


def test_a_load_can_be_stopped_in_any_state(mime_port: int) -> None:
    """Before its start that is an error; after its end it does nothing."""
    with start_load(LoadPlan(f"mime://127.0.0.1:{mime_port}", Replay((0.0,)))) as load:
        with pytest.raises(LoadError, match="was not started"):
            load.stop()
        load.go()
        result = load.wait()
        load.stop()
        load.stop()
        assert load.wait(1) == result


def test_a_worker_that_dies_is_an_error_and_never_a_short_count() -> None:
    """Killed in the middle of its load: the message says how it ended, and how many requests were reported."""
    seen: list[Sample] = []
    with start_load(ENDLESS, seen.extend) as load:
        load.go()
        assert until(lambda: bool(seen))
        os.kill(load.pid, signal.SIGKILL)
        with pytest.raises(LoadError, match=r"ended by signal 9 before the load was over; \d+ requests of http"):
            load.wait(60)


def test_a_worker_that_dies_early_is_an_error() -> None:
    """Also before it is ready, or at the command to start; the error refutes no claim about the stack."""
    assert issubclass(LoadError, InconclusiveError)
    with start_load(ENDLESS) as load:
        os.kill(load.pid, signal.SIGKILL)
        with pytest.raises(LoadError, match="ended by signal 9"):
            load.go()


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (
            (Ready(), Finished(LoadReport("s", 5, 5, 0, 0, kept_up=True), LoadSummary(5, {}, None, 0))),
            "expected 5 samples",
        ),
        ((Ready(), Batch(b"", ("",), ())), "ended with exit code 0 before the load was over"),
        ((), "ended with exit code 0 before the load was over"),
    ],
)
def test_a_worker_that_reports_too_little_is_an_error(
    monkeypatch: pytest.MonkeyPatch, frames: tuple[Frame, ...], message: str
) -> None:
    """Missing samples, or a truncated batch, are not mistaken for a smaller load."""
    script = f"import sys; sys.stdin.buffer.readline(); sys.stdout.buffer.write({b''.join(map(encode, frames))!r})"
    monkeypatch.setattr("stackproof.workload.process._COMMAND", (sys.executable, "-c", script))
    with start_load(ENDLESS) as load, pytest.raises(LoadError, match=message):
        load.wait(60)


def test_a_worker_that_does_not_end_in_time_is_an_error() -> None:
    """The wait has a bound."""
    with start_load(ENDLESS) as load:
        load.go()
        with pytest.raises(LoadError, match=r"did not end within 0.2 s"):
            load.wait(0.2)


def test_a_load_leaves_nothing_behind() -> None:
    """Leaving the block ends the process, whatever it was doing."""
    with start_load(ENDLESS) as load:
        load.go()
    assert not is_running(load.pid)


def test_an_error_of_the_listener_ends_the_load() -> None:
    """A full disk where samples are written, for example, must not go unnoticed."""

    def full(_samples: Sequence[Sample]) -> None:
        raise OSError(28, "No space left on device")

    with start_load(ENDLESS, full) as load:
        load.go()
        with pytest.raises(OSError, match="No space left"):
            load.wait(60)


def test_a_plan_that_the_worker_cannot_run_is_one_message(tmp_path: Path) -> None:
    """An error that only the worker can find is reported like one of the parent."""
    plan = LoadPlan("https://127.0.0.1:9/", Constant(1, 1), request=HttpRequest(ca_file=tmp_path / "none.pem"))
    with pytest.raises((LoadError, DeclarationError), match=r"none.pem: cannot read the certificates") as error:
        run_load(plan)
    assert "Traceback" not in str(error.value)


def test_ctrl_c_is_left_to_the_parent(mime_port: int) -> None:
    """A signal to the terminal's process group does not reach the worker."""
    with start_load(LoadPlan(f"mime://127.0.0.1:{mime_port}", Constant(10, 0.5))) as load:
        assert os.getpgid(load.pid) != os.getpgid(0)
        load.go()
        assert load.wait().summary.ok == 5


@pytest.fixture
def parent() -> Iterator["subprocess.Popen[str]"]:
    """A process that runs a load."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        with contextlib.suppress(ProcessLookupError):
            process.kill()


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_load_ends_with_its_parent(parent: "subprocess.Popen[str]", death: signal.Signals) -> None:
    """However the parent dies, nothing more is sent."""
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert is_running(pid)
    parent.send_signal(death)
    assert until(lambda: not is_running(pid))
