"""Gives the tests of every service their common fixtures."""

from testkit.fixtures import serve

__all__ = ["serve"]
