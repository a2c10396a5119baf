"""The model of the store: what it holds, what it may hold, and what it cannot."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from stackproof.protocols.mime.contract.dialogue import Kept
from stackproof.protocols.mime.contract.terms import BrokenError


@dataclass(frozen=True, slots=True)
class _Known:
    kept: Kept
    since: int


class Store:
    """What a server's store holds, as its answers have it.

    A file whose bytes were all sent, and whose answer nobody heard, may be stored or not.

    Args:
        before: The files that were there at first, by name with their sizes.
    """

    def __init__(self, before: Mapping[str, int]) -> None:
        self._known = {name: _Known(Kept(size_bytes), 0) for name, size_bytes in before.items()}
        self._size_bytes = sum(before.values())
        self._perhaps: Counter[Kept] = Counter()
        self._seen: dict[str, Kept] = {}
        self._now = 0
        self.ours: dict[str, Kept] = {}
        """Files that were acknowledged to us, by name."""

    @property
    def now(self) -> int:
        """This moment: what is known now, a request sent from now on must be answered by."""
        return self._now

    def add(self, name: str, kept: Kept) -> None:
        """A file was acknowledged.

        Raises:
            BrokenError: The name is that of another.
        """
        if name in self._known:
            raise BrokenError(f"expected a name that no file has, saw {name!r} again: a stored file was overwritten")
        self._now += 1
        self._known[name] = _Known(kept, self._now)
        self._size_bytes += kept.size_bytes
        self.ours[name] = kept

    def add_perhaps(self, kept: Kept) -> None:
        """A file was sent, and nobody waited for the answer."""
        self._perhaps[kept] += 1

    def known(self, name: str, at: int) -> Kept | None:
        """The file of that name, if it was known at that time."""
        known = self._known.get(name)
        return known.kept if known is not None and known.since <= at else None

    def check_page(self, sizes: Mapping[str, int], after: str, following: str, limit: int, at: int) -> None:
        """Hold a page that was asked for at a time against what was known then.

        Raises:
            BrokenError: It lacks a file, or has a wrong size.
        """
        if limit:
            for name, known in self._known.items():
                if known.since <= at and after < name and (not following or name <= following) and name not in sizes:
                    raise BrokenError(f"expected {name!r} in the list, for it was acknowledged before, saw none")
        for name, size_bytes in sizes.items():
            self.see(name, Kept(size_bytes))

    def see(self, name: str, kept: Kept) -> None:
        """The server has said that there is this file.

        Raises:
            BrokenError: It is known, and another.
        """
        known = self._known.get(name)
        if known is None:
            self._seen[name] = kept
        elif not _alike(known.kept, kept):
            raise BrokenError(f"expected {name!r} to be {known.kept}, saw {kept}")

    def check_seen(self) -> None:
        """Once all answers are heard: whatever was seen has been acknowledged, or may be stored.

        Raises:
            BrokenError: There is a file that nobody sent whole.
        """
        for name, kept in self._seen.items():
            known = self._known.get(name)
            if known is not None and not _alike(known.kept, kept):
                raise BrokenError(f"expected {name!r} to be {known.kept}, saw {kept}")
            if known is None and not any(_alike(perhaps, kept) for perhaps in self._perhaps):
                raise BrokenError(f"saw {name!r}, {kept}, though no such file was sent")
        self._seen.clear()

    def check_totals(self, files: int, size_bytes: int) -> None:
        """Once all answers are heard: the store holds what it must, and nothing beyond what it may.

        Raises:
            BrokenError: It holds more or less.
        """
        most_files = len(self._known) + self._perhaps.total()
        most_bytes = self._size_bytes + sum(kept.size_bytes * count for kept, count in self._perhaps.items())
        if not (len(self._known) <= files <= most_files and self._size_bytes <= size_bytes <= most_bytes):
            raise BrokenError(
                f"expected {_span(len(self._known), most_files)} files of {_span(self._size_bytes, most_bytes)} bytes "
                f"in all, saw {files} of {size_bytes}"
            )

    def settle(self, listed: Mapping[str, int]) -> tuple[str, ...]:
        """Hold the whole list against the store; the names of files that were not acknowledged.

        Raises:
            BrokenError: A known file is not there, or has another size.
        """
        for name, known in self._known.items():
            if listed.get(name) != known.kept.size_bytes:
                raise BrokenError(f"expected {name!r} with {known.kept.size_bytes} bytes, saw {listed.get(name)}")
        return tuple(name for name in listed if name not in self._known)

    def adopt(self, name: str, kept: Kept) -> None:
        """A file was found that was not acknowledged.

        Raises:
            BrokenError: It is none of those that may be stored.
        """
        if not self._perhaps[kept]:
            raise BrokenError(f"saw {name!r}, {kept}, though no such file was sent whole: torn, or not ours")
        self._perhaps[kept] -= 1
        self.add(name, kept)


def _alike(one: Kept, other: Kept) -> bool:
    """True where what is known of both is the same."""
    return (
        one.size_bytes == other.size_bytes
        and (one.sha256 == other.sha256 or not one.sha256 or not other.sha256)
        and (one.mime_type == other.mime_type or not one.mime_type or not other.mime_type)
    )


def _span(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"
