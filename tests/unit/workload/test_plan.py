import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.model import DeclarationError
from stackproof.protocols.http.request import HttpRequest, Trust
from stackproof.protocols.mime.upload import Upload
from stackproof.protocols.target import Target
from stackproof.workload import Constant, LoadPlan, Poisson, Replay, Schedule, Spike
from stackproof.workload.plan import decode_plan, encode_plan

SCHEDULES: tuple[Schedule, ...] = (Constant(10, 2), Poisson(10, 2, 3), Spike(1, 2, 10, 3, 60), Replay((0.0, 1.5)))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_plan_reaches_its_worker_unchanged(schedule: Schedule) -> None:
    """What is written for the worker is read back equal, and the line before it tells its size."""
    request = HttpRequest("POST", {"X-A": "b"}, "bödy\n", "ok", Trust.ANYONE, Path("/ca.pem"), "api")
    plan = LoadPlan(
        "https://api/x", schedule, "net/api:443", Upload(7, "image/jpeg", {"user_id": "u"}), request, 2, 3, 4
    )
    size_bytes, _, pickled = encode_plan(plan).partition(b"\n")
    assert int(size_bytes) == len(pickled)
    assert decode_plan(pickled) == plan


@given(st.floats(1e-6, 1e6), st.floats(1e-3, 1e6))
def test_a_plan_keeps_its_numbers_to_the_last_bit(rate_per_s: float, duration_s: float) -> None:
    """A rate that lost a digit would be another schedule."""
    plan = LoadPlan("mime://a:1", Constant(rate_per_s, duration_s))
    assert decode_plan(encode_plan(plan).partition(b"\n")[2]) == plan


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("mime://server:65432", ("mime", "server", 65432, "/", "server:65432")),
        ("http://server", ("http", "server", 80, "/", "server")),
        ("https://server:443/a/b?c=d%20e", ("https", "server", 443, "/a/b?c=d%20e", "server")),
        ("http://[::1]:8080/x", ("http", "::1", 8080, "/x", "[::1]:8080")),
    ],
)
def test_a_target_is_taken_apart(text: str, target: tuple[object, ...]) -> None:
    """Scheme, host, port and path, with HTTP's own default ports."""
    parsed = Target.parse(text)
    assert (parsed.scheme, parsed.host, parsed.port, parsed.path, parsed.authority) == target


@pytest.mark.parametrize(
    "text",
    ["", "server:80", "ftp://server:21", "mime://server", "mime://server:1/x", "http://", "http://a:x", "http://a:70000",
     "http://u:p@a/", "http://a/b c", "http://a/ü", "http://a..b/"],
)  # fmt: skip
def test_a_bad_target_is_refused_with_the_way_out(text: str) -> None:
    """The message has what was seen and what to write instead."""
    with pytest.raises(DeclarationError) as error:
        LoadPlan(text, Constant(1, 1))
    assert "expected a" in str(error.value)
    assert "fix:" in str(error.value)


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"deadline_s": 0}, "deadline must be > 0 s, saw 0"),
        ({"deadline_s": math.inf}, "deadline must be > 0 s, saw inf"),
        ({"max_open": 0}, "at least 1 open request, saw 0"),
        ({"lag_limit_s": -1}, "lag limit must be > 0 s, saw -1"),
    ],
)
def test_a_bound_must_be_one(bounds: dict[str, Any], message: str) -> None:
    """Bounds that bound nothing are refused."""
    with pytest.raises(DeclarationError, match=message):
        LoadPlan("mime://a:1", Constant(1, 1), **bounds)


def test_what_cannot_go_over_the_wire_is_refused() -> None:
    """Header injection, impossible sizes and types, and fields that would lie about the body."""
    with pytest.raises(DeclarationError, match="HTTP header"):
        HttpRequest(headers={"X": "a\r\nY: b"})
    with pytest.raises(DeclarationError, match="HTTP method"):
        HttpRequest("GET /x")
    with pytest.raises(DeclarationError, match="body size must be 0 bytes or more, saw -1"):
        Upload(-1)
    with pytest.raises(DeclarationError, match="expected a type such as text/plain"):
        Upload(mime_type="text")
    with pytest.raises(DeclarationError, match="set by the client itself: size"):
        Upload(fields={"size": "3"})
