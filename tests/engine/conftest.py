"""What tests with containers share."""

import logging

import pytest

from stackproof.engine.images import TOXIPROXY, ensure_image


@pytest.fixture(scope="session")
def toxiproxy_image() -> str:
    """Our image of Toxiproxy."""
    return ensure_image(TOXIPROXY, logging.getLogger(__name__).debug)
