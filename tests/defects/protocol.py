"""The seeded defects of the socket server and of the policy, and a way to run the server without the stack."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.defects.patches import Defect, running

DEFECTS = tuple(Defect(path) for path in sorted((Path(__file__).parent / "contract").glob("*.patch")))
"""The claim of each is the id of a property."""

POLICY_DEFECTS = tuple(Defect(path) for path in sorted((Path(__file__).parent / "policy").glob("*.patch")))
"""Defects of the policy and of the server that asks it; claims are those of tests/engine/test_policy_defects.py."""

_PARTS = ("stack/mime-server", "stack/common", "stack/policy/rego")
_SERVER = """
import asyncio, sys
from pathlib import Path
from servicekit.serving import stop_requested
from mime_server.server import Ports, running
from mime_server.settings import Durability, PolicySettings, Settings, WhenGone

async def main():
    folder, url, when_gone = sys.argv[1:]
    policy = PolicySettings(url, 1.0, WhenGone(when_gone)) if url else None
    types = frozenset() if url else frozenset({"text/plain", "application/pdf", "image/jpeg"})
    below_bytes = 2 * 104857600 if url else 104857600
    settings = Settings(
        Path(folder), below_bytes, types, frozenset(), Durability.NONE, 64, 30.0, 30.0, 1.0, 4, policy
    )
    async with running(settings, Ports(0, 0, 0), "127.0.0.1") as ports:
        print(ports.transfers, flush=True)
        await stop_requested()

asyncio.run(main())
"""


@contextmanager
def served(code: Path, storage: Path, policy_url: str = "", when_gone: str = "closed") -> Iterator[str]:
    """Run the server of this code in its own process on loopback; yields ``mime://host:port``.

    A server with a policy service leaves types and sizes to the policy.
    """
    with running(code, _PARTS, _SERVER, str(storage), policy_url, when_gone) as (port,):
        yield f"mime://127.0.0.1:{port}"
