"""Plays scripts on a server, and holds all that is heard against the contract."""

import re
import time
from collections import deque
from dataclasses import dataclass, field

from stackproof.protocols.mime.contract.answers import shown
from stackproof.protocols.mime.contract.dialogue import Dialogue, Expected, Refused, Stored
from stackproof.protocols.mime.contract.listening import hear, is_no_room, is_well
from stackproof.protocols.mime.contract.steps import Hear, HearEnd, Leave, Reset, Say, Step, pieces
from stackproof.protocols.mime.contract.store import Store
from stackproof.protocols.mime.contract.terms import BrokenError, Limits
from stackproof.protocols.mime.contract.wire import Server, Wire

_FILE = re.compile(rb"<file (\d+)>")
_PAUSE_S = 0.02
_WELL = b'PING\n{"command": "LIST", "limit": 0}\n'


@dataclass(frozen=True, slots=True)
class _Due:
    """An answer that is due to a request of that time."""

    expected: Expected
    at: int


@dataclass(slots=True)
class _Client:
    wire: Wire
    dialogue: Dialogue
    due: deque[_Due] = field(default_factory=deque)


class Player:
    """Plays the steps of one script.

    Args:
        server: The server.
        limits: What its owner decided.
        store: What its store holds; what is heard goes there.
    """

    def __init__(self, server: Server, limits: Limits, store: Store) -> None:
        self._server = server
        self._limits = limits
        self._store = store
        self._clients: dict[int, _Client] = {}
        self._names: list[str] = []
        self.wrong = 0
        """How many requests were to be refused, or had not become whole when their client left."""

    def do(self, step: Step) -> None:
        """Do one step; one on a connection that is not there does nothing.

        Raises:
            BrokenError: The server broke the contract.
        """
        if isinstance(step, Say):
            self._say(step)
        elif (client := self._clients.get(step.client)) is not None:
            if isinstance(step, Hear | HearEnd):
                self._hear(client)
            if isinstance(step, HearEnd):
                self._hear_end(self._clients.pop(step.client))
            if isinstance(step, Leave | Reset):
                self._part(self._clients.pop(step.client), step)

    def finish(self) -> None:
        """Hear all that is due, and end every connection.

        Raises:
            BrokenError: The server broke the contract.
        """
        for client in self._clients.values():
            self._hear(client)
        for number in list(self._clients):
            self.do(Leave(number))
        self._store.check_seen()

    def give_up(self) -> None:
        """End every connection, come what may."""
        for client in self._clients.values():
            client.wire.leave()
        self._clients.clear()

    def check_store(self) -> None:
        """Ask over a connection of its own whether the server is well, and how much it holds.

        Those who have left may keep their places for a moment: the deadline is for their going, too.

        Raises:
            BrokenError: It is not, or holds more or less than it should.
        """
        ends_s = time.monotonic() + self._server.deadline_s
        while True:
            wire = self._connect()
            try:
                wire.send(_WELL)
                if is_well(wire, self._store):
                    return
            finally:
                wire.leave()
            if time.monotonic() > ends_s:
                raise BrokenError("expected a place for one more client, but those who left still have all of them")
            time.sleep(_PAUSE_S)

    def _say(self, step: Say) -> None:
        if step.client not in self._clients:
            self._clients[step.client] = _Client(self._connect(), Dialogue(self._limits))
        client = self._clients[step.client]
        at, data = self._store.now, _FILE.sub(self._name, step.data)
        try:
            for number, piece in enumerate(pieces(data, step.cuts)):
                if number and step.pause_s:
                    time.sleep(step.pause_s)
                client.wire.send(piece)
        except TimeoutError:
            raise BrokenError("expected the server to read on, but it took no more bytes in time") from None
        due = [_Due(expected, at) for expected in client.dialogue.feed(data)]
        self.wrong += sum(isinstance(each.expected, Refused) for each in due)
        client.due.extend(due)

    def _name(self, match: re.Match[bytes]) -> bytes:
        number = int(match[1])
        return self._names[number].encode() if number < len(self._names) else match[0]

    def _connect(self) -> Wire:
        try:
            return Wire(self._server)
        except OSError as error:
            raise BrokenError(f"expected the server to accept a connection, saw: {error}") from None

    def _hear(self, client: _Client) -> None:
        while client.due:
            due = client.due.popleft()
            if name := hear(client.wire, due.expected, self._store, due.at):
                self._names.append(name)

    @staticmethod
    def _hear_end(client: _Client) -> None:
        try:
            more = client.wire.until_end()
        except TimeoutError:
            raise BrokenError("expected the connection to end after the error, saw it open still") from None
        finally:
            client.wire.leave()
        if more:
            raise BrokenError(f"expected nothing after the error that ends the connection, saw {shown(more)}")

    def _part(self, client: _Client, how: Leave | Reset) -> None:
        """Give a connection up, and remember what may have come of it."""
        unasked = b"" if client.due or client.dialogue.is_open else client.wire.unasked()
        self.wrong += client.dialogue.is_amid
        for due in client.due:
            if isinstance(due.expected, Stored):
                self._store.add_perhaps(due.expected.kept)
        if isinstance(how, Reset):
            client.wire.reset()
        else:
            client.wire.leave()
        if unasked and not is_no_room(unasked):
            raise BrokenError(f"expected no more answers than were due, saw {shown(unasked)}")
