"""What clients might have seen, for tests of what faults make of it."""

from stackproof.faults.evidence.comparison import Comparison
from stackproof.faults.evidence.conversation import Conversation, End, Piece


def answered(
    at_s: float = 0.002, size_bytes: int = 100, end: End = End.OPEN, ended_s: float | None = None
) -> Conversation:
    """An answer that came in one piece."""
    return Conversation((Piece(at_s, size_bytes),), end, at_s if ended_s is None else ended_s)


def in_pieces(count: int, size_bytes: int, apart_s: float = 0.01) -> Conversation:
    """An answer in pieces."""
    pieces = tuple(Piece(apart_s * (number + 1), size_bytes) for number in range(count))
    return Conversation(pieces, End.OPEN, apart_s * count)


def wordless(end: End, ended_s: float = 0.002) -> Conversation:
    """No byte, and this end."""
    return Conversation((), end, ended_s)


def seen(over: Conversation, beside: Conversation) -> Comparison:
    """One client each way."""
    return Comparison((over,), (beside,))
