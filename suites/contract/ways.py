"""HTTP to a service: directly, or over TLS with trust in the gateway's own authority alone."""

import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter

CERTIFIED = "gateway"
"""The name in the certificate: the gateway's address differs from run to run."""

DEADLINE_S = 20.0
"""Longer than any time-out of the stack: a request that takes longer hangs."""


@dataclass(frozen=True, slots=True)
class Way:
    """An HTTP server.

    Attributes:
        host: Host name or address.
        port: TCP port.
        authority: File of the authority that must have signed the server's certificate; None for plain HTTP.
    """

    host: str
    port: int
    authority: Path | None = None

    @property
    def url(self) -> str:
        """The root URL, without a trailing slash."""
        return f"http{'s' if self.authority else ''}://{self.host}:{self.port}"

    def trust(self) -> ssl.SSLContext:
        """A TLS context that trusts this authority alone."""
        return ssl.create_default_context(cafile=self.authority)

    def session(self) -> requests.Session:
        """A session for many requests."""
        session = requests.Session()
        session.trust_env = False
        if self.authority:
            session.verify = str(self.authority)
            session.mount("https://", _NamedAdapter())
        return session

    def connection(self, deadline_s: float = DEADLINE_S) -> HTTPConnection:
        """A connection with full control of headers and body; the deadline bounds each wait."""
        connection = HTTPConnection(self.host, self.port)
        connection.sock = self.stream(deadline_s)
        return connection

    def stream(self, deadline_s: float = DEADLINE_S) -> socket.socket:
        """A connection for bytes; the deadline bounds each wait."""
        plain = self.tcp(deadline_s)
        return self.trust().wrap_socket(plain, server_hostname=CERTIFIED) if self.authority else plain

    def tcp(self, deadline_s: float = DEADLINE_S) -> socket.socket:
        """The same without TLS."""
        return socket.create_connection((self.host, self.port), deadline_s)


class _NamedAdapter(HTTPAdapter):
    """Expects the name in the certificate, whatever the address is."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: object) -> None:  # noqa: FBT001, FBT002 - the signature of requests
        names = {"server_hostname": CERTIFIED, "assert_hostname": CERTIFIED}
        super().init_poolmanager(connections, maxsize, block, **options, **names)
