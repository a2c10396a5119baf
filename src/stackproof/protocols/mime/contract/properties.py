"""The properties of the protocol, and how each is tested."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count as numbers

from hypothesis import strategies as st

from stackproof.protocols.mime.contract.breaches import ServerGoneError
from stackproof.protocols.mime.contract.conversations import conversation_type
from stackproof.protocols.mime.contract.generated_requests import cuts, requests
from stackproof.protocols.mime.contract.script import Close, Read, ReadToEnd, Reset, Script, Write
from stackproof.protocols.mime.contract.shrinking import script_size, shrink_script
from stackproof.protocols.mime.contract.tested_server import TestedServer
from stackproof.protocols.mime.contract.wrong_frames import TAILS, wrong_frames
from stackproof.protocols.mime.terms import LINE_BYTES, MimeLimits
from stackproof.search.failing_case import FIND, FailingCase, Search, search_cases, search_machine

_STEPS = 15
_CROWD = (20, 60)
_LEAVERS = 300
"""More than the places that a server usually has."""


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """How a property is tested.

    Attributes:
        server: The server.
        limits: What the server's owner decided.
        seed: The same seed tries the same cases.
        frames: How many wrong frames are tried; the number of other cases is in proportion.
        shrink_s: How long a failure is made smaller, in seconds.
    """

    server: TestedServer
    limits: MimeLimits
    seed: int
    frames: int
    shrink_s: float


@dataclass(frozen=True, slots=True)
class PropertyTrial:
    """What came out of a test.

    Attributes:
        cases: How many cases were tried.
        failure: The smallest script that broke the property; empty if no script is to blame, None if it holds.
    """

    cases: int
    failure: FailingCase[Script] | None = None


@dataclass(frozen=True, slots=True)
class ContractProperty:
    """A property.

    Attributes:
        id: Its name.
        claim: What it claims.
        unit: What its cases are, in the plural.
        attempt: Tries the cases.
    """

    id: str
    claim: str
    unit: str
    attempt: Callable[[TrialSettings], PropertyTrial]

    def check(self, settings: TrialSettings) -> PropertyTrial:
        """Test it, and check that the store then equals the model, byte for byte."""
        try:
            trial = self.attempt(settings)
        except ServerGoneError as error:
            return PropertyTrial(0, _without_script(str(error)))
        if trial.failure is None and (why := settings.server.compare_store()):
            return PropertyTrial(trial.cases, _without_script(f"after all cases {why}"))
        return trial


def _without_script(why: str) -> FailingCase[Script]:
    return FailingCase((), why)


def _new_search(settings: TrialSettings) -> Search[Script]:
    return Search(settings.shrink_s, size=script_size, remember_passed=False)


def _trial(settings: TrialSettings, search: Search[Script], cases: int) -> PropertyTrial:
    if search.failure is not None:
        return PropertyTrial(
            cases, shrink_script(search.failure, settings.server.play_and_check, settings.shrink_s / 2)
        )
    match search.trouble:
        case None:
            return PropertyTrial(cases)
        case ServerGoneError() as gone:
            return PropertyTrial(cases, _without_script(str(gone)))
        case error:
            raise error


def _converse(settings: TrialSettings) -> PropertyTrial:
    search = _new_search(settings)
    machine = conversation_type(settings.limits)
    search_machine(lambda: machine(settings.server, search), settings.seed, max(5, settings.frames // 20), _STEPS)
    return _trial(settings, search, search.tried)


def _crowd(settings: TrialSettings) -> PropertyTrial:
    search = _new_search(settings)
    clients = st.lists(st.tuples(requests(settings.limits), st.integers(1, 60)), min_size=_CROWD[0], max_size=_CROWD[1])

    scripts, count = clients.map(_crowd_script), max(2, settings.frames // 100)
    search_cases(scripts, settings.server.play_and_check, search, settings.seed, count, FIND)
    return _trial(settings, search, search.tried)


def _crowd_script(clients: list[tuple[bytes, int]]) -> Script:
    """All clients begin before any continues, and all continue before any reads."""
    first = (Write(number, data[:cut]) for number, (data, cut) in enumerate(clients))
    then = (Write(number, data[cut:]) for number, (data, cut) in enumerate(clients))
    return (*first, *then)


def _wrong_frames(settings: TrialSettings) -> PropertyTrial:
    """Play frames until enough of them were wrong: a few turn out to be valid."""
    search, wrong = _new_search(settings), 0
    frames = st.builds(
        lambda frame, tail, cut, pause_s: (Write(0, frame + tail, cut, pause_s),),
        wrong_frames(settings.limits),
        TAILS,
        st.one_of(st.just(()), cuts()),
        st.sampled_from([0.0] * 15 + [0.001]),
    )

    def play(script: Script) -> str:
        nonlocal wrong
        played = settings.server.play(script)
        wrong += played.wrong > 0 and search.failure is None
        return played.why

    for batch in numbers():
        if wrong >= settings.frames or search.failure or search.trouble:
            return _trial(settings, search, wrong)
        search_cases(frames, play, search, settings.seed + batch, settings.frames - wrong)
    raise AssertionError  # unreachable: numbers() is infinite


def _endings(settings: TrialSettings) -> PropertyTrial:
    most = settings.limits.max_size_bytes
    frames = (
        b"hello\n",
        b'{"mime_type": "text/plain", "size": -1}\n',
        b'{"mime_type": "text/plain"}\n12345',
        b'{"mime_type": "text/plain", "size": %d}\n' % most,
        b'{"command": "LIST", "size": 0}\n',
        b"x" * LINE_BYTES + b"\n",
        b"x" * 100_000,
        b"\xff\n",
    )
    alone: list[Script] = [(Write(0, frame + b"PING\n"), ReadToEnd(0)) for frame in frames]
    together: Script = (
        *(Write(each, frame + b"PING\n") for each, frame in enumerate(frames)),
        *map(ReadToEnd, range(len(frames))),
    )
    why = settings.server.play(together).why
    return PropertyTrial(len(frames), _first_failure(settings, alone, FailingCase(together, why)) if why else None)


def _first_failure(
    settings: TrialSettings, scripts: Sequence[Script], together: FailingCase[Script]
) -> FailingCase[Script]:
    """Return the first of these scripts that fails by itself."""
    for script in scripts:
        with suppress(ServerGoneError):
            if why := settings.server.play(script).why:
                return FailingCase(script, why, len(scripts))
    return together


def _leavers(settings: TrialSettings) -> PropertyTrial:
    cases = 0
    for script in _leaving():
        why = settings.server.play_and_check(script)
        cases += _LEAVERS
        if why:
            return PropertyTrial(cases, FailingCase(script, why))
    return PropertyTrial(cases)


def _leaving() -> Iterator[Script]:
    """Generate each way to leave, by more clients than there are places."""
    yield (Write(0, b"no request\n"), Read(0), Close(0)) * _LEAVERS
    yield (Write(0, b""), Close(0)) * _LEAVERS
    yield (Write(0, b'{"mime_type": "te'), Reset(0)) * _LEAVERS
    yield (Write(0, b'{"mime_type": "text/plain", "size": 100}\nhalf'), Close(0)) * _LEAVERS
    yield (Write(0, b'{"mime_type": "text/plain", "size": 100000}\n' + b"x" * 70_000), Reset(0)) * _LEAVERS
    yield (Write(0, b'{"command": "LIST"}\n' * 20), Reset(0)) * _LEAVERS


PROPERTIES = (
    ContractProperty(
        "conversations",
        "whatever clients send, in pieces, in a row, at once, and wherever they leave: each answer is the model's",
        "conversations",
        _converse,
    ),
    ContractProperty(
        "crowds",
        "dozens of clients at once, all in the middle of a request, are each answered as if they were alone",
        "crowds",
        _crowd,
    ),
    ContractProperty(
        "wrong-frames",
        "a wrong frame is answered by the documented error, costs no more than it must, and stores nothing",
        "wrong frames",
        _wrong_frames,
    ),
    ContractProperty(
        "endings",
        "if the end of a frame cannot be found, the server sends the error last, and closes the connection",
        "endings",
        _endings,
    ),
    ContractProperty(
        "leavers",
        "clients that leave in the middle of anything free their places for others",
        "clients that left",
        _leavers,
    ),
)
"""All properties, in the order in which they are tested."""
