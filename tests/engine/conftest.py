"""What tests with containers share."""

import pytest


@pytest.fixture(scope="session")
def toxiproxy_image() -> str:
    """Our image of Toxiproxy."""
    return "tp:1"
