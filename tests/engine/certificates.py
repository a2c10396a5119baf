"""A certificate for tests, made by openssl in the base image, so that no key is committed."""

import ssl
import subprocess
from pathlib import Path

_COMMAND = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout /dev/stdout -out /dev/stdout"


def server_context(folder: Path) -> ssl.SSLContext:
    """A TLS context for a server, with a new certificate."""
    command = ("docker", "run", "--rm", "--network", "none", "debian:trixie-slim", *_COMMAND.split())
    made = subprocess.run(command, check=True, capture_output=True, timeout=60)
    file = folder / "localhost.pem"
    file.write_bytes(made.stdout)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
