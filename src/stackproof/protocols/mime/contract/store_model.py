"""A model of the store: which files it must hold, and which it may hold."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from stackproof.protocols.mime.contract.breaches import ContractBrokenError
from stackproof.protocols.mime.contract.due_answers import StoredFile


@dataclass(frozen=True, slots=True)
class _KnownFile:
    file: StoredFile
    since: int


class StoreModel:
    """What the store of a server holds, according to its answers.

    A file that was sent completely, but whose answer no client read, may be stored or not.

    Args:
        before: The files that were stored at first, by name with their sizes.
    """

    def __init__(self, before: Mapping[str, int]) -> None:
        self._known = {name: _KnownFile(StoredFile(size_bytes), 0) for name, size_bytes in before.items()}
        self._size_bytes = sum(before.values())
        self._possible: Counter[StoredFile] = Counter()
        self._seen: dict[str, StoredFile] = {}
        self._now = 0
        self.ours: dict[str, StoredFile] = {}
        """Files that were acknowledged to our clients, by name."""

    @property
    def now(self) -> int:
        """The store's time, which counts acknowledgements: a request sent now has to find all files known by now."""
        return self._now

    def add(self, name: str, file: StoredFile) -> None:
        """Add a file that was acknowledged.

        Raises:
            ContractBrokenError: Another file has that name.
        """
        if name in self._known:
            raise ContractBrokenError(f"expected a new name, saw {name!r} again: a stored file was overwritten")
        self._now += 1
        self._known[name] = _KnownFile(file, self._now)
        self._size_bytes += file.size_bytes
        self.ours[name] = file

    def add_possible(self, file: StoredFile) -> None:
        """Add a file that was sent, but whose answer no client read."""
        self._possible[file] += 1

    def known(self, name: str, at: int) -> StoredFile | None:
        """Return the file of that name, if it was known at that time."""
        known = self._known.get(name)
        return known.file if known is not None and known.since <= at else None

    def check_page(self, sizes: Mapping[str, int], after: str, following: str, limit: int, at: int) -> None:
        """Compare a page with what was known at the time when it was requested.

        Raises:
            ContractBrokenError: It lacks a file, or has a wrong size.
        """
        if limit:
            for name, known in self._known.items():
                if known.since <= at and after < name and (not following or name <= following) and name not in sizes:
                    raise ContractBrokenError(
                        f"expected {name!r} in the list, because it was acknowledged before, but it is missing"
                    )
        for name, size_bytes in sizes.items():
            self.see(name, StoredFile(size_bytes))

    def see(self, name: str, file: StoredFile) -> None:
        """Add a file that the server showed.

        Raises:
            ContractBrokenError: It is known, and another.
        """
        known = self._known.get(name)
        if known is None:
            self._seen[name] = file
        elif not _alike(known.file, file):
            raise ContractBrokenError(f"expected {name!r} to be {known.file}, saw {file}")

    def check_seen(self) -> None:
        """Check, once all answers are read, that every file seen was acknowledged, or may be stored.

        Raises:
            ContractBrokenError: The server shows a file that no client sent completely.
        """
        for name, file in self._seen.items():
            known = self._known.get(name)
            if known is not None and not _alike(known.file, file):
                raise ContractBrokenError(f"expected {name!r} to be {known.file}, saw {file}")
            if known is None and not any(_alike(possible, file) for possible in self._possible):
                raise ContractBrokenError(f"saw {name!r}, {file}, though no such file was sent")
        self._seen.clear()

    def check_totals(self, files: int, size_bytes: int) -> None:
        """Check, once all answers are read, that the store holds what it must, and nothing beyond what it may.

        Raises:
            ContractBrokenError: It holds more or less.
        """
        most_files = len(self._known) + self._possible.total()
        most_bytes = self._size_bytes + sum(file.size_bytes * count for file, count in self._possible.items())
        if not (len(self._known) <= files <= most_files and self._size_bytes <= size_bytes <= most_bytes):
            raise ContractBrokenError(
                f"expected {_span(len(self._known), most_files)} files of {_span(self._size_bytes, most_bytes)} bytes "
                f"in all, saw {files} of {size_bytes}"
            )

    def unacknowledged(self, listed: Mapping[str, int]) -> tuple[str, ...]:
        """Compare the whole list with the model; return the names of files that were not acknowledged.

        Raises:
            ContractBrokenError: A known file is missing, or has another size.
        """
        for name, known in self._known.items():
            if listed.get(name) != known.file.size_bytes:
                raise ContractBrokenError(
                    f"expected {name!r} with {known.file.size_bytes} bytes, saw {listed.get(name)}"
                )
        return tuple(name for name in listed if name not in self._known)

    def adopt(self, name: str, file: StoredFile) -> None:
        """Add a file that was found, but not acknowledged.

        Raises:
            ContractBrokenError: It is not one of those that may be stored.
        """
        if not self._possible[file]:
            raise ContractBrokenError(
                f"saw {name!r}, {file}, though no such file was sent completely: it is torn, or not ours"
            )
        self._possible[file] -= 1
        self.add(name, file)


def _alike(one: StoredFile, other: StoredFile) -> bool:
    """Return True if what is known of both is the same."""
    return (
        one.size_bytes == other.size_bytes
        and (one.sha256 == other.sha256 or not one.sha256 or not other.sha256)
        and (one.mime_type == other.mime_type or not one.mime_type or not other.mime_type)
    )


def _span(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"
