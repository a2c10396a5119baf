"""``stackproof prove`` on a machine that lacks something."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stackproof.cli import stackproof
from stackproof.engine.docker.compose.resolving import Resolving
from stackproof.machine.commands import Progress
from stackproof.model import DeclarationError, EngineError

PREPARED = "this machine was prepared"


@pytest.fixture
def no_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the docker command, on which set-up tells that it was called, and installs nothing."""

    def prepare(_progress: Progress) -> None:
        raise EngineError(PREPARED)

    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr("stackproof.host.setup.prepare", prepare)


def _prove(folder: Path) -> Result:
    file = folder / "compose.yaml"
    file.write_text("services: {web: {image: web}}\n", encoding="utf-8")
    return CliRunner().invoke(stackproof, ["prove", "--suite", "web", "--stack", str(file), "--reports", str(folder)])


@pytest.mark.usefixtures("no_docker")
def test_a_machine_without_an_engine_gets_one_first(tmp_path: Path) -> None:
    """The first command that a newcomer types is not refused for want of what it installs."""
    assert PREPARED in str(_prove(tmp_path).exception)


@pytest.mark.usefixtures("no_docker")
def test_without_the_docker_command_nothing_is_resolved(tmp_path: Path) -> None:
    """Who asks all the same is told what is missing, and how to get it."""
    resolving = Resolving(tmp_path / "compose.yaml")
    assert not resolving.is_sound
    with pytest.raises(DeclarationError, match=r"docker command(.|\n)*stackproof setup"):
        _ = resolving.output
    resolving.close()
