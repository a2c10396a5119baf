"""What makes two findings of different days the same one: neither its line nor its place on this machine."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from stackproof.alerts.finding import Finding

_PLACE = re.compile(r"(?<![^\s(])([^\s:]++):\d+")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_DIGITS = 32


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """What stays the same when lines move or a file is formatted.

    Attributes:
        file: The file, relative to a folder, with ``/``.
        check: The id of the check.
        message: What is wrong, which names the rule, route, receiver or panel; without its numbers.
    """

    file: str
    check: str
    message: str

    def digest(self) -> str:
        """A short text that stands for it."""
        return sha256(f"{self.file}\0{self.check}\0{self.message}".encode(errors="surrogatepass")).hexdigest()[:_DIGITS]


def identified(findings: Iterable[Finding], folder: Path) -> Iterator[tuple[Finding, Identity]]:
    """Each finding in a file, with its identity; those that are in no file have none.

    Args:
        findings: The findings.
        folder: The folder to which names of files are relative.
    """
    relative = cache(lambda file: relative_name(file, folder))
    for finding in findings:
        if finding.where.file != Path():
            yield finding, Identity(relative(finding.where.file), finding.id, _lasting(finding.message))


def _lasting(message: str) -> str:
    """A message without its numbers (lines, counts of rules) and without the folders of files that it names."""
    return _NUMBER.sub("N", _PLACE.sub(lambda place: f"{place[1].rpartition('/')[2]}:N", message))


def relative_name(file: Path, folder: Path) -> str:
    """The name of a file relative to a folder, with ``/``, whatever links lead to either of them."""
    return Path(os.path.relpath(file.parent.resolve() / file.name, folder.resolve())).as_posix()
