"""Every kind of fault, of every family, is tried on real containers: tests/engine has a live test of each."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackproof.faults import kinds
from stackproof.faults.catalogue import families, family_of, fault, faults
from stackproof.faults.kinds import resources
from stackproof.model import Family
from tests.engine.fault_claims import tried_kinds

TOY = """
from stackproof.faults.fault_kind import fault_kind
from stackproof.faults.targets import SERVICE

KIND = fault_kind("toy", SERVICE, "Nothing happens.", (), lambda spec, service: None)
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A kind whose file is new in the folder of its family."""
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "toy.py").write_text(TOY, encoding="utf-8")
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    monkeypatch.setattr(resources, "__path__", [*resources.__path__, str(tmp_path / "resources")])
    yield "toy"
    sys.modules.pop(f"{resources.__name__}.toy", None)


def untried() -> dict[Family, set[str]]:
    """The kinds without a live test, by family; families without such kinds are left out."""
    tried = tried_kinds()
    missing = {family: {each.kind for each in known} - tried for family, known in families().items()}
    return {family: names for family, names in missing.items() if names}


def test_every_kind_is_tried_on_real_containers() -> None:
    """A new kind needs a live test: add it to the faults of a class in tests/engine."""
    assert untried() == {}


def test_live_tests_try_no_unknown_kind() -> None:
    """A kind that is removed or renamed leaves none behind."""
    assert tried_kinds() <= {each.kind for each in faults()}


def test_a_new_kind_without_a_live_test_is_noticed(toy: str) -> None:
    """The check above fails for it, in the name of its family."""
    assert untried() == {Family.RESOURCES: {toy}}


def test_a_new_file_is_a_new_kind(toy: str) -> None:
    """The catalogue finds it, and its family, without another change."""
    assert fault(toy).kind == toy
    assert family_of(toy) is Family.RESOURCES
    assert toy in {each.kind for each in faults()}
