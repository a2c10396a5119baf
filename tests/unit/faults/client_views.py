"""What clients might have seen, for tests of what faults make of it."""

from stackproof.faults.evidence.client_view import Chunk, ClientView, ConnectionEnd
from stackproof.faults.evidence.link_comparison import LinkComparison


def answered(
    at_s: float = 0.002, size_bytes: int = 100, end: ConnectionEnd = ConnectionEnd.OPEN, ended_s: float | None = None
) -> ClientView:
    """An answer that came in one piece."""
    return ClientView((Chunk(at_s, size_bytes),), end, at_s if ended_s is None else ended_s)


def in_chunks(count: int, size_bytes: int, apart_s: float = 0.01) -> ClientView:
    """An answer in pieces."""
    pieces = tuple(Chunk(apart_s * (number + 1), size_bytes) for number in range(count))
    return ClientView(pieces, ConnectionEnd.OPEN, apart_s * count)


def unanswered(end: ConnectionEnd, ended_s: float = 0.002) -> ClientView:
    """No byte, and this end."""
    return ClientView((), end, ended_s)


def seen(over: ClientView, beside: ClientView) -> LinkComparison:
    """One client each way."""
    return LinkComparison((over,), (beside,))
