"""One incoming file: written under a temporary name, then published when complete.

Every function here blocks on the disk: call them from a thread, one at a time.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from mime_server.attributes import Attributes, write_attributes
from mime_server.refusals import Code, RefusalError
from mime_server.settings import Durability

INCOMING = ".incoming"
NAME_BYTES = (2, 2, 2, 3, 4, 8, 16)
"""Random bytes in the name, by attempt: short names as in the documents, longer ones when those run out."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is complete under its final name."""

    name: str
    size_bytes: int
    sha256: str


class Upload:
    """Collects a file's bytes, and publishes them under a name that no other file has."""

    def __init__(self, folder: Path, durability: Durability, mime_type: str) -> None:
        self._folder = folder
        self._durability = durability
        self._mime_type = mime_type
        self._part = folder / INCOMING / secrets.token_hex(16)
        self._fd = -1
        self._size_bytes = 0
        self._sha256 = hashlib.sha256(usedforsecurity=False)

    def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises:
            OSError: They cannot be written.
        """
        if self._fd < 0:
            self._fd = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(self._fd, rest) :]
        self._size_bytes += len(chunk)
        self._sha256.update(chunk)

    def publish(self, last_chunk: bytes, expected_sha256: str) -> Stored:
        """Append the last bytes, and publish the file atomically.

        Args:
            last_chunk: The last bytes; may be empty.
            expected_sha256: The digest that the client gave, in hex, or empty.

        Raises:
            RefusalError: The digest differs; nothing is stored.
            OSError: The disk failed; nothing is acknowledged.
        """
        self.write(last_chunk)
        sha256 = self._sha256.hexdigest()
        if expected_sha256 and expected_sha256 != sha256:
            raise RefusalError(
                Code.DIGEST_MISMATCH, f"expected sha256 {expected_sha256}, but the received bytes have {sha256}"
            )
        write_attributes(self._fd, Attributes(self._mime_type, sha256))
        if self._durability is Durability.FSYNC:
            os.fsync(self._fd)
        name = self._link()
        self.discard()
        if self._durability is Durability.FSYNC:
            _flush_folder(self._folder)
        return Stored(name, self._size_bytes, sha256)

    @property
    def begun(self) -> bool:
        """Whether there is a temporary file to discard."""
        return self._fd >= 0

    def discard(self) -> None:
        """Remove the temporary file; a published file stays."""
        if self.begun:
            os.close(self._fd)
            self._fd = -1
            self._part.unlink()

    def _link(self) -> str:
        """Give the finished file its name. Unlike a rename, a hard link never overwrites."""
        suffix = self._mime_type.partition("/")[2]
        for name_bytes in NAME_BYTES:
            name = f"received_{secrets.token_hex(name_bytes)}.{suffix}"
            try:
                os.link(self._part, self._folder / name)
            except FileExistsError:
                continue
            return name
        raise FileExistsError(f"no free name in {self._folder} after {len(NAME_BYTES)} attempts")


def _flush_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
