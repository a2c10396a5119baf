"""The server under test, and the model of its store through all scripts that are played on it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from stackproof.protocols.mime import MimeConnection, MimeError
from stackproof.protocols.mime.contract.breaches import ContractBrokenError, ServerGoneError
from stackproof.protocols.mime.contract.due_answers import StoredFile
from stackproof.protocols.mime.contract.raw_connection import ServerAddress
from stackproof.protocols.mime.contract.script import Script
from stackproof.protocols.mime.contract.script_player import ScriptPlayer
from stackproof.protocols.mime.contract.store_model import StoreModel
from stackproof.protocols.mime.mime_target import mime_target
from stackproof.protocols.mime.terms import MimeLimits


@dataclass(frozen=True, slots=True)
class PlayedScript:
    """The result of a script.

    Attributes:
        why: Why it failed; empty if it passed.
        wrong: How many of its requests were invalid.
    """

    why: str
    wrong: int


class TestedServer:
    """A server on which scripts are played, one after the other.

    Args:
        address: The server; no other client stores files there meanwhile.
        limits: What its owner decided.

    Raises:
        ContractBrokenError: It does not list what it holds.
    """

    def __init__(self, address: ServerAddress, limits: MimeLimits) -> None:
        self._address = address
        self._limits = limits
        self._store = StoreModel(self._listed())
        self._is_stale = False

    def player(self) -> ScriptPlayer:
        """Create a player; after a failure the model is rebuilt first, because the state of the store is unknown.

        Raises:
            ServerGoneError: The server no longer lists what it holds.
        """
        if self._is_stale:
            try:
                self._store, self._is_stale = StoreModel(self._listed()), False
            except ContractBrokenError as error:
                raise ServerGoneError(f"after an earlier failure {error}") from None
        return ScriptPlayer(self._address, self._limits, self._store)

    def broken(self) -> None:
        """Note that a player found the contract broken."""
        self._is_stale = True

    def play(self, script: Script) -> PlayedScript:
        """Play a script.

        Raises:
            ServerGoneError: The server was gone before.
        """
        player = self.player()
        try:
            for step in script:
                player.do(step)
            player.finish()
        except ContractBrokenError as error:
            self.broken()
            return PlayedScript(str(error), player.wrong)
        finally:
            player.abandon()
        return PlayedScript("", player.wrong)

    def check(self) -> str:
        """Check that the server is healthy and holds as much as it must; return why not, or an empty string.

        Raises:
            ServerGoneError: The server was gone before.
        """
        try:
            self.player().check_store()
        except ContractBrokenError as error:
            self.broken()
            return str(error)
        return ""

    def play_and_check(self, script: Script) -> str:
        """Play a script, then check the server; return why either failed, or an empty string.

        Raises:
            ServerGoneError: The server was gone before.
        """
        return self.play(script).why or self.check()

    def compare_store(self) -> str:
        """Compare all that is stored with the model, byte for byte; return the difference, or an empty string."""
        try:
            with self._client() as client:
                store = self._store
                for name in store.unacknowledged({file.name: file.size_bytes for file in client.list_files()}):
                    store.adopt(name, _received(client, name))
                for name in store.ours:
                    store.see(name, _received(client, name))
        except ContractBrokenError as error:
            self.broken()
            return str(error)
        return ""

    def _listed(self) -> dict[str, int]:
        with self._client() as client:
            return {file.name: file.size_bytes for file in client.list_files()}

    @contextmanager
    def _client(self) -> Iterator[MimeConnection]:
        """Open an ordinary client, whose errors are breaches of the contract."""
        try:
            with MimeConnection(self._address.host, self._address.port, self._address.deadline_s) as client:
                yield client
        except (OSError, MimeError) as error:
            raise ContractBrokenError(f"expected all stored files to be listed and given back, saw: {error}") from None


def play(target: str, script: Script, limits: MimeLimits | None = None, deadline_s: float = 10.0) -> str:
    """Play a script on a server, and compare its store with the model; return why it failed, or an empty string.

    Args:
        target: ``mime://host:port``.
        script: What the clients do.
        limits: What the server's owner decided; None for the documented defaults.
        deadline_s: How long an answer may take, in seconds.

    Raises:
        DeclarationError: The target is malformed.
    """
    where = mime_target(target)
    try:
        server = TestedServer(ServerAddress(where.host, where.port, deadline_s), limits or MimeLimits())
    except ContractBrokenError as error:
        return str(error)
    return server.play_and_check(script) or server.compare_store()


def _received(client: MimeConnection, name: str) -> StoredFile:
    received = client.receive(name)
    return StoredFile(len(received.body), hashlib.sha256(received.body).hexdigest(), received.mime_type)
