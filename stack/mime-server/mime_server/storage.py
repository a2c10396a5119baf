"""Files on disk: written under a temporary name, published when complete under a unique name, never overwritten.

Every function here blocks on the disk: call them from a thread.
"""

import heapq
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mime_server.settings import Durability
from mime_server.upload import INCOMING, Upload

STORED_NAME = re.compile(r"received_[0-9a-f]{4,32}\.[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
PROBE_BYTES = 4096
"""A whole block, so that a disk without a free block is noticed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored file."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the stored files, sorted by name; `next_after` is empty on the last page."""

    entries: tuple[Entry, ...]
    next_after: str


@dataclass(frozen=True, slots=True)
class Totals:
    """How much is stored."""

    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Space:
    """The file system under the storage."""

    used_bytes: int
    capacity_bytes: int


class Storage:
    """A folder of stored files, with a hidden folder for those that are still arriving."""

    def __init__(self, folder: Path, durability: Durability) -> None:
        self._folder = folder
        self._durability = durability
        self._lock = threading.Lock()
        self._totals = Totals(0, 0)

    def recover(self) -> int:
        """Prepare the folder at start; returns how many unfinished files of an earlier run were removed.

        Raises:
            OSError: The folder cannot be written.
        """
        incoming = self._folder / INCOMING
        incoming.mkdir(exist_ok=True)
        stale = list(incoming.iterdir())
        for path in stale:
            path.unlink()
        sizes = [(self._folder / name).stat().st_size for name in self._names()]
        self._totals = Totals(len(sizes), sum(sizes))
        return len(stale)

    def upload(self, mime_type: str) -> Upload:
        """Start an upload; nothing is written yet."""
        return Upload(self._folder, self._durability, mime_type)

    def count(self, size_bytes: int) -> None:
        """Add a published file to the totals."""
        with self._lock:
            self._totals = Totals(self._totals.files + 1, self._totals.size_bytes + size_bytes)

    @property
    def totals(self) -> Totals:
        """How much is stored."""
        return self._totals

    def open(self, name: str) -> int:
        """Open a stored file for reading, and return its descriptor.

        Raises:
            FileNotFoundError: Nothing is stored under that name.
        """
        if not STORED_NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW)

    def page(self, limit: int, after: str) -> Listing:
        """List at most `limit` stored files whose names come after `after`; memory use is bounded by the limit."""
        names = heapq.nsmallest(limit + 1, (name for name in self._names() if name > after))
        entries = tuple(Entry(name, (self._folder / name).stat().st_size) for name in names[:limit])
        return Listing(entries, names[limit - 1] if limit and len(names) > limit else "")

    def space(self) -> Space:
        """Measure the file system; space reserved for root counts as used."""
        stat = os.statvfs(self._folder)
        return Space((stat.f_blocks - stat.f_bavail) * stat.f_frsize, stat.f_blocks * stat.f_frsize)

    def try_write(self) -> None:
        """Write, publish and remove a small file, as a transfer would, under a name that no stored file has.

        Raises:
            OSError: Files cannot be stored.
        """
        part, published = self._folder / INCOMING / "probe", self._folder / ".probe"
        published.unlink(missing_ok=True)
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(fd, bytes(PROBE_BYTES))
            if self._durability is Durability.FSYNC:
                os.fsync(fd)
            os.link(part, published)
            published.unlink()
        finally:
            os.close(fd)
            part.unlink()

    def _names(self) -> Iterator[str]:
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if STORED_NAME.fullmatch(entry.name):
                    yield entry.name
