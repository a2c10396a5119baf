"""pytest sessions inside a test, on a stack that runs in memory."""

import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

import stackproof.pytest_plugin
from stackproof.history import Recorded, read
from stackproof.report.summary import Summary, read_summary
from tests.unit.fake_stack import COMPOSE, FakeMachine

_SETTINGS = """\
[pytest]
addopts = --import-mode=importlib -p no:cacheprovider
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that came to its end.

    Attributes:
        code: Its exit code.
        output: What it printed, standard error last.
        reports: Its folder of reports.
    """

    code: int
    output: str
    reports: Path

    @property
    def folders(self) -> list[Path]:
        """The folders of its runs, and of those before it."""
        return sorted(self.reports.glob("runs/*"))

    @property
    def folder(self) -> Path:
        """The folder of the only run."""
        (folder,) = self.folders
        return folder

    @property
    def record(self) -> Recorded:
        """What the only run observed."""
        return read(self.folder)

    @property
    def checks(self) -> dict[str, tuple[str, str]]:
        """The verdict on each test and why it did not pass, by the test's name."""
        return {check.id.rpartition("::")[2]: (check.verdict, check.message) for check in self.record.checks}

    @property
    def summary(self) -> Summary:
        """``summary.json`` of the reports folder."""
        summary = read_summary(self.reports / "summary.json")
        assert summary is not None
        return summary


class _KeepsImports:
    """Remembers what a session imported.

    pytester forgets a session's modules. Those of ours and of libraries have to stay: one that is imported again has
    other classes than those that the tests of this process hold.
    """

    def __init__(self, tests: Path) -> None:
        self.modules: dict[str, ModuleType] = {}
        self._tests = tests
        self._before = set(sys.modules)

    def pytest_unconfigure(self) -> None:
        """Remember them."""
        self.modules |= {
            name: module
            for name, module in sys.modules.items()
            if name not in self._before and not str(getattr(module, "__file__", "")).startswith(str(self._tests))
        }


class Session:
    """Runs pytest, in a folder with a compose file, on a stack that runs in memory.

    Attributes:
        folder: The folder.
        machine: Where stacks are started.
    """

    def __init__(self, pytester: pytest.Pytester, machine: FakeMachine, imported: dict[str, ModuleType]) -> None:
        self.folder = pytester.path
        self.machine = machine
        self._pytester = pytester
        self._imported = imported
        self.write("compose.yaml", COMPOSE)
        self.write("pytest.ini", _SETTINGS)

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def tests(self, source: str) -> None:
        """Write the tests of the session."""
        self._pytester.makepyfile(test_inner=source)

    def run(self, *arguments: str, reports: str = "reports") -> Ended:
        """Run pytest in this process.

        Args:
            arguments: Its command line.
            reports: Where its reports are looked for afterwards.
        """
        keeper = _KeepsImports(self.folder)
        ended = self._pytester.runpytest_inprocess(
            *arguments, plugins=[stackproof.pytest_plugin, keeper], no_reraise_ctrlc=True
        )
        self._imported.update(keeper.modules)
        sys.modules.update(keeper.modules)
        return Ended(int(ended.ret), "\n".join((*ended.outlines, *ended.errlines)), self.folder / reports)
