"""Tiny real servers on loopback, each with a behaviour that faults have to cope with."""

import contextlib
import http.server
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator

from stackproof.engine.port import Address

LOOPBACK = "127.0.0.1"
_CHUNK = b"x" * 65536
_LONGEST_LINE_BYTES = 8192


class AnswersLines(socketserver.StreamRequestHandler):
    """Answers PING with PONG and any other line with an error; keeps the connection unless a line is too long."""

    def handle(self) -> None:
        """Serve one connection."""
        with contextlib.suppress(OSError):
            while (line := self.rfile.readline(_LONGEST_LINE_BYTES)).endswith(b"\n"):
                self.wfile.write(b"PONG\n" if line.strip() == b"PING" else b'{"status": "error"}\n')


class Floods(socketserver.BaseRequestHandler):
    """Sends endless bytes and reads nothing."""

    def handle(self) -> None:
        """Serve one connection."""
        with contextlib.suppress(OSError):
            while True:
                self.request.sendall(_CHUNK)


class ClosesWordless(socketserver.BaseRequestHandler):
    """Closes the connection on the first bytes that it receives."""

    def handle(self) -> None:
        """Serve one connection."""
        self.request.recv(1024)


class NeverAnswers(socketserver.BaseRequestHandler):
    """Reads everything and never answers."""

    def handle(self) -> None:
        """Serve one connection."""
        with contextlib.suppress(OSError):
            while self.request.recv(65536):
                pass


class AnswersHttp(http.server.BaseHTTPRequestHandler):
    """Answers every GET with about 2000 bytes; keeps the connection if the client speaks HTTP/1.1."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one request."""
        body = b"all is well\n" * 150
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
        """Log nothing."""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    tls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[socket.socket, object]:
        """Accept a connection. A TLS handshake, if any, runs in the connection's own thread."""
        client, address = super().get_request()
        if self.tls is None:
            return client, address
        return self.tls.wrap_socket(client, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore connections that a fault has broken."""


@contextlib.contextmanager
def serving(handler: type[socketserver.BaseRequestHandler], tls: ssl.SSLContext | None = None) -> Iterator[Address]:
    """Run a server while the block runs, with TLS if a context is given."""
    with _Server((LOOPBACK, 0), handler) as server:
        server.tls = tls
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield Address(LOOPBACK, server.server_address[1])
        finally:
            server.shutdown()
