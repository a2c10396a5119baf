"""The images that a run's services are started from, and the files that they add to their base."""

import logging
from collections.abc import Iterator, Sequence

from stackproof.engine.engines import default_engine
from stackproof.engine.port import OwnFile
from stackproof.run.run import Run


def built_images(run: Run) -> tuple[str, ...]:
    """Names of the images that the stack's services are built as; a missing one is built.

    Raises:
        EngineError: A build failed.
    """
    engine = default_engine()
    return engine.service_images(engine.read(run.stack.file), logging.getLogger(__name__).debug)


def own_files(images: Sequence[str], base: str) -> Iterator[OwnFile]:
    """Every regular file of every layer above the base that no package owns; a shared layer comes once.

    Args:
        images: Names of the images.
        base: Name of the image that they were built from.

    Raises:
        EngineError: An image does not exist, or the engine does not give it.
    """
    return default_engine().own_files(images, base)
