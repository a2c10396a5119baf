"""Conversations: generated behaviour of several clients at once, compared with the model of the store."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from stackproof.protocols.mime.contract.breaches import ContractBrokenError
from stackproof.protocols.mime.contract.generated_requests import LISTS, RECEIVES, cuts, requests, sends
from stackproof.protocols.mime.contract.script import Close, Read, Reset, Script, Step, Write
from stackproof.protocols.mime.contract.script_player import ScriptPlayer
from stackproof.protocols.mime.contract.tested_server import TestedServer
from stackproof.protocols.mime.terms import MimeLimits
from stackproof.search.failing_case import Search

CLIENTS = st.integers(0, 2)
ENDS = st.sampled_from([Close, Reset])
PAUSES_S = st.sampled_from([0.0, 0.0, 0.0, 0.001])


def conversation_type(limits: MimeLimits) -> type["MimeConversation"]:
    """Create the type of state machine for a server with these limits."""

    class Limited(MimeConversation):
        """Writes complete requests, and parts of them."""

        @rule(client=CLIENTS, data=requests(limits), cut=cuts(), pause_s=PAUSES_S)
        def write(self, client: int, data: bytes, cut: tuple[int, ...], pause_s: float) -> None:
            """Write a request, and do not wait."""
            self.do(Write(client, data, cut, pause_s))

        @rule(client=CLIENTS, data=st.lists(requests(limits), min_size=2, max_size=4), cut=cuts())
        def write_in_a_row(self, client: int, data: list[bytes], cut: tuple[int, ...]) -> None:
            """Write several requests, and do not wait."""
            self.do(Write(client, b"".join(data), cut))

        @rule(client=CLIENTS, data=sends(limits), cut=cuts())
        def store(self, client: int, data: bytes, cut: tuple[int, ...]) -> None:
            """Send a file, and read its name."""
            self.do(Write(client, data, cut))
            self.do(Read(client))

        @rule(client=CLIENTS, data=requests(limits), upto=st.integers(1, 300), end=ENDS)
        def leave(self, client: int, data: bytes, upto: int, end: type[Close | Reset]) -> None:
            """Leave in the middle of a request, or with answers unread."""
            self.do(Write(client, data[:upto]))
            self.do(end(client))

        @rule(client=CLIENTS, data=sends(limits), missing=st.integers(1, 50), end=ENDS)
        def leave_a_file(self, client: int, data: bytes, missing: int, end: type[Close | Reset]) -> None:
            """Leave before the last bytes of a file are sent."""
            self.do(Write(client, data[:-missing]))
            self.do(end(client))

    return Limited


class MimeConversation(RuleBasedStateMachine):
    """The behaviour of some clients.

    Args:
        server: The server.
        search: Takes the result.

    Raises:
        SearchOverError: The search is over.
    """

    def __init__(self, server: TestedServer, search: Search[Script]) -> None:
        super().__init__()
        self._server = server
        self._search = search
        self._script: list[Step] = []
        with search.going_on():
            self._player: ScriptPlayer | None = server.player()

    @rule(client=CLIENTS)
    def read(self, client: int) -> None:
        """Read what is due."""
        self.do(Read(client))

    @rule(client=CLIENTS, data=st.one_of(RECEIVES, LISTS))
    def ask(self, client: int, data: bytes) -> None:
        """Ask for what is stored."""
        self.do(Write(client, data))

    def do(self, step: Step) -> None:
        """Do a step.

        Raises:
            AssertionError: The server broke the contract.
        """
        if self._player is None:
            return
        self._script.append(step)
        try:
            self._player.do(step)
        except ContractBrokenError as error:
            self._fail(self._player, str(error))

    def teardown(self) -> None:
        """Read all that is due, and check the store.

        Raises:
            AssertionError: The server broke the contract.
        """
        if self._player is None:
            return
        try:
            self._player.finish()
            self._player.check_store()
        except ContractBrokenError as error:
            self._fail(self._player, str(error))
        self._player.abandon()
        self._search.add(tuple(self._script), "")

    def _fail(self, player: ScriptPlayer, why: str) -> None:
        player.abandon()
        self._player = None
        self._server.broken()
        self._search.add(tuple(self._script), why)
