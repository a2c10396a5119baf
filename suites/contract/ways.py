"""Ways to speak HTTP with a service: directly, or over TLS with the gateway, trusting its own authority alone."""

import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter

CERTIFIED = "gateway"
"""The name that the certificate must have, since the address under which a run finds the gateway is its own."""

DEADLINE_S = 20.0
"""Longer than any time-out of the stack's own: whoever needs more hangs."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where HTTP is spoken.

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
        """The root, without a slash at its end."""
        return f"http{'s' if self.authority else ''}://{self.host}:{self.port}"

    def trust(self) -> ssl.SSLContext:
        """TLS that trusts the authority and no other."""
        return ssl.create_default_context(cafile=self.authority)

    def session(self) -> requests.Session:
        """What asks here over and over."""
        session = requests.Session()
        session.trust_env = False
        if self.authority:
            session.verify = str(self.authority)
            session.mount("https://", _NamedAdapter())
        return session

    def connection(self, deadline_s: float = DEADLINE_S) -> HTTPConnection:
        """A connection on which each header and byte can be chosen; each wait on it has the deadline."""
        connection = HTTPConnection(self.host, self.port)
        connection.sock = self.stream(deadline_s)
        return connection

    def stream(self, deadline_s: float = DEADLINE_S) -> socket.socket:
        """A connection for bytes; each wait on it has the deadline."""
        plain = self.tcp(deadline_s)
        return self.trust().wrap_socket(plain, server_hostname=CERTIFIED) if self.authority else plain

    def tcp(self, deadline_s: float = DEADLINE_S) -> socket.socket:
        """The same before any TLS."""
        return socket.create_connection((self.host, self.port), deadline_s)


class _NamedAdapter(HTTPAdapter):
    """Asks for the certified name, whatever the address."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: object) -> None:  # noqa: FBT001, FBT002 - as it is asked
        names = {"server_hostname": CERTIFIED, "assert_hostname": CERTIFIED}
        super().init_poolmanager(connections, maxsize, block, **options, **names)
