"""What a load shall do."""

import math
import pickle
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from stackproof.model import DeclarationError
from stackproof.workload.schedule import Schedule
from stackproof.workload.target import Target

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"[^\r\n\0]*")
_MIME_TYPE = re.compile(r"[^/\s\"\\]+/[^/\s\"\\]+")
_RESERVED_FIELDS = frozenset({"mime_type", "size", "command"})


class Trust(StrEnum):
    """Whose TLS certificates are accepted: those the system (or ``ca_file``) vouches for, or anyone's."""

    SYSTEM = "system"
    ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Upload:
    """What is sent to a ``mime://`` target. Every body is different, so that mixed-up files are found out.

    Attributes:
        size_bytes: Size of each body.
        mime_type: Type that the header names.
        fields: More fields of the header, such as a user id.

    Raises:
        DeclarationError: A value cannot go over the wire.
    """

    size_bytes: int = 1024
    mime_type: str = "text/plain"
    fields: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.size_bytes < 0:
            raise DeclarationError(f"body size must be 0 bytes or more, saw {self.size_bytes}")
        if not _MIME_TYPE.fullmatch(self.mime_type):
            raise DeclarationError(f"expected a type such as text/plain, saw {self.mime_type!r}")
        if taken := _RESERVED_FIELDS & self.fields.keys():
            raise DeclarationError(f"header fields are set by the client itself: {', '.join(sorted(taken))}")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is sent to an ``http(s)://`` target, over HTTP/1.1.

    Attributes:
        method: Request method.
        headers: Headers beside Host, Content-Length and Connection; one of the first two given here replaces ours.
        body: Body, sent as UTF-8.
        expect: Text that the body of a good answer holds; empty where any will do.
        trust: Whose TLS certificates are accepted.
        ca_file: Certificates to trust in place of the system's.
        server_name: Name to expect in the certificate, where it is not the target's host.

    Raises:
        DeclarationError: A value cannot go over the wire.
    """

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    expect: str = ""
    trust: Trust = Trust.SYSTEM
    ca_file: Path | None = None
    server_name: str | None = None

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.method):
            raise DeclarationError(f"expected an HTTP method such as GET, saw {self.method!r}")
        for name, value in self.headers.items():
            if not _TOKEN.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
                raise DeclarationError(f"expected an HTTP header, saw {name!r}: {value!r}")


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
