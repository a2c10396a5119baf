import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

MAKE_KEYS = Path(__file__).parents[1] / "make-keys.sh"
NAMES = "DNS:gateway,DNS:localhost,IP:127.0.0.1"

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="this machine has no openssl; the image has")


def make_keys(folder: Path) -> None:
    """Run the script."""
    subprocess.run(["sh", str(MAKE_KEYS), str(folder), NAMES], check=True, timeout=60)


def test_the_certificate_is_signed_by_the_authority_that_clients_get(tmp_path: Path) -> None:
    """A client that trusts ca.pem accepts the gateway under each of its names, with strict checks."""
    make_keys(tmp_path)
    for check in (["-verify_hostname", "gateway"], ["-verify_hostname", "localhost"], ["-verify_ip", "127.0.0.1"]):
        command = [
            "openssl",
            "verify",
            "-x509_strict",
            "-CAfile",
            "ca.pem",
            "-purpose",
            "sslserver",
            *check,
            "server.pem",
        ]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60, stdout=subprocess.DEVNULL)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")


def test_only_the_owner_can_read_the_key(tmp_path: Path) -> None:
    """The authority's key is not kept at all."""
    make_keys(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ca.pem", "server.key", "server.pem"]
    assert (tmp_path / "server.key").stat().st_mode & 0o077 == 0


def test_valid_keys_survive_a_restart(tmp_path: Path) -> None:
    """Clients that trust the gateway still do after a restart."""
    make_keys(tmp_path)
    before = (tmp_path / "server.pem").read_bytes()
    make_keys(tmp_path)
    assert (tmp_path / "server.pem").read_bytes() == before


def test_incomplete_keys_are_replaced(tmp_path: Path) -> None:
    """If a start is killed halfway, the next one succeeds."""
    (tmp_path / "ca.pem").write_bytes(b"half")
    (tmp_path / "server.key").write_bytes(b"")
    make_keys(tmp_path)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
