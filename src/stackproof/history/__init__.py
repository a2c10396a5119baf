"""The run's append-only record on disk: written before anything is judged, and read back."""

from stackproof.history.moments import Moment, moment_at, moment_of, new_id, now
from stackproof.history.reader import read
from stackproof.history.record import FORMAT, Header, Recorded
from stackproof.history.writer import FILE_NAME, History

__all__ = [
    "FILE_NAME",
    "FORMAT",
    "Header",
    "History",
    "Moment",
    "Recorded",
    "moment_at",
    "moment_of",
    "new_id",
    "now",
    "read",
]
