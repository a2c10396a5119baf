"""Fixtures for the tests of all services."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, ExitStack
from typing import TypeVar

import pytest

from testkit.served import Served

T = TypeVar("T")


class Serve:
    """Starts services that stop with the test."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __call__(self, service: AbstractAsyncContextManager[T]) -> Served[T]:
        """Start a service in its own thread."""
        served = Served(service)
        self._stack.callback(served.stop)
        return served


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start services for a test."""
    with ExitStack() as stack:
        yield Serve(stack)
