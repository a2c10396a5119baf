"""What a server of the socket protocol keeps."""

import hashlib
from dataclasses import dataclass
from typing import cast

import pytest

from stackproof.model import StackproofError
from stackproof.protocols.mime import Acknowledged, Ledger, MimeConnection, MimeRefusedError, Received
from stackproof.testing.stored_files import MIME_PROPERTIES, mime_contract, verify_ledger


@dataclass(frozen=True, slots=True)
class Server:
    """A connection to a server with these files."""

    files: dict[str, bytes]

    def receive(self, name: str) -> Received:
        """Give a file back, or refuse."""
        if name not in self.files:
            raise MimeRefusedError("not_found", name)
        return Received(name, "text/plain", "", self.files[name])


def entry(name: str, body: bytes) -> Acknowledged:
    """An acknowledged file."""
    return Acknowledged(name, len(body), hashlib.sha256(body).hexdigest(), "files", 0.0)


def test_a_ledger_is_compared_with_what_a_server_gives_back() -> None:
    """A kept file, a missing one and a torn one."""
    kept, lost, torn = entry("a", b"kept"), entry("b", b"lost"), entry("c", b"whole")
    connection = cast("MimeConnection", Server({"a": b"kept", "c": b"wh"}))
    report = verify_ledger(Ledger((kept, lost, torn)), connection)
    assert (report.checked, report.missing, report.torn) == (3, (lost,), (torn,))


def test_the_contract_has_the_limits_of_the_server() -> None:
    """What is not given is the documented default."""
    contract = mime_contract("mime://localhost:1", 7, 100, max_size_bytes=10, refusals=("policy_refused",))
    assert (contract.limits.max_size_bytes, contract.limits.refusals) == (10, ("policy_refused",))
    assert mime_contract("mime://localhost:1").limits.max_size_bytes == 100 * 1024 * 1024
    assert "wrong-frames" in MIME_PROPERTIES


def test_a_contract_without_a_server_is_an_error() -> None:
    """Nothing was tried, so nothing may pass."""
    with pytest.raises(StackproofError):
        list(mime_contract("mime://127.0.0.1:9").attempt())
