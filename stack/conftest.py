"""Common fixtures for the tests of all services."""

from hypothesis import settings
from testkit.fixtures import serve

__all__ = ["serve"]

# No deadline per example: a slow machine must not fail a test.
settings.register_profile("stack", deadline=None, print_blob=True)
settings.load_profile("stack")
