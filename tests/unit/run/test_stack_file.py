"""The stack file is found under each of its usual names."""

from pathlib import Path

import pytest

from stackproof.model import DeclarationError
from stackproof.run.stack_file import find_stack_file


@pytest.mark.parametrize("name", ["compose.yaml", "compose.yml", "docker-compose.yml", "stack/docker-compose.yaml"])
def test_a_stack_file_of_a_usual_name_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Here first, then in the folder of stacks."""
    (tmp_path / "stack").mkdir()
    (tmp_path / name).write_text("services: {}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert find_stack_file(None) == (tmp_path / name).resolve()


def test_the_first_name_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order that Compose has."""
    for name in ("docker-compose.yml", "compose.yml"):
        (tmp_path / name).write_text("services: {}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert find_stack_file(None).name == "compose.yml"


def test_no_stack_file_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what was looked for, and what to give."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DeclarationError, match=r"\./compose\.yaml or \./stack/compose\.yaml \(or compose\.yml, .*\)"):
        find_stack_file(None)
