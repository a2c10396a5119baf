"""What tests of sessions share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.session.grounds import Ground, ground


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Ground]:
    """A run on a stack that is well."""
    with ground(tmp_path) as here:
        yield here
