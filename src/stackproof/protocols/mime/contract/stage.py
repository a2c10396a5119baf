"""Where scripts are played: one server, and the model of its store through all of them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from stackproof.protocols.mime import MimeConnection, MimeError
from stackproof.protocols.mime.contract.dialogue import Kept
from stackproof.protocols.mime.contract.player import Player
from stackproof.protocols.mime.contract.steps import Script
from stackproof.protocols.mime.contract.store import Store
from stackproof.protocols.mime.contract.terms import BrokenError, GoneError, Limits
from stackproof.protocols.mime.contract.wire import Server
from stackproof.protocols.target import Target


class Stage:
    """A server on which scripts are played, one after the other.

    Args:
        server: The server; nobody else stores files there meanwhile.
        limits: What its owner decided.

    Raises:
        BrokenError: It does not list what it holds.
    """

    def __init__(self, server: Server, limits: Limits) -> None:
        self._server = server
        self._limits = limits
        self._store = Store(self._listed())
        self._is_stale = False

    def player(self) -> Player:
        """Someone who plays here; after a failure on a model made anew, since nobody knows what became of the store.

        Raises:
            GoneError: The server no longer lists what it holds.
        """
        if self._is_stale:
            try:
                self._store, self._is_stale = Store(self._listed()), False
            except BrokenError as error:
                raise GoneError(f"after an earlier failure {error}") from None
        return Player(self._server, self._limits, self._store)

    def failed(self) -> None:
        """Whoever played here found the contract broken."""
        self._is_stale = True

    def play(self, script: Script) -> tuple[str, int]:
        """Play a script: why it failed, or nothing; and how many of its requests were wrong.

        Raises:
            GoneError: The server was gone before.
        """
        player = self.player()
        try:
            for step in script:
                player.do(step)
            player.finish()
        except BrokenError as error:
            self.failed()
            return str(error), player.wrong
        finally:
            player.give_up()
        return "", player.wrong

    def look(self) -> str:
        """See that the server is well, and holds as much as it must; why not, or nothing.

        Raises:
            GoneError: The server was gone before.
        """
        try:
            self.player().check_store()
        except BrokenError as error:
            self.failed()
            return str(error)
        return ""

    def play_and_look(self, script: Script) -> str:
        """Play a script, and see that the server is well afterwards; why it failed, or nothing."""
        return self.play(script)[0] or self.look()

    def settle(self) -> str:
        """Hold all that is stored against the model, byte for byte; why it differs, or nothing."""
        try:
            with self._asking() as client:
                store = self._store
                for name in store.settle({file.name: file.size_bytes for file in client.list_files()}):
                    store.adopt(name, _kept(client, name))
                for name in store.ours:
                    store.see(name, _kept(client, name))
        except BrokenError as error:
            self.failed()
            return str(error)
        return ""

    def _listed(self) -> dict[str, int]:
        with self._asking() as client:
            return {file.name: file.size_bytes for file in client.list_files()}

    @contextmanager
    def _asking(self) -> Iterator[MimeConnection]:
        """A plain client, whose troubles are breaches of the contract."""
        try:
            with MimeConnection(self._server.host, self._server.port, self._server.deadline_s) as client:
                yield client
        except (OSError, MimeError) as error:
            raise BrokenError(f"expected all that is stored to be listed and given back, saw: {error}") from None


def play(target: str, script: Script, limits: Limits | None = None, deadline_s: float = 10.0) -> str:
    """Play a script on a server, and hold its store against the model; why it failed, or nothing.

    Args:
        target: ``mime://host:port``.
        script: What the clients do.
        limits: What the server's owner decided; the documented defaults where None.
        deadline_s: How long an answer may take, in seconds.

    Raises:
        DeclarationError: The target has another shape.
    """
    where = Target.parse(target)
    try:
        stage = Stage(Server(where.host, where.port, deadline_s), limits or Limits())
    except BrokenError as error:
        return str(error)
    return stage.play_and_look(script) or stage.settle()


def _kept(client: MimeConnection, name: str) -> Kept:
    received = client.receive(name)
    return Kept(len(received.body), hashlib.sha256(received.body).hexdigest(), received.mime_type)
