"""What tests of the pytest plugin share."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.tiny_servers import AnswersHttp, serving
from tests.unit.fake_stack import FakeMachine, install
from tests.unit.pytest_plugin.sessions import Session


@pytest.fixture
def imported() -> Iterator[dict[str, ModuleType]]:
    """Modules that sessions imported; they stay imported when pytester has forgotten them."""
    modules: dict[str, ModuleType] = {}
    yield modules
    sys.modules.update(modules)


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    """A machine whose stacks run in memory."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("STACKPROOF_PROFILE", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
        monkeypatch.delenv(name, raising=False)
    return install(monkeypatch, tmp_path_factory.mktemp("programs"))


@pytest.fixture
def session(imported: dict[str, ModuleType], machine: FakeMachine, pytester: pytest.Pytester) -> Session:
    """pytest, to be run on a stack that runs in memory."""
    return Session(pytester, machine, imported)


@pytest.fixture
def served(machine: FakeMachine) -> Iterator[None]:
    """The service ``web`` answers."""
    with serving(AnswersHttp) as web:
        machine.web = web
        yield
