import hashlib

from hypothesis import given
from hypothesis import strategies as st

from stackproof.protocols.mime.contract.due_answers import (
    ConnectionModel,
    DueAnswer,
    ErrorDue,
    FileDue,
    PageDue,
    PongDue,
    ReceiptDue,
    StoredFile,
)
from stackproof.protocols.mime.contract.generated_requests import cuts, requests
from stackproof.protocols.mime.contract.script import pieces
from stackproof.protocols.mime.contract.wrong_frames import wrong_frames
from stackproof.protocols.mime.terms import MimeCode, MimeLimits

LIMITS = MimeLimits(max_size_bytes=1000)


def sent(*data: bytes) -> tuple[ConnectionModel, list[DueAnswer]]:
    """Send bytes, piece by piece."""
    model = ConnectionModel(LIMITS)
    return model, [answer for piece in data for answer in model.feed(piece)]


def refused(*codes: MimeCode) -> ErrorDue:
    """An error that is due."""
    return ErrorDue(frozenset(codes))


@given(st.lists(st.one_of(requests(MimeLimits()), wrong_frames(MimeLimits())), max_size=4).map(b"".join), cuts())
def test_how_bytes_are_cut_has_no_meaning(data: bytes, cut: tuple[int, ...]) -> None:
    """The same answers are due, however the bytes were cut into packets."""
    assert sent(*pieces(data, cut))[1] == sent(data)[1]


def test_answers_are_due_in_the_order_of_the_requests() -> None:
    """A body ends by its length alone, whatever it contains."""
    body = b'PING\n{"command": "LIST"}\n'
    model, due = sent(b"PING\n" + b'{"mime_type": "text/plain", "size": %d}\n' % len(body) + body + b"PING\n")
    assert due == [
        PongDue(),
        ReceiptDue(StoredFile(len(body), hashlib.sha256(body).hexdigest(), "text/plain")),
        PongDue(),
    ]
    assert not model.is_incomplete


def test_nothing_is_due_before_the_last_byte() -> None:
    """A file that is not complete gets no answer."""
    model, due = sent(b'{"mime_type": "text/plain", "size": 5}\n1234')
    assert due == []
    assert model.is_incomplete


def test_the_body_of_a_refused_file_is_read_before_the_answer() -> None:
    """The connection goes on after it."""
    _, due = sent(b'{"mime_type": "text", "size": 5}\n12345PING\n')
    assert due == [refused(MimeCode.BAD_REQUEST), PongDue()]
    assert sent(b'{"mime_type": "text", "size": 5}\n1234')[1] == []


def test_any_file_may_be_refused_if_the_owner_says_so() -> None:
    """With a policy that the contract cannot see, a file is stored, or refused with the named code, and no other."""
    model = ConnectionModel(MimeLimits(refusals=("policy_refused",)))
    (due,) = model.feed(b'{"mime_type": "text/plain", "size": 1}\nx')
    assert isinstance(due, ReceiptDue)
    assert due.codes == {MimeCode.POLICY_REFUSED}


def test_a_type_that_a_policy_may_refuse_is_stored_or_refused() -> None:
    """The owner's decision on other types is unknown; a wrong digest is refused with either code."""
    header = b'{"mime_type": "image/png", "size": 1%s}\nx'
    (stored,) = sent(header % b"")[1]
    assert isinstance(stored, ReceiptDue)
    assert stored.codes == {MimeCode.TYPE_NOT_ALLOWED}
    assert sent(header % (b', "sha256": "%s"' % (b"0" * 64)))[1] == [
        refused(MimeCode.TYPE_NOT_ALLOWED, MimeCode.DIGEST_MISMATCH)
    ]


def test_after_a_closing_error_nothing_is_due() -> None:
    """Once the framing is lost, what follows has no effect."""
    model, due = sent(b"no request\nPING\n", b"PING\n")
    assert due == [refused(MimeCode.BAD_HEADER)]
    assert model.over


def test_a_line_without_an_end_is_refused_in_time() -> None:
    """From 8 KiB on the server may refuse it; above 64 KiB it has to."""
    assert not sent(b"x" * 8191)[0].may_get_more
    model, due = sent(b"x" * 8192)
    assert model.may_get_more
    assert due == []
    assert sent(b"x" * 65536)[1] == []
    assert sent(b"x" * 65536, b"x")[1] == [refused(MimeCode.HEADER_TOO_LONG)]


def test_only_a_stored_name_can_name_a_file() -> None:
    """A path names no file."""
    assert sent(b'{"command": "RECEIVE", "name": "received_0a1b.plain"}\n')[1] == [FileDue("received_0a1b.plain")]
    assert sent(b'{"command": "RECEIVE", "name": "../received_0a1b.plain"}\n')[1] == [refused(MimeCode.NOT_FOUND)]
    assert sent(b'{"command": "LIST", "limit": 3, "after": "../x"}\n')[1] == [PageDue(3, "../x")]
