"""What a load shall do."""

import math
import pickle
from dataclasses import dataclass, field

from stackproof.model import DeclarationError
from stackproof.protocols.http.request import HttpRequest
from stackproof.protocols.mime.upload import Upload
from stackproof.protocols.target import Target
from stackproof.workload.schedule import Schedule


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """One load: what, where to, when, and within which bounds.

    Attributes:
        target: ``mime://host:port`` or ``http(s)://host[:port]/path``.
        stream: Name of its samples (see ``model.Sample.stream``); the target where it is empty.
        schedule: When requests are due.
        upload: What a ``mime://`` target is sent.
        request: What an ``http(s)://`` target is sent.
        deadline_s: How long a request may take, connecting included, counted from when it is sent. Latency counts from
            when it should have been sent. What is already a whole deadline late is not sent, but dropped and counted.
        max_open: Requests that may be open at once. What is due beyond that is dropped and counted, never put off.
            Where the machine allows fewer open files, that is the bound.
        lag_limit_s: The load kept up where the generator's lag at the 99th percentile is no more than this. A twentieth
            of the smallest latency that is judged makes the lag's share in it negligible.

    Raises:
        DeclarationError: A value is out of its bounds.
    """

    target: str
    schedule: Schedule
    stream: str = ""
    upload: Upload = field(default_factory=Upload)
    request: HttpRequest = field(default_factory=HttpRequest)
    deadline_s: float = 10.0
    max_open: int = 10_000
    lag_limit_s: float = 0.010

    def __post_init__(self) -> None:
        Target.parse(self.target)
        if not 0 < self.deadline_s < math.inf:
            raise DeclarationError(f"deadline must be > 0 s, saw {self.deadline_s:g}")
        if self.max_open < 1:
            raise DeclarationError(f"expected at least 1 open request, saw {self.max_open}")
        if not 0 < self.lag_limit_s < math.inf:
            raise DeclarationError(f"lag limit must be > 0 s, saw {self.lag_limit_s:g}")

    @property
    def name(self) -> str:
        """The stream that its samples belong to."""
        return self.stream or self.target

    @property
    def longest_s(self) -> float:
        """The longest that it can last: nothing is sent that is a deadline late, or waited for after its deadline."""
        return self.schedule.duration_s + 2 * self.deadline_s


def encode_plan(plan: LoadPlan) -> bytes:
    """The plan as a line with its size, and so many bytes."""
    pickled = pickle.dumps(plan)
    return b"%d\n%b" % (len(pickled), pickled)


def decode_plan(pickled: bytes) -> LoadPlan:
    """Read the bytes that follow the line back."""
    plan: LoadPlan = pickle.loads(pickled)  # noqa: S301 - our own parent wrote it
    return plan
