"""The plan of a load."""

import math
import pickle
from dataclasses import dataclass

from stackproof.model import DeclarationError
from stackproof.protocols.interface import RequestSpec
from stackproof.protocols.registry import protocol_of
from stackproof.workload.schedule import LONGEST_S, Schedule


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """One load: its target, its requests, when they are due, and its bounds.

    Attributes:
        target: URL of the service, such as ``http://host:port/path``. Its scheme names the protocol.
        schedule: When requests are due.
        stream: Name of its samples (see ``model.Sample.stream``); empty for the target's own text.
        request: What is sent: an object of the protocol's own type, such as ``HttpRequest`` or ``Upload``. None for the
            protocol's default request.
        deadline_s: How long a request may take, connecting included, counted from when it is sent. Latency counts from
            when it was due. A request that is already a whole deadline late is not sent, but dropped and counted.
        max_open: How many requests may be open at once. A request due beyond that is dropped and counted, never
            delayed. If the machine allows fewer open files, that is the bound.
        lag_limit_s: The load kept up if the generator's lag at the 99th percentile is no more than this. With a
            twentieth of the smallest latency that is judged, the lag's share in it is negligible.

    Raises:
        DeclarationError: A value is out of bounds, no protocol has the target's scheme, or the request is of another
            protocol's type.
    """

    target: str
    schedule: Schedule
    stream: str = ""
    request: RequestSpec | None = None
    deadline_s: float = 10.0
    max_open: int = 10_000
    lag_limit_s: float = 0.010

    def __post_init__(self) -> None:
        protocol = protocol_of(self.target)
        protocol.read_target(self.target)
        if not isinstance(self.request, protocol.request_type | None):
            raise DeclarationError(
                f"expected a request of type {protocol.request_type.__name__} for {self.target}, "
                f"saw {type(self.request).__name__}"
            )
        if not 0 < self.deadline_s <= LONGEST_S:
            raise DeclarationError(f"deadline must be > 0 s and at most {LONGEST_S:g} s, saw {self.deadline_s:g}")
        if self.max_open < 1:
            raise DeclarationError(f"expected at least 1 open request, saw {self.max_open}")
        if not 0 < self.lag_limit_s < math.inf:
            raise DeclarationError(f"lag limit must be > 0 s, saw {self.lag_limit_s:g}")

    @property
    def name(self) -> str:
        """The stream of its samples."""
        return self.stream or self.target

    @property
    def longest_s(self) -> float:
        """The longest it can last: no request is sent a deadline late, and none is waited for after its deadline."""
        return self.schedule.duration_s + 2 * self.deadline_s


def encode_plan(plan: LoadPlan) -> bytes:
    """Encode the plan: a line with its size in bytes, then these bytes."""
    pickled = pickle.dumps(plan)
    return b"%d\n%b" % (len(pickled), pickled)


def decode_plan(pickled: bytes) -> LoadPlan:
    """Decode the bytes that follow the line."""
    plan: LoadPlan = pickle.loads(pickled)  # noqa: S301 - our own parent wrote it
    return plan
