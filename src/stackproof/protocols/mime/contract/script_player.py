"""Plays scripts on a server, and compares everything it answers with the contract."""

import re
import time
from collections import deque
from dataclasses import dataclass, field

from stackproof.machine.waiting import wait_until
from stackproof.protocols.mime.contract.answer_checks import check_answer, check_health, is_turned_away
from stackproof.protocols.mime.contract.answer_lines import abbreviated
from stackproof.protocols.mime.contract.breaches import ContractBrokenError
from stackproof.protocols.mime.contract.due_answers import ConnectionModel, DueAnswer, ErrorDue, ReceiptDue
from stackproof.protocols.mime.contract.raw_connection import RawConnection, ServerAddress
from stackproof.protocols.mime.contract.script import Close, Read, ReadToEnd, Reset, Step, Write, pieces
from stackproof.protocols.mime.contract.store_model import StoreModel
from stackproof.protocols.mime.terms import MimeLimits

_FILE = re.compile(rb"<file (\d+)>")
_PAUSE_S = 0.02
_HEALTH_REQUESTS = b'PING\n{"command": "LIST", "limit": 0}\n'


@dataclass(frozen=True, slots=True)
class _Due:
    """An answer that is due, and the store's time at which its request was sent."""

    answer: DueAnswer
    sent_at: int


@dataclass(slots=True)
class _ScriptClient:
    connection: RawConnection
    model: ConnectionModel
    due: deque[_Due] = field(default_factory=deque)


class ScriptPlayer:
    """Plays the steps of one script.

    Args:
        address: The server.
        limits: What its owner decided.
        store: The model of its store, which the answers update.
    """

    def __init__(self, address: ServerAddress, limits: MimeLimits, store: StoreModel) -> None:
        self._address = address
        self._limits = limits
        self._store = store
        self._clients: dict[int, _ScriptClient] = {}
        self._names: list[str] = []
        self.wrong = 0
        """How many requests were invalid, or incomplete when their client left."""

    def do(self, step: Step) -> None:
        """Do one step; a step on a connection that is not open does nothing, except for ``Write``.

        Raises:
            ContractBrokenError: The server broke the contract.
        """
        if isinstance(step, Write):
            self._write(step)
        elif (client := self._clients.get(step.client)) is not None:
            if isinstance(step, Read | ReadToEnd):
                self._read(client)
            if isinstance(step, ReadToEnd):
                self._read_end(self._clients.pop(step.client))
            if isinstance(step, Close | Reset):
                self._part(self._clients.pop(step.client), step)

    def finish(self) -> None:
        """Read all that is due, and close every connection.

        Raises:
            ContractBrokenError: The server broke the contract.
        """
        for client in self._clients.values():
            self._read(client)
        for number in list(self._clients):
            self.do(Close(number))
        self._store.check_seen()

    def abandon(self) -> None:
        """Close every connection, without a check."""
        for client in self._clients.values():
            client.connection.close()
        self._clients.clear()

    def check_store(self) -> None:
        """Check over a connection of its own that the server is healthy, and how much it holds.

        Clients that left may keep their places for a moment; the deadline bounds that too.

        Raises:
            ContractBrokenError: It is not healthy, or holds more or less than it should.
        """
        if not wait_until(self._is_healthy, within_s=self._address.deadline_s, poll_s=_PAUSE_S).in_time:
            raise ContractBrokenError("expected a place for one more client, but clients that left hold all of them")

    def _is_healthy(self) -> bool:
        connection = self._connect()
        try:
            connection.send(_HEALTH_REQUESTS)
            return check_health(connection, self._store)
        finally:
            connection.close()

    def _write(self, step: Write) -> None:
        if step.client not in self._clients:
            self._clients[step.client] = _ScriptClient(self._connect(), ConnectionModel(self._limits))
        client = self._clients[step.client]
        sent_at, data = self._store.now, _FILE.sub(self._name, step.data)
        try:
            for number, piece in enumerate(pieces(data, step.cuts)):
                if number and step.pause_s:
                    time.sleep(step.pause_s)
                client.connection.send(piece)
        except TimeoutError:
            raise ContractBrokenError("expected the server to read on, but it took no more bytes in time") from None
        due = [_Due(answer, sent_at) for answer in client.model.feed(data)]
        self.wrong += sum(isinstance(each.answer, ErrorDue) for each in due)
        client.due.extend(due)

    def _name(self, match: re.Match[bytes]) -> bytes:
        number = int(match[1])
        return self._names[number].encode() if number < len(self._names) else match[0]

    def _connect(self) -> RawConnection:
        try:
            return RawConnection(self._address)
        except OSError as error:
            raise ContractBrokenError(f"expected the server to accept a connection, saw: {error}") from None

    def _read(self, client: _ScriptClient) -> None:
        while client.due:
            due = client.due.popleft()
            if name := check_answer(client.connection, due.answer, self._store, due.sent_at):
                self._names.append(name)

    @staticmethod
    def _read_end(client: _ScriptClient) -> None:
        try:
            more = client.connection.until_end()
        except TimeoutError:
            raise ContractBrokenError(
                "expected the server to close the connection after the error, but it is open"
            ) from None
        finally:
            client.connection.close()
        if more:
            raise ContractBrokenError(
                f"expected nothing after the error that ends the connection, saw {abbreviated(more)}"
            )

    def _part(self, client: _ScriptClient, how: Close | Reset) -> None:
        """Leave a connection, and note which files may be stored because of it."""
        unasked = b"" if client.due or client.model.may_get_more else client.connection.unasked()
        self.wrong += client.model.is_incomplete
        for due in client.due:
            if isinstance(due.answer, ReceiptDue):
                self._store.add_possible(due.answer.file)
        if isinstance(how, Reset):
            client.connection.reset()
        else:
            client.connection.close()
        if unasked and not is_turned_away(unasked):
            raise ContractBrokenError(f"expected no more answers than were due, saw {abbreviated(unasked)}")
