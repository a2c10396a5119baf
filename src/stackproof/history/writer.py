"""Writes the history of a run while it happens."""

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from stackproof.history.line import encode
from stackproof.history.record import Header
from stackproof.model import Entry, HistoryError, Location

FILE_NAME = "history.jsonl"
_SYNC_EVERY_S = 1.0


class History:
    """The append-only record of a run; several threads may share it.

    Nothing is buffered here: when ``append`` or ``extend`` returns, the kernel has the lines, so kill -9 loses at most
    the line that was being written. A thread flushes them to disk (fsync) every second, so a crash of the machine loses
    a second. A load generator delivers its samples in batches: one batch is one write.

    Args:
        file: The record.
        descriptor: An open file descriptor for it, in append mode; it is closed with the history.
    """

    def __init__(self, file: Path, descriptor: int) -> None:
        self.file = file
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._failure: HistoryError | None = None
        self._unsynced = False
        self._closed = threading.Event()
        self._syncer = threading.Thread(target=self._sync_regularly, name="history-sync", daemon=True)
        self._syncer.start()

    @classmethod
    def create(cls, folder: Path, header: Header) -> Self:
        """Begin the record of a run in a folder, which is created if it is missing.

        Raises:
            HistoryError: The folder has a history already, or the disk refuses it.
        """
        file = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            raise HistoryError(
                "expected a new run's folder, saw one that holds a history; a history is never written over",
                where=Location(file),
                fix="give the run a folder of its own",
            ) from None
        except OSError as error:
            raise _refused(file, error) from error
        history = cls(file, descriptor)
        try:
            history._write(encode(header))
        except HistoryError:
            history.close()
            raise
        return history

    def append(self, entry: Entry) -> None:
        """Record one entry.

        Raises:
            HistoryError: The disk refused it, now or earlier; what was written before is kept and can be read.
        """
        self._write(encode(entry))

    def extend(self, entries: Iterable[Entry]) -> None:
        """Record many entries in one write.

        Raises:
            HistoryError: As for ``append``.
        """
        self._write(b"".join(map(encode, entries)))

    def close(self) -> None:
        """Flush everything to disk and end the record; closing twice is harmless.

        Raises:
            HistoryError: The disk could not store what was written.
        """
        if self._closed.is_set():
            return
        self._closed.set()
        self._syncer.join()
        with self._lock:
            known = self._failure
            self._sync()
            os.close(self._descriptor)
        if self._failure is not None and known is None:
            raise self._failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, lines: bytes) -> None:
        with self._lock:
            if self._failure is not None:
                raise self._failure
            if self._closed.is_set():
                raise HistoryError("expected an open history, saw one that was closed", where=Location(self.file))
            self._write_whole(lines)
            self._unsynced = True

    def _write_whole(self, lines: bytes) -> None:
        rest = memoryview(lines)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            self._cut_to_whole_lines(len(lines) - len(rest), lines)
            self._failure = _refused(self.file, error)
            raise self._failure from error

    def _cut_to_whole_lines(self, written: int, lines: bytes) -> None:
        whole = lines.rfind(b"\n", 0, written) + 1
        with suppress(OSError):  # a reader can handle a torn last line
            os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - (written - whole))

    def _sync_regularly(self) -> None:
        while not self._closed.wait(_SYNC_EVERY_S):
            self._sync()

    def _sync(self) -> None:
        """Without the lock: a slow disk must not delay a load generator."""
        if not self._unsynced or self._failure is not None:
            return
        self._unsynced = False
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            self._failure = _refused(self.file, error)


def _refused(file: Path, error: OSError) -> HistoryError:
    return HistoryError(
        f"the history of this run cannot be written: {error.strerror or error}; what it holds so far is kept",
        where=Location(file),
        fix="free space on that disk (`stackproof down --all` and old folders under reports/ are first to go), "
        "or use another folder with --reports, and run again",
    )
