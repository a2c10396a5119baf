from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings

from stackproof.protocols.mime.contract.breaches import ServerGoneError
from stackproof.protocols.mime.contract.due_answers import ConnectionModel, ErrorDue
from stackproof.protocols.mime.contract.script import Script, Write
from stackproof.protocols.mime.contract.wrong_frames import wrong_frames
from stackproof.protocols.mime.terms import MimeCode, MimeLimits
from stackproof.search.failing_case import Search, search_cases

OURS = frozenset(MimeCode) - {  # what a frame alone can cause
    MimeCode.TIMEOUT,
    MimeCode.STORAGE_FULL,
    MimeCode.STORAGE_FAILED,
    MimeCode.TOO_MANY_CONNECTIONS,
    MimeCode.USER_NOT_ALLOWED,
    MimeCode.TYPE_NOT_ALLOWED,
    MimeCode.POLICY_REFUSED,
    MimeCode.POLICY_UNAVAILABLE,
    MimeCode.DIGEST_MISMATCH,
}


def test_wrong_frames_are_wrong_in_every_way() -> None:
    """Most frames have to be refused, and the answers have every code that a frame can cause."""
    seen: Counter[MimeCode] = Counter()
    count = Counter[bool]()

    @settings(max_examples=600, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(wrong_frames(MimeLimits()))
    def each(frame: bytes) -> None:
        model = ConnectionModel(MimeLimits())
        due = list(model.feed(frame))
        codes = [code for answer in due if isinstance(answer, ErrorDue) for code in answer.codes]
        seen.update(codes)
        count[bool(codes) or model.is_incomplete] += 1

    each()
    assert set(seen) >= OURS
    assert count[True] > 4 * count[False]


def scripts(seed: int, fails: bytes) -> tuple[list[Script], Search[Script]]:
    """Search with a seed, if frames with these bytes fail; return what was played."""
    played: list[Script] = []

    def play(script: Script) -> str:
        played.append(script)
        return "broken" if any(isinstance(step, Write) and fails in step.data for step in script) else ""

    search: Search[Script] = Search(shrink_s=20.0)
    search_cases(wrong_frames(MimeLimits()).map(lambda frame: (Write(0, frame),)), play, search, seed, 100)
    return played, search


def test_the_same_seed_tries_the_same() -> None:
    """The seed finds a failure again; another seed tries other cases."""
    first, search = scripts(1, b"no such bytes")
    assert search.failure is None
    assert search.tried == len(first)
    assert first == scripts(1, b"no such bytes")[0]
    assert first != scripts(2, b"no such bytes")[0]


def test_what_fails_is_made_small_and_nothing_is_played_twice() -> None:
    """The result is the smallest frame with the bytes that matter, with the number of runs."""
    played, search = scripts(1, b"PONG")
    assert search.failure is not None
    assert search.failure.case == (Write(0, b"PONG\n"),)
    assert search.failure.why == "broken"
    failing = played[search.tried - 1 :]
    assert len(failing) == len(set(failing)) == search.failure.shrunk + 1


def test_a_server_that_is_gone_ends_the_search() -> None:
    """The result is the script that killed it, and not a smaller one that found it dead."""
    played: list[Script] = []

    def play(script: Script) -> str:
        played.append(script)
        if len(played) > 1:
            raise ServerGoneError("nobody answers")
        return "the server went away"

    search: Search[Script] = Search(shrink_s=20.0)
    search_cases(wrong_frames(MimeLimits()).map(lambda frame: (Write(0, frame),)), play, search, 1, 50)
    assert search.failure is not None
    assert (search.failure.case, search.failure.why) == (played[0], "the server went away")
    assert (len(played), str(search.trouble)) == (2, "nobody answers")


def test_shrinking_has_a_budget() -> None:
    """When the time is over the first failure stands, and nothing more is played."""
    played: list[Script] = []

    def play(script: Script) -> str:
        played.append(script)
        return "broken"

    search: Search[Script] = Search(shrink_s=-1.0)
    search_cases(wrong_frames(MimeLimits()).map(lambda frame: (Write(0, frame),)), play, search, 1, 50)
    assert len(played) == search.tried == 1
    assert search.failure is not None
    assert search.failure.case == played[0]
