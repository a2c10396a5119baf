"""Invented observations of clients, for tests of how faults judge them."""

from stackproof.faults.evidence.client_view import Chunk, ClientView, ConnectionEnd
from stackproof.faults.evidence.link_comparison import LinkComparison


def answered(
    at_s: float = 0.002, size_bytes: int = 100, end: ConnectionEnd = ConnectionEnd.OPEN, ended_s: float | None = None
) -> ClientView:
    """An answer that arrived in one chunk."""
    return ClientView((Chunk(at_s, size_bytes),), end, at_s if ended_s is None else ended_s)


def in_chunks(count: int, size_bytes: int, apart_s: float = 0.01) -> ClientView:
    """An answer in several chunks."""
    chunks = tuple(Chunk(apart_s * (number + 1), size_bytes) for number in range(count))
    return ClientView(chunks, ConnectionEnd.OPEN, apart_s * count)


def unanswered(end: ConnectionEnd, ended_s: float = 0.002) -> ClientView:
    """No byte before the connection ended."""
    return ClientView((), end, ended_s)


def seen(via_link: ClientView, direct: ClientView) -> LinkComparison:
    """What one client observed over the link, and another directly."""
    return LinkComparison((via_link,), (direct,))
