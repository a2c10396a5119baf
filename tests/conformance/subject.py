"""What a conformance check is run on: an engine, and a small stack of ours that runs on it.

The stack has two services that start with it and one on demand, on two networks. Every engine declares it in its own
format; ``STACK`` is what it has to come to.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from stackproof.engine.port import Engine, Limits, RunningStack
from stackproof.machine.waiting import wait_until
from stackproof.model import Link, Network, Service

STORE, BARE, TOOL = "store", "bare", "tool"
FRONT, BACK = "front", "back"
PORT = 6379
STORE_SERVICE = Service(STORE, networks=(FRONT, BACK), ports=(PORT,))
"""An interposed service on both networks."""

BARE_SERVICE = Service(BARE, networks=(FRONT,), interposed=False)
"""A service without a proxy."""

TOOL_SERVICE = Service(TOOL, networks=(BACK,), interposed=False, on_demand=True)
"""A service that does not start with the stack."""

NETWORKS = (Network(FRONT), Network(BACK, internal=True))
DECLARED = Limits(cpus=1.0, memory_bytes=64 * 2**20)
"""What the store may use, as declared."""

LINK, OTHER_LINK = Link(FRONT, STORE, PORT), Link(BACK, STORE, PORT)
NO_LINK = Link(FRONT, STORE, PORT + 1)
_WITHIN_S = 30.0

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check is run on.

    Attributes:
        engine: The engine.
        file: A file that declares the stack.
        running: The stack, which runs. Several checks share it: each leaves it as it was.
        another: Starts the stack once more, for a check that does not leave it as it was.
    """

    engine: Engine
    file: Path
    running: RunningStack
    another: Callable[[], AbstractContextManager[RunningStack]]


Check = Callable[[Subject], None]
"""Raises AssertionError, or whatever the engine should not have raised, where the engine does not conform."""


def eventually(look: Callable[[], Seen], satisfied: Callable[[Seen], object]) -> Seen:
    """What is seen once it satisfies.

    Raises:
        AssertionError: It does not in time.
    """
    waited = wait_until(look, satisfied, within_s=_WITHIN_S)
    assert waited.in_time, f"last seen: {waited.seen}"
    return waited.seen
