import hashlib

from hypothesis import given
from hypothesis import strategies as st

from stackproof.protocols.mime.contract.dialogue import Dialogue, Expected, Given, Kept, Page, Pong, Refused, Stored
from stackproof.protocols.mime.contract.frames import wrong_frames
from stackproof.protocols.mime.contract.requests import cuts, requests
from stackproof.protocols.mime.contract.steps import pieces
from stackproof.protocols.mime.contract.terms import Code, Limits

LIMITS = Limits(max_size_bytes=1000)


def said(*data: bytes) -> tuple[Dialogue, list[Expected]]:
    """Say something, piece by piece."""
    dialogue = Dialogue(LIMITS)
    return dialogue, [expected for piece in data for expected in dialogue.feed(piece)]


def refused(*codes: Code) -> Refused:
    """A refusal."""
    return Refused(frozenset(codes))


@given(st.lists(st.one_of(requests(Limits()), wrong_frames(Limits())), max_size=4).map(b"".join), cuts())
def test_how_bytes_are_cut_has_no_meaning(data: bytes, cut: tuple[int, ...]) -> None:
    """The same answers are due, whatever packets the bytes came in."""
    assert said(*pieces(data, cut))[1] == said(data)[1]


def test_answers_are_due_in_the_order_of_the_requests() -> None:
    """A body is read past by its length alone, whatever is in it."""
    body = b'PING\n{"command": "LIST"}\n'
    dialogue, due = said(b"PING\n" + b'{"mime_type": "text/plain", "size": %d}\n' % len(body) + body + b"PING\n")
    assert due == [Pong(), Stored(Kept(len(body), hashlib.sha256(body).hexdigest(), "text/plain")), Pong()]
    assert not dialogue.is_amid


def test_nothing_is_due_before_the_last_byte() -> None:
    """Of a file that is not whole, nothing may be said."""
    dialogue, due = said(b'{"mime_type": "text/plain", "size": 5}\n1234')
    assert due == []
    assert dialogue.is_amid


def test_a_refused_file_is_read_past_before_its_answer() -> None:
    """And the connection goes on behind it."""
    _, due = said(b'{"mime_type": "text", "size": 5}\n12345PING\n')
    assert due == [refused(Code.BAD_REQUEST), Pong()]
    assert said(b'{"mime_type": "text", "size": 5}\n1234')[1] == []


def test_any_file_may_be_refused_where_the_owner_says_so() -> None:
    """With a policy that nobody can see, a file is stored or refused with the code that was named, and no other."""
    dialogue = Dialogue(Limits(refusals=("policy_refused",)))
    (due,) = dialogue.feed(b'{"mime_type": "text/plain", "size": 1}\nx')
    assert isinstance(due, Stored)
    assert due.codes == {Code.POLICY_REFUSED}


def test_a_type_that_policy_may_not_take_is_stored_or_refused() -> None:
    """What the owner decided is not known of other types; a wrong digest is refused by either code."""
    header = b'{"mime_type": "image/png", "size": 1%s}\nx'
    (stored,) = said(header % b"")[1]
    assert isinstance(stored, Stored)
    assert stored.codes == {Code.TYPE_NOT_ALLOWED}
    assert said(header % (b', "sha256": "%s"' % (b"0" * 64)))[1] == [
        refused(Code.TYPE_NOT_ALLOWED, Code.DIGEST_MISMATCH)
    ]


def test_after_the_last_word_nothing_is_due() -> None:
    """Where the framing is lost, what follows goes nowhere."""
    dialogue, due = said(b"no request\nPING\n", b"PING\n")
    assert due == [refused(Code.BAD_HEADER)]
    assert dialogue.over


def test_a_line_without_an_end_is_refused_in_time() -> None:
    """From 8 KiB on the server may refuse it; from 64 KiB on it has to."""
    assert not said(b"x" * 8191)[0].is_open
    dialogue, due = said(b"x" * 8192)
    assert dialogue.is_open
    assert due == []
    assert said(b"x" * 65536)[1] == []
    assert said(b"x" * 65536, b"x")[1] == [refused(Code.HEADER_TOO_LONG)]


def test_only_stored_names_can_be_names_of_files() -> None:
    """A path is the name of no file."""
    assert said(b'{"command": "RECEIVE", "name": "received_0a1b.plain"}\n')[1] == [Given("received_0a1b.plain")]
    assert said(b'{"command": "RECEIVE", "name": "../received_0a1b.plain"}\n')[1] == [refused(Code.NOT_FOUND)]
    assert said(b'{"command": "LIST", "limit": 3, "after": "../x"}\n')[1] == [Page(3, "../x")]
