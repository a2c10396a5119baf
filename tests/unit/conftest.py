"""What all tests without an engine share."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.unit.fake_runs import RunOnFake

# A slow machine is no failure: nothing here is judged by how long one example took.
settings.register_profile("stackproof", deadline=None, print_blob=True)
settings.load_profile("stackproof")


@pytest.fixture
def fake_run(tmp_path: Path) -> "Iterator[RunOnFake]":
    """A run on a fake engine, whose stack is healthy."""
    from tests.unit.fake_runs import run_on_fake  # noqa: PLC0415 - few tests need a run, and its imports take long

    with run_on_fake(tmp_path) as run:
        yield run
