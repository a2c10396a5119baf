"""The images that a run's services are started from, and the files that they add to their base."""

import logging

from stackproof.engine.docker.compose.reader import read_compose
from stackproof.engine.docker.images.contents import OwnFile, own_files
from stackproof.run.images import images_for
from stackproof.run.run import Run

__all__ = ["OwnFile", "built_images", "own_files"]


def built_images(run: Run) -> tuple[str, ...]:
    """Names of the images that the stack's services are built as; a missing one is built.

    Raises:
        EngineError: A build failed.
    """
    compose = read_compose(run.stack.file)
    images = images_for(compose, run.stack.file, logging.getLogger(__name__).debug)
    return tuple(sorted(set(images.services.values())))
