"""What tests of the command line share."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.fake_stack import COMPOSE, FakeMachine, install, without_engine


@pytest.fixture
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for programs that stand in for others."""
    return tmp_path_factory.mktemp("programs")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands are run, with a compose file."""
    (tmp_path / "compose.yaml").write_text(COMPOSE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STACKPROOF_PROFILE", raising=False)
    return tmp_path


@pytest.fixture
def machine(folder: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    """A machine whose stacks run in memory."""
    del folder
    return install(monkeypatch, programs)


@pytest.fixture
def no_engine(folder: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no container engine answers."""
    del folder
    without_engine(monkeypatch, programs)


@pytest.fixture
def collector() -> Iterator[None]:
    """`prove` sets Python's garbage collector for a process of its own."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
