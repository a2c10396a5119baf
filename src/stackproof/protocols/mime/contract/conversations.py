"""Conversations: clients that do what clients may, by chance, held against a model of the store."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from stackproof.protocols.mime.contract.player import Player
from stackproof.protocols.mime.contract.requests import LISTS, RECEIVES, cuts, requests, sends
from stackproof.protocols.mime.contract.search import Search
from stackproof.protocols.mime.contract.stage import Stage
from stackproof.protocols.mime.contract.steps import Hear, Leave, Reset, Say, Step
from stackproof.protocols.mime.contract.terms import BrokenError, Limits

CLIENTS = st.integers(0, 2)
ENDS = st.sampled_from([Leave, Reset])
PAUSES_S = st.sampled_from([0.0, 0.0, 0.0, 0.001])


def conversation(limits: Limits) -> type["Conversation"]:
    """The state machine, for a server of these limits."""

    class Limited(Conversation):
        """Says whole requests, and parts of them."""

        @rule(client=CLIENTS, data=requests(limits), cut=cuts(), pause_s=PAUSES_S)
        def say(self, client: int, data: bytes, cut: tuple[int, ...], pause_s: float) -> None:
            """Say a request, and do not wait."""
            self.do(Say(client, data, cut, pause_s))

        @rule(client=CLIENTS, data=st.lists(requests(limits), min_size=2, max_size=4), cut=cuts())
        def say_in_a_row(self, client: int, data: list[bytes], cut: tuple[int, ...]) -> None:
            """Say several requests, and do not wait."""
            self.do(Say(client, b"".join(data), cut))

        @rule(client=CLIENTS, data=sends(limits), cut=cuts())
        def store(self, client: int, data: bytes, cut: tuple[int, ...]) -> None:
            """Send a file, and hear its name."""
            self.do(Say(client, data, cut))
            self.do(Hear(client))

        @rule(client=CLIENTS, data=requests(limits), upto=st.integers(1, 300), end=ENDS)
        def leave(self, client: int, data: bytes, upto: int, end: type[Leave | Reset]) -> None:
            """Leave in the middle of a request, or with answers unheard."""
            self.do(Say(client, data[:upto]))
            self.do(end(client))

        @rule(client=CLIENTS, data=sends(limits), missing=st.integers(1, 50), end=ENDS)
        def leave_a_file(self, client: int, data: bytes, missing: int, end: type[Leave | Reset]) -> None:
            """Leave with the last bytes of a file unsent."""
            self.do(Say(client, data[:-missing]))
            self.do(end(client))

    return Limited


class Conversation(RuleBasedStateMachine):
    """What clients do with a server.

    Args:
        stage: Where.
        search: Takes in what came of it.

    Raises:
        OverError: Nothing more is to be played.
    """

    def __init__(self, stage: Stage, search: Search) -> None:
        super().__init__()
        self._stage = stage
        self._search = search
        self._script: list[Step] = []
        with search.going_on():
            self._player: Player | None = stage.player()

    @rule(client=CLIENTS)
    def hear(self, client: int) -> None:
        """Hear what is due."""
        self.do(Hear(client))

    @rule(client=CLIENTS, data=st.one_of(RECEIVES, LISTS))
    def ask(self, client: int, data: bytes) -> None:
        """Ask for what is stored."""
        self.do(Say(client, data))

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
        except BrokenError as error:
            self._fail(self._player, str(error))

    def teardown(self) -> None:
        """Hear all that is due, and see that the store is as it should be.

        Raises:
            AssertionError: It is not.
        """
        if self._player is None:
            return
        try:
            self._player.finish()
            self._player.check_store()
        except BrokenError as error:
            self._fail(self._player, str(error))
        self._player.give_up()
        self._search.played(tuple(self._script), "")

    def _fail(self, player: Player, why: str) -> None:
        player.give_up()
        self._player = None
        self._stage.failed()
        self._search.played(tuple(self._script), why)
