"""What tests with containers share."""

import logging
from pathlib import Path

import pytest

from stackproof.engine.docker.images.build import TOXIPROXY, ensure_image
from stackproof.faults.journal import Journal


@pytest.fixture(scope="session")
def toxiproxy_image() -> str:
    """Our image of Toxiproxy."""
    return ensure_image(TOXIPROXY, logging.getLogger(__name__).debug)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An undo journal."""
    return Journal(tmp_path / "journal.jsonl")
