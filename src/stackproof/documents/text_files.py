"""Reads text files of others, which may be anything: devices, very large, or not text."""

import os
import stat
from pathlib import Path

from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, FileProblemError, ProblemKind

MAX_BYTES = 16 << 20
"""The bytes that are read of one file: ten times the largest rule file that is known to be in use."""

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_text(file: Path) -> str:
    """Read a text file.

    Raises:
        FileProblemError: It does not exist, is no regular file, cannot be read, is too large or is not UTF-8.
    """
    try:
        return _read(file).decode("utf-8-sig")
    except FileNotFoundError:
        raise _problem(ProblemKind.MISSING, file, "does not exist") from None
    except UnicodeDecodeError as error:
        raise _problem(ProblemKind.UNREADABLE, file, f"is not UTF-8 text from byte {error.start} on") from None
    except (OSError, ValueError) as error:
        raise _problem(ProblemKind.UNREADABLE, file, f"cannot be read: {error}") from None


def _read(file: Path) -> bytes:
    """The bytes of a regular file.

    Nothing else is opened: a FIFO would wait until somebody writes into it, and some devices act when they are opened.
    """
    _expect_regular(file, file.stat().st_mode)
    opened = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _expect_regular(file, os.fstat(opened).st_mode)  # it may have been replaced
        with os.fdopen(opened, "rb", closefd=False) as stream:
            content = stream.read(MAX_BYTES + 1)
    finally:
        os.close(opened)
    if len(content) > MAX_BYTES:
        fix = "split it into several files"
        message = f"has more than {MAX_BYTES >> 20} MiB, and is not read"
        raise FileProblemError(FileProblem(ProblemKind.UNREADABLE, Location(file), message, fix))
    return content


def _expect_regular(file: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = next((name for test, name in _KINDS if test(mode)), "something else")
        raise _problem(ProblemKind.UNREADABLE, file, f"is {kind}, not a regular file")


def _problem(kind: ProblemKind, file: Path, message: str) -> FileProblemError:
    return FileProblemError(FileProblem(kind, Location(file), message))
