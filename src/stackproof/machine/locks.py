"""Locks between all processes of one user on this machine."""

import os
import tempfile
from pathlib import Path

from filelock import FileLock


def machine_lock(name: str) -> FileLock:
    """The lock with this name. Any thread may release it.

    Args:
        name: A name for what it protects, valid as a file name.
    """
    folder = Path(tempfile.gettempdir()) / f"stackproof-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return FileLock(folder / f"{name}.lock", thread_local=False)
