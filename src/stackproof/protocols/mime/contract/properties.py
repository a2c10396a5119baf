"""The properties of the protocol, and how each is tried."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count as numbers

from hypothesis import strategies as st

from stackproof.protocols.mime.contract.conversations import conversation
from stackproof.protocols.mime.contract.frames import TAILS, wrong_frames
from stackproof.protocols.mime.contract.reduction import tidied
from stackproof.protocols.mime.contract.requests import cuts, requests
from stackproof.protocols.mime.contract.search import FIND, Failure, Search, look, run_machine
from stackproof.protocols.mime.contract.stage import Stage
from stackproof.protocols.mime.contract.steps import Hear, HearEnd, Leave, Reset, Say, Script
from stackproof.protocols.mime.contract.terms import LINE_BYTES, GoneError, Limits

_STEPS = 15
_CROWD = (20, 60)
_LEAVERS = 300
"""More than the places that a server usually has."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a property is tried.

    Attributes:
        stage: Where.
        limits: What the server's owner decided.
        seed: The same one tries the same.
        frames: How many wrong frames; the others in proportion.
        shrink_s: How long a failure is made smaller, in seconds.
    """

    stage: Stage
    limits: Limits
    seed: int
    frames: int
    shrink_s: float


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it.

    Attributes:
        cases: How many cases were tried.
        failure: What broke it, if something did.
    """

    cases: int
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """A property.

    Attributes:
        id: Its name.
        claim: What it says.
        cases: What is counted.
        attempt: Tries it.
    """

    id: str
    claim: str
    cases: str
    attempt: Callable[[Trial], Found]

    def settled(self, trial: Trial) -> Found:
        """Try it; and see that after all of it the store is the model's, byte for byte."""
        try:
            found = self.attempt(trial)
        except GoneError as error:
            return Found(0, Failure(str(error)))
        if found.failure is None and (why := trial.stage.settle()):
            return Found(found.cases, Failure(f"after all of it {why}"))
        return found


def _converse(trial: Trial) -> Found:
    search = Search(trial.shrink_s)
    machine = conversation(trial.limits)
    run_machine(lambda: machine(trial.stage, search), trial.seed, max(5, trial.frames // 20), _STEPS)
    return _found(trial, search, search.tried)


def _found(trial: Trial, search: Search, cases: int) -> Found:
    if search.failure is not None:
        return Found(cases, tidied(search.failure, trial.stage.play_and_look, trial.shrink_s / 2))
    return Found(cases, Failure(search.gone) if search.gone else None)


def _crowd(trial: Trial) -> Found:
    search = Search(trial.shrink_s)
    clients = st.lists(st.tuples(requests(trial.limits), st.integers(1, 60)), min_size=_CROWD[0], max_size=_CROWD[1])

    scripts, count = clients.map(_crowd_script), max(2, trial.frames // 100)
    look(scripts, trial.stage.play_and_look, search, trial.seed, count, FIND)
    return _found(trial, search, search.tried)


def _crowd_script(clients: list[tuple[bytes, int]]) -> Script:
    """All begin before anyone goes on, and all go on before anyone hears."""
    first = (Say(number, data[:cut]) for number, (data, cut) in enumerate(clients))
    then = (Say(number, data[cut:]) for number, (data, cut) in enumerate(clients))
    return (*first, *then)


def _wrong_frames(trial: Trial) -> Found:
    """Play frames until so many were wrong: a few turn out right."""
    search, wrong = Search(trial.shrink_s), 0
    frames = st.builds(
        lambda frame, tail, cut, pause_s: (Say(0, frame + tail, cut, pause_s),),
        wrong_frames(trial.limits),
        TAILS,
        st.one_of(st.just(()), cuts()),
        st.sampled_from([0.0] * 15 + [0.001]),
    )

    def play(script: Script) -> str:
        nonlocal wrong
        why, more = trial.stage.play(script)
        wrong += more > 0 and search.failure is None
        return why

    for turn in numbers():
        if wrong >= trial.frames or search.failure or search.gone:
            return _found(trial, search, wrong)
        look(frames, play, search, trial.seed + turn, trial.frames - wrong)
    raise AssertionError  # never: numbers() have no end


def _endings(trial: Trial) -> Found:
    most = trial.limits.max_size_bytes
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
    alone: list[Script] = [(Say(0, frame + b"PING\n"), HearEnd(0)) for frame in frames]
    together: Script = (
        *(Say(each, frame + b"PING\n") for each, frame in enumerate(frames)),
        *map(HearEnd, range(len(frames))),
    )
    why = trial.stage.play(together)[0]
    return Found(len(frames), _first_of(trial, alone, Failure(why, together)) if why else None)


def _first_of(trial: Trial, scripts: Sequence[Script], together: Failure) -> Failure:
    """The first of these that fails by itself."""
    for script in scripts:
        with suppress(GoneError):
            if why := trial.stage.play(script)[0]:
                return Failure(why, script, len(scripts))
    return together


def _leavers(trial: Trial) -> Found:
    cases = 0
    for script in _leaving():
        why = trial.stage.play_and_look(script)
        cases += _LEAVERS
        if why:
            return Found(cases, Failure(why, script))
    return Found(cases)


def _leaving() -> Iterator[Script]:
    """Each way to leave, by more clients than there are places."""
    yield (Say(0, b"no request\n"), Hear(0), Leave(0)) * _LEAVERS
    yield (Say(0, b""), Leave(0)) * _LEAVERS
    yield (Say(0, b'{"mime_type": "te'), Reset(0)) * _LEAVERS
    yield (Say(0, b'{"mime_type": "text/plain", "size": 100}\nhalf'), Leave(0)) * _LEAVERS
    yield (Say(0, b'{"mime_type": "text/plain", "size": 100000}\n' + b"x" * 70_000), Reset(0)) * _LEAVERS
    yield (Say(0, b'{"command": "LIST"}\n' * 20), Reset(0)) * _LEAVERS


PROPERTIES = (
    Property(
        "conversations",
        "whatever clients say, in pieces, in rows, at once, and wherever they leave: each answer is the model's",
        "conversations",
        _converse,
    ),
    Property(
        "crowds",
        "dozens of clients at once, all in the middle of a request, are each answered as if they were alone",
        "crowds",
        _crowd,
    ),
    Property(
        "wrong-frames",
        "a wrong frame is answered by the documented error, costs no more than it must, and stores nothing",
        "wrong frames",
        _wrong_frames,
    ),
    Property(
        "endings",
        "where a frame's end is lost, the error is the last word, and the server ends the connection",
        "endings",
        _endings,
    ),
    Property(
        "leavers",
        "clients that leave in the middle of anything leave their places to others",
        "clients that left",
        _leavers,
    ),
)
"""All of them, in the order that they are tried."""
