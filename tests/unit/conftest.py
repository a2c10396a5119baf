"""What all tests without an engine share."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.unit.grounds import Ground

# A slow machine is no failure: nothing here is judged by how long one example took.
settings.register_profile("stackproof", deadline=None, print_blob=True)
settings.load_profile("stackproof")


@pytest.fixture
def standing(tmp_path: Path) -> "Iterator[Ground]":
    """A run on a stack that is well."""
    from tests.unit.grounds import ground  # noqa: PLC0415 - few tests need a run, and its imports take long

    with ground(tmp_path) as here:
        yield here
