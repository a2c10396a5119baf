"""Gives the tests of every service their common fixtures."""

from hypothesis import settings
from testkit.fixtures import serve

__all__ = ["serve"]

# A slow machine is no failure: nothing here is judged by how long one example took.
settings.register_profile("stack", deadline=None, print_blob=True)
settings.load_profile("stack")
