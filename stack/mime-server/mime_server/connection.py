"""One client's connection, and its requests one after the other."""

import asyncio
import json
import logging
import os
from contextlib import suppress
from dataclasses import dataclass

from mime_server import transfers
from mime_server.body import Body
from mime_server.metering import Transfer
from mime_server.metrics import Metrics
from mime_server.policy import Policy
from mime_server.refusals import Code, LastRefusalError, RefusalError
from mime_server.requests import MAX_HEADER_BYTES, List, Ping, Receive, Send, parse
from mime_server.settings import Settings
from mime_server.storage import Storage

LINGER_S = 1.0
"""How long to keep reading before a connection is closed: closing with unread bytes would destroy the answer."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """Shared by all connections."""

    settings: Settings
    storage: Storage
    policy: Policy
    metrics: Metrics


class Connection:
    """Answers a client until it disconnects, stays idle too long, or breaks the framing."""

    def __init__(self, service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._service = service
        self._settings = service.settings
        self._reader = reader
        self._writer = writer
        self._peer = str((writer.get_extra_info("peername") or ("unknown",))[0])
        self._inside_body = False
        self.idle = False
        """Whether it is waiting for a request, and so can be closed without loss."""
        self.draining = False
        """Whether to close after the current request."""

    async def run(self) -> None:
        """Serve the client until the connection ends."""
        try:
            while not self.draining and (line := await self._next_line()):
                await self._answer_in_time(line)
        except LastRefusalError as refusal:
            await self._refuse_and_linger(refusal)
        except ConnectionError as error:
            log.info("connection lost", extra={"fields": {"peer": self._peer, "reason": str(error)}})
        finally:
            await self._close()

    async def turn_away(self) -> None:
        """Answer that the server is full, and close."""
        most = self._settings.max_connections
        refusal = LastRefusalError(Code.TOO_MANY_CONNECTIONS, f"all {most} connections are taken; try later")
        try:
            await self._refuse_and_linger(refusal)
        finally:
            await self._close()

    async def _next_line(self) -> bytes:
        """Wait for a request line; no bytes mean that the client is done or was idle too long."""
        self.idle = True
        try:
            async with asyncio.timeout(self._settings.idle_s):
                line = await self._reader.readuntil(b"\n")
        except (TimeoutError, asyncio.IncompleteReadError):
            return b""
        except asyncio.LimitOverrunError as error:
            line = bytes(error.consumed)
        finally:
            self.idle = False
        if len(line) > MAX_HEADER_BYTES:
            raise LastRefusalError(Code.HEADER_TOO_LONG, f"expected a request line of {MAX_HEADER_BYTES} bytes at most")
        return line

    async def _answer_in_time(self, line: bytes) -> None:
        try:
            async with asyncio.timeout(self._settings.request_s):
                await self._answer(line)
        except TimeoutError:
            if self._inside_body:  # an error line would be taken for bytes of the file
                raise ConnectionAbortedError("the client took too long to read a file") from None
            raise LastRefusalError(Code.TIMEOUT, "the request took too long, or no more of it arrived") from None

    async def _answer(self, line: bytes) -> None:
        try:
            match parse(line, self._settings.max_size_bytes):
                case Ping():
                    await self._write(b"PONG\n")
                case Send() as send:
                    await self._send(send)
                case Receive() as receive:
                    await self._receive(receive)
                case List() as request:
                    await self._list(request)
        except LastRefusalError:
            raise
        except RefusalError as refusal:
            if self._inside_body:
                raise ConnectionAbortedError(str(refusal)) from refusal
            await Body(self._reader, refusal.body_bytes, self._settings.idle_s).skip()
            await self._write_refusal(refusal)

    async def _send(self, send: Send) -> None:
        body = Body(self._reader, send.size_bytes, self._settings.idle_s)
        with Transfer(self._service.metrics, "SEND", self._peer) as transfer:
            try:
                await self._service.policy.admit(send)
                stored = await transfers.store(self._service.storage, send, body)
            except RefusalError as refusal:
                refusal.body_bytes = body.left_bytes
                raise
            transfer.describe(stored.name, stored.size_bytes)
            await self._write_ok(stored_as=stored.name, size=stored.size_bytes, sha256=stored.sha256)

    async def _receive(self, receive: Receive) -> None:
        with Transfer(self._service.metrics, "RECEIVE", self._peer) as transfer:
            file = await transfers.find(self._service.storage, receive.name)
            try:
                transfer.describe(file.name, file.size_bytes)
                await self._write_ok(
                    name=file.name,
                    size=file.size_bytes,
                    sha256=file.attributes.sha256,
                    mime_type=file.attributes.mime_type,
                )
                await self._write_body(file)
            finally:
                os.close(file.fd)

    async def _write_body(self, file: transfers.Outgoing) -> None:
        self._inside_body = True
        left_bytes = file.size_bytes
        while left_bytes:
            chunk = await transfers.read_chunk(file.fd)
            if not chunk:
                raise ConnectionAbortedError(f"{file.name} is {left_bytes} bytes shorter than before")
            left_bytes -= len(chunk)
            await self._write(chunk)
        self._inside_body = False

    async def _list(self, request: List) -> None:
        listing = await transfers.list_page(self._service.storage, request.limit, request.after)
        totals = self._service.storage.totals
        await self._write_ok(
            files=[{"name": entry.name, "size": entry.size_bytes} for entry in listing.entries],
            next=listing.next_after,
            total_files=totals.files,
            total_bytes=totals.size_bytes,
        )

    async def _write_ok(self, **fields: object) -> None:
        await self._write(json.dumps({"status": "ok", **fields}).encode() + b"\n")

    async def _write_refusal(self, refusal: RefusalError) -> None:
        fields = {"status": "error", "code": refusal.code, "message": str(refusal)}
        await self._write(json.dumps(fields).encode() + b"\n")

    async def _write(self, answer: bytes) -> None:
        self._writer.write(answer)
        await self._writer.drain()

    async def _refuse_and_linger(self, refusal: LastRefusalError) -> None:
        """Send the last answer, then read on for a moment so that the client can receive it."""
        log.warning(
            "connection refused", extra={"fields": {"peer": self._peer, "code": refusal.code, "status": "rejected"}}
        )
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(LINGER_S):
                await self._write_refusal(refusal)
                while await self._reader.read(1 << 16):
                    pass

    async def _close(self) -> None:
        """Close the connection, even if the client reads nothing."""
        self._writer.close()
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(LINGER_S):
                await self._writer.wait_closed()
        self._writer.transport.abort()
