"""The seeded defects of the socket server, each with the property that catches it; and how the server is run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.defects.patches import ROOT, Defect

DEFECTS = tuple(Defect(path) for path in sorted((Path(__file__).parent / "contract").glob("*.patch")))
"""All of them; the claim of each is the name of a property."""

_PARTS = ("stack/mime-server", "stack/common")
_SERVER = """
import asyncio, sys
from pathlib import Path
from servicekit.serving import stop_asked
from mime_server.server import Ports, running
from mime_server.settings import Durability, Settings

async def main():
    types = frozenset({"text/plain", "application/pdf", "image/jpeg"})
    settings = Settings(Path(sys.argv[1]), 104857600, types, frozenset(), Durability.NONE, 64, 30.0, 30.0, 1.0, 4)
    async with running(settings, Ports(0, 0, 0), "127.0.0.1") as ports:
        print(ports.transfers, flush=True)
        await stop_asked()

asyncio.run(main())
"""


def broken(defect: Defect, folder: Path) -> Path:
    """Copy the server's code into a folder and break it there; the folder."""
    for part in _PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    subprocess.run(["git", "apply", str(defect.patch)], cwd=folder, check=True, timeout=60)
    return folder


@contextmanager
def served(code: Path, storage: Path) -> Iterator[str]:
    """Run the server of this code in a process of its own on loopback, as the block runs; ``mime://host:port``."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(code / part) for part in _PARTS)}
    command = [sys.executable, "-c", _SERVER, str(storage)]
    with subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdout
            yield f"mime://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()
