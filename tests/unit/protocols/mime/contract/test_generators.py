from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings

from stackproof.protocols.mime.contract.dialogue import Dialogue, Refused
from stackproof.protocols.mime.contract.frames import wrong_frames
from stackproof.protocols.mime.contract.search import Search, look
from stackproof.protocols.mime.contract.steps import Say, Script
from stackproof.protocols.mime.contract.terms import Code, GoneError, Limits

OURS = frozenset(Code) - {  # what a frame alone can bring about
    Code.TIMEOUT,
    Code.STORAGE_FULL,
    Code.STORAGE_FAILED,
    Code.TOO_MANY_CONNECTIONS,
    Code.USER_NOT_ALLOWED,
    Code.TYPE_NOT_ALLOWED,
    Code.POLICY_REFUSED,
    Code.POLICY_UNAVAILABLE,
    Code.DIGEST_MISMATCH,
}


def test_wrong_frames_are_wrong_in_every_way() -> None:
    """Most frames are to be refused, and every code that a frame can bring about is among the answers."""
    seen: Counter[Code] = Counter()
    count = Counter[bool]()

    @settings(max_examples=600, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(wrong_frames(Limits()))
    def each(frame: bytes) -> None:
        dialogue = Dialogue(Limits())
        due = list(dialogue.feed(frame))
        codes = [code for expected in due if isinstance(expected, Refused) for code in expected.codes]
        seen.update(codes)
        count[bool(codes) or dialogue.is_amid] += 1

    each()
    assert set(seen) >= OURS
    assert count[True] > 4 * count[False]


def scripts(seed: int, fails: bytes) -> tuple[list[Script], Search]:
    """What is played with a seed where frames with some bytes in them fail."""
    played: list[Script] = []

    def play(script: Script) -> str:
        played.append(script)
        return "broken" if any(isinstance(step, Say) and fails in step.data for step in script) else ""

    search = Search(shrink_s=20.0)
    look(wrong_frames(Limits()).map(lambda frame: (Say(0, frame),)), play, search, seed, 100)
    return played, search


def test_the_same_seed_tries_the_same() -> None:
    """A failure can be found again by whoever knows the seed; another seed tries others."""
    first, search = scripts(1, b"no such bytes")
    assert search.failure is None
    assert search.tried == len(first)
    assert first == scripts(1, b"no such bytes")[0]
    assert first != scripts(2, b"no such bytes")[0]


def test_what_fails_is_made_small_and_nothing_is_played_twice() -> None:
    """The smallest frame with the bytes that matter is shown, with the number of tries."""
    played, search = scripts(1, b"PONG")
    assert search.failure is not None
    assert search.failure.script == (Say(0, b"PONG\n"),)
    assert search.failure.why == "broken"
    failing = played[search.tried - 1 :]
    assert len(failing) == len(set(failing)) == search.failure.shrunk + 1


def test_a_server_that_is_gone_ends_the_search() -> None:
    """The script that it died of is shown, and not a smaller one that only found it dead."""
    played: list[Script] = []

    def play(script: Script) -> str:
        played.append(script)
        if len(played) > 1:
            raise GoneError("nobody answers")
        return "the server went away"

    search = Search(shrink_s=20.0)
    look(wrong_frames(Limits()).map(lambda frame: (Say(0, frame),)), play, search, 1, 50)
    assert search.failure is not None
    assert (search.failure.script, search.failure.why) == (played[0], "the server went away")
    assert (len(played), search.gone) == (2, "nobody answers")


def test_shrinking_has_a_budget() -> None:
    """Where the time is over, the first failure stands, and nothing more is played."""
    played: list[Script] = []

    def play(script: Script) -> str:
        played.append(script)
        return "broken"

    search = Search(shrink_s=-1.0)
    look(wrong_frames(Limits()).map(lambda frame: (Say(0, frame),)), play, search, 1, 50)
    assert len(played) == search.tried == 1
    assert search.failure is not None
    assert search.failure.script == played[0]
