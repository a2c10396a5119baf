"""Locks that hold between all processes of one user on this machine."""

import os
import tempfile
from pathlib import Path

from filelock import FileLock


def machine_lock(name: str) -> FileLock:
    """The lock of this name; whoever enters it waits for whoever is inside. Any thread may let go of it.

    Args:
        name: What is done under it, fit for a file name.
    """
    folder = Path(tempfile.gettempdir()) / f"stackproof-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return FileLock(folder / f"{name}.lock", thread_local=False)
