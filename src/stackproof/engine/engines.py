"""The engines that run stacks. This is the one place that names them: everything else asks the port.

A further engine is a package beside ``port`` and one line here; see docs/extending/engine.md.
"""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stackproof.engine.port import Engine

_ENGINES = {"docker": "stackproof.engine.docker.engine"}
_DEFAULT = "docker"


@cache
def engine_named(name: str) -> "Engine":
    """The engine of this name, which is imported when it is first asked for.

    Raises:
        KeyError: There is no such engine.
    """
    engine: Engine = import_module(_ENGINES[name]).ENGINE
    return engine


def default_engine() -> "Engine":
    """The engine that runs stacks where nothing else is said."""
    return engine_named(_DEFAULT)
