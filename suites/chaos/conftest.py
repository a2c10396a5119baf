"""The traffic during faults."""

from functools import partial

import pytest

from stackproof import Run
from suites.loads import Loads, files_over, pages_of

PER_S = 20.0


@pytest.fixture
def files(stack: Run) -> Loads:
    """Creates a load of small files over a link of the socket server: ``files("public_net/mime-server:65432")``."""
    return partial(files_over, stack, per_s=PER_S)


@pytest.fixture
def pages(stack: Run) -> Loads:
    """Creates a load of pages through the gateway: ``pages("/")``."""
    return partial(pages_of, stack, per_s=PER_S)
