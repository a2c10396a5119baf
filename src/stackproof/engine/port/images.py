"""Role *images*: which images a declared stack is built as, and what they add to their base."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from stackproof.engine.port.declaration import Declaration


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that a layer of an image adds, or the image's own data.

    Attributes:
        image: Name of the image.
        layer: First digits of the layer's digest; ``config`` for the image's environment, labels and history.
        path: The file.
        content: Its content.
    """

    image: str
    layer: str
    path: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.image}, layer {self.layer}, /{self.path}"


class Images(Protocol):
    """The images that services are built as."""

    def service_images(self, declaration: Declaration, report: Callable[[str], None]) -> tuple[str, ...]:
        """Names of the images that the stack's services are built as, each once; a missing one is built.

        Args:
            declaration: The stack's declaration.
            report: Takes each line about what is built.

        Raises:
            DeclarationError: What an image is built from does not exist.
            EngineError: A build failed.
        """

    def own_files(self, images: Sequence[str], base: str) -> Iterator[OwnFile]:
        """Every regular file of every layer above the base that no package owns; a shared layer comes once.

        Args:
            images: Names of the images.
            base: Name of the image that they were built from.

        Raises:
            EngineError: An image does not exist, or cannot be read.
        """
