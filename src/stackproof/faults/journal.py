"""The undo journal: which faults are held on a stack, on disk before each is injected.

One JSON object a line, in order: ``{"id": "3f2a...", "event": "inject", "fault": "down net/api:80"}`` and, with the
same id, ``{"id": "3f2a...", "event": "healed"}``. A fault's text is enough to heal it.
"""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from stackproof.model import FaultError, FaultSpec


class _Event(StrEnum):
    INJECT = "inject"
    HEALED = "healed"


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    event: _Event
    fault: str


@dataclass(frozen=True, slots=True)
class Undo:
    """A fault that was journalled and is not marked as healed.

    Attributes:
        id: Its id in the journal.
        spec: The fault.
    """

    id: str
    spec: FaultSpec


class Journal:
    """The undo journal of one run.

    Args:
        file: Its file; created with the first entry, in a folder that exists.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def begin(self, spec: FaultSpec) -> Undo:
        """Record that a fault is about to be injected; the entry is on disk when this returns.

        Raises:
            FaultError: The entry could not be written, or a fault of the same kind is already held on this target. The
                fault must not be injected.
        """
        for held in self.unhealed():
            if (held.spec.kind, held.spec.target) == (spec.kind, spec.target):
                raise FaultError(
                    f"fault '{spec}': '{held.spec}' is already held there", fix="heal that one first: stackproof heal"
                )
        undo = Undo(secrets.token_hex(8), spec)
        self._append(_Line(id=undo.id, event=_Event.INJECT, fault=str(spec)))
        return undo

    def healed(self, undo: Undo) -> None:
        """Record that a fault is healed.

        Raises:
            FaultError: The entry could not be written. The fault is healed all the same, and may be healed again.
        """
        self._append(_Line(id=undo.id, event=_Event.HEALED, fault=str(undo.spec)))

    def unhealed(self) -> tuple[Undo, ...]:
        """The faults that are not healed yet, latest first.

        Raises:
            FaultError: The journal cannot be read.
        """
        open_: dict[str, Undo] = {}
        for line in self._lines():
            if line.event is _Event.INJECT:
                open_[line.id] = Undo(line.id, FaultSpec.parse(line.fault))
            else:
                open_.pop(line.id, None)
        return tuple(reversed(open_.values()))

    def _lines(self) -> Iterator[_Line]:
        """Complete lines. A torn one is of a fault that was not injected, or a mark that can be written again."""
        try:
            text = self._file.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        except OSError as error:
            raise FaultError(
                f"expected to read the undo journal, but: {error.strerror}", where=str(self._file)
            ) from None
        for line in text.splitlines():
            try:
                yield _Line.model_validate_json(line)
            except ValidationError:
                continue

    def _append(self, line: _Line) -> None:
        try:
            with self._file.open("ab") as out:
                # The leading line break separates it from a torn line.
                out.write(f"\n{line.model_dump_json()}\n".encode())
                out.flush()
                os.fsync(out.fileno())
            _sync_folder(self._file.parent)
        except OSError as error:
            raise FaultError(
                f"expected to write '{line.event} {line.fault}' to the undo journal, but: {error.strerror}",
                where=str(self._file),
                fix="free space on that disk",
            ) from None


def _sync_folder(folder: Path) -> None:
    """Put the name of a new file on disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
