"""No file costs more than 30 s or 1 GiB, and each ends with a message that names it, without a traceback."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from math import inf
from pathlib import Path

import pytest

from stackproof.alerts.check import Check, Monitoring, Spot
from stackproof.alerts.fenced_work import FencedWork
from stackproof.alerts.file_check import FilesToCheck, ToolUse
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.sifting.sift import checked
from stackproof.declare.prometheus.rule_file import RuleFile, read_rules
from stackproof.machine.fence import Bounds
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, ProblemKind
from stackproof.model.monitoring import NOWHERE
from tests.unit.alerts.hostile_files import DEAR, GROUP, QUICK, Hostile, alerts, panels, routes, rule
from tests.unit.cli.commands import run

BOUND_S = 30
BOUND_BYTES = 1 << 30
HASTY = Bounds(each_s=0.5, all_s=inf, memory_bytes=200 << 20)
PATIENT = replace(HASTY, each_s=20)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command cost, and what it printed.

    Attributes:
        seconds: The time that it took.
        peak_bytes: The most memory that it, or a process that it started, had at a time.
        code: Its exit code.
        out: What it printed.
        err: What it printed to standard error.
    """

    seconds: float
    peak_bytes: int
    code: int
    out: str
    err: str


def _cost(folder: Path, *arguments: str) -> Cost:
    """Run `stackproof alerts check` in a process of its own, whose memory the kernel counts."""
    begun_s = time.monotonic()
    out, err = folder / "out", folder / "err"
    command = [sys.executable, "-m", "stackproof.cli", "alerts", "check", "--no-tools", *arguments]
    writing = os.O_WRONLY | os.O_CREAT
    actions = [(os.POSIX_SPAWN_OPEN, fd, file, writing, 0o600) for fd, file in ((1, str(out)), (2, str(err)))]
    pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return Cost(time.monotonic() - begun_s, used.ru_maxrss << 10, code, out.read_text(), err.read_text())


def _place(hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ("hostile.json" if hostile.option == "dashboards" else "hostile.yml")
    hostile.write(file)
    return file


@pytest.mark.parametrize("hostile", QUICK, ids=str)
def test_a_hostile_file_ends_with_a_message(hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person learns which file it is, and what is wrong with it, at once."""
    file = _place(hostile, tmp_path, monkeypatch)
    begun_s = time.monotonic()
    done = run("alerts", "check", "--no-tools", "--json", f"--{hostile.option}", str(file))
    assert time.monotonic() - begun_s < BOUND_S
    found = [each for each in done.json()["findings"] if each["id"] in hostile.found]
    assert found, done.out[:2000]
    assert {each["file"] for each in found} == {str(file)}
    assert max(len(each["message"]) for each in found) < 2100
    assert "Traceback" not in done.out + done.err


@pytest.mark.parametrize("hostile", DEAR, ids=str)
def test_a_very_costly_file_stays_within_the_bounds(
    hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """30 s and 1 GiB for the whole command, whatever it reads."""
    if pytestconfig.getoption("--profile") != "nightly":
        pytest.skip("each takes up to half a minute and a gibibyte: make nightly, or --profile nightly")
    file = _place(hostile, tmp_path, monkeypatch)
    others = ("--rules", str(_written(tmp_path / "sound.yml", GROUP + rule("up == 0")))) * (hostile.option == "metrics")
    done = _cost(tmp_path, f"--{hostile.option}", str(file), *others)
    assert done.seconds < BOUND_S
    assert done.peak_bytes < BOUND_BYTES
    assert any(f" {each} " in done.out for each in hostile.found), done.out[:2000]
    assert done.code in {0, 1}
    assert done.err == ""


@pytest.mark.parametrize(
    ("option", "content", "within_s"),
    [
        ("rules", partial(alerts, 500), 10),
        ("alertmanager", partial(routes, 1000), 10),
        ("dashboards", partial(panels, 1000), 10),
    ],
)
def test_a_large_sound_file_is_checked_whole(
    tmp_path: Path, option: str, content: Callable[[], str], within_s: float
) -> None:
    """The bounds are above what people write."""
    file = _written(tmp_path / ("large.json" if option == "dashboards" else "large.yml"), content())
    begun_s = time.monotonic()
    done = run("alerts", "check", "--no-tools", "--json", f"--{option}", str(file))
    assert time.monotonic() - begun_s < within_s
    assert not [each for each in done.json()["findings"] if each["id"] in {"file/too-costly", "check/not-completed"}]


def _written(file: Path, content: str) -> Path:
    file.write_text(content, encoding="utf-8")
    return file


def _never_ends(_file: Path) -> RuleFile:
    return next(RuleFile((), ()) for each in count() if each < 0)


def _eats_memory(_file: Path) -> RuleFile:
    return RuleFile((), tuple(FileProblem(ProblemKind.EMPTY, NOWHERE, "x" * (1 << 20) + str(n)) for n in range(999)))


def _crashes(_file: Path) -> RuleFile:
    os.abort()


def _has_a_mistake(_file: Path) -> RuleFile:
    return {"a": RuleFile((), ())}["b"]


@pytest.mark.parametrize(
    ("reader", "kind", "message"),
    [
        (_never_ends, ProblemKind.TOO_COSTLY, "reading it took longer than 0.5 s"),
        (_eats_memory, ProblemKind.TOO_COSTLY, "reading it took more than 200 MiB of memory"),
        (_crashes, ProblemKind.TOO_COSTLY, "reading it ended the process by SIGABRT"),
        (_has_a_mistake, ProblemKind.UNREADABLE, "reading it failed with KeyError in test_hostile_files.py"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_hides_no_other(
    tmp_path: Path, reader: Callable[[Path], RuleFile], kind: ProblemKind, message: str
) -> None:
    """One file that hangs, swells or crashes the reader is a problem; the one after it is read."""
    sound = _written(tmp_path / "sound.yml", GROUP + rule("up == 0"))
    bad = tmp_path / "bad.yml"
    first, second = FencedWork(reading=HASTY if reader is _never_ends else PATIENT).read(
        lambda file: reader(file) if file == bad else read_rules(file), [bad, sound]
    )
    assert isinstance(first[1], FileProblem)
    assert (first[1].kind, first[1].where) == (kind, Location(bad))
    assert first[1].message.startswith(message)
    assert isinstance(second[1], RuleFile)
    assert [each.name for group in second[1].groups for each in group.rules] == ["A"]


def _check(name: str, look: Callable[[Monitoring], Iterator[Spot]]) -> Check:
    return Check(f"test/{name}", Severity.WARNING, Confidence.LIKELY, (), "why", "fix", look)


def _looks_for_ever(_monitoring: Monitoring) -> Iterator[Spot]:
    yield from (Spot(NOWHERE, "") for each in count() if each < 0)


def _looks_and_swells(_monitoring: Monitoring) -> Iterator[Spot]:
    kept = [bytes(1 << 20) for _ in range(1000)]
    yield Spot(NOWHERE, str(len(kept)))


def _looks_and_crashes(_monitoring: Monitoring) -> Iterator[Spot]:
    os.abort()


def _looks_and_fails(_monitoring: Monitoring) -> Iterator[Spot]:
    raise LookupError("no such thing")


def _finds(monitoring: Monitoring) -> Iterator[Spot]:
    yield Spot(NOWHERE, f"{len(monitoring.groups)} groups")


@pytest.mark.parametrize(
    ("look", "message"),
    [
        (_looks_for_ever, "the check test/bad took longer than 0.5 s"),
        (_looks_and_swells, "the check test/bad took more than 200 MiB of memory"),
        (_looks_and_crashes, "the check test/bad ended the process by SIGABRT"),
        (_looks_and_fails, "the check test/bad failed with LookupError in test_hostile_files.py"),
    ],
)
def test_a_check_that_is_not_completed_is_named_and_hides_no_other(
    look: Callable[[Monitoring], Iterator[Spot]], message: str
) -> None:
    """All other checks are made, and the result says that this one was not: an error, so that nobody trusts silence."""
    checks = [_check("before", _finds), _check("bad", look), _check("after", _finds)]
    file = Path("rules.yml")
    made = FencedWork(checking=HASTY if look is _looks_for_ever else PATIENT).check(checks, Monitoring(), [file])
    assert made.not_completed == {"test/bad"}
    assert [each.id for each in made.findings] == ["test/before", "test/after", "check/not-completed"]
    assert made.findings[-1].message.startswith(message)
    assert (made.findings[-1].severity, made.findings[-1].where) == (Severity.ERROR, Location(file))


def test_checks_that_were_not_begun_are_one_finding() -> None:
    """A person reads once that time was over, with the names of all that were not made."""
    checks = [_check("endless", _looks_for_ever), _check("b", _finds), _check("c", _finds)]
    bounds = Bounds(each_s=0.4, all_s=0.4, memory_bytes=200 << 20)
    made = FencedWork(checking=bounds).check(checks, Monitoring(), [Path("a.yml"), Path("b.yml")])
    assert [each.message for each in made.findings] == [
        "the check test/endless was ended when all work together had taken 0.4 s",
        "2 checks were not begun, because all work before took 0.4 s: test/b, test/c",
    ]
    assert {each.where for each in made.findings} == {NOWHERE}


def test_a_folder_of_hostile_files_hides_no_sound_one(tmp_path: Path) -> None:
    """Each is reported, and the mistake in the only sound file is found."""
    for place, each in enumerate(each for each in QUICK if each.option == "rules"):
        each.write(tmp_path / f"{place}.yml")
    sound = _written(tmp_path / "sound.yml", GROUP + rule("count(up == 1) < 1"))
    result = checked(FilesToCheck(rules=[str(tmp_path)]), ToolUse.SKIP)
    assert (sound, "rules/never-fires") in {(each.where.file, each.id) for each in result.counted}


@pytest.mark.parametrize("form", ["--no-tools", "--json", "--sarif"])
def test_a_name_that_is_no_text_can_be_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """The name of a file may be any bytes, and a title in JSON half a character."""
    monkeypatch.chdir(tmp_path)
    file = Path(os.fsdecode(b"\xff.json"))
    file.write_text('{"title": "\\ud800", "panels": [{"title": "\\udfff", "targets": [{"expr": "sum("}]}]}')
    done = run("alerts", "check", "--no-tools", "--dashboards", str(file), form)
    assert done.code == 1
    assert "dashboards/invalid-promql" in done.out
    assert "Traceback" not in done.err


def test_very_many_findings_are_counted_and_the_most_severe_are_shown(tmp_path: Path) -> None:
    """A list that nobody can read takes no half a minute to lay out; the error in it stands there."""
    file = _written(
        tmp_path / "many.yml", GROUP + "".join(rule("up == 0", name=f"A{n}") for n in range(2500)) + rule("(")
    )
    done = run("alerts", "check", "--no-tools", "--rules", str(file))
    assert " error promql/invalid (certain) " in " ".join(done.out.split())
    assert "more, which are not shown here: --json prints all" in done.out
    assert done.out.splitlines()[-1].startswith("1 error, ")
