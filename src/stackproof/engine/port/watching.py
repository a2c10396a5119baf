"""Role *life*, of a running stack: its changes, as they happen."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from stackproof.model.container import ContainerChange


class Watching(Protocol):
    """The changes of a running stack's containers."""

    def watched(self, notify: Callable[[ContainerChange], None]) -> AbstractContextManager[None]:
        """Report every change of a service's container while the block runs, in a thread of its own.

        Args:
            notify: Takes each change.

        Raises:
            EngineError: The engine does not answer, or stopped reporting before the block ended.
            Exception: Whatever ``notify`` raised first; nothing is reported after that.
        """
