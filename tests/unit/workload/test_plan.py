import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.model import DeclarationError
from stackproof.protocols.http.request import HttpRequest, Trust
from stackproof.protocols.interface import RequestSpec
from stackproof.protocols.mime.upload import Upload
from stackproof.workload import Constant, LoadPlan, Poisson, Replay, Schedule, Spike
from stackproof.workload.plan import decode_plan, encode_plan

SCHEDULES: tuple[Schedule, ...] = (Constant(10, 2), Poisson(10, 2, 3), Spike(1, 2, 10, 3, 60), Replay((0.0, 1.5)))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_plan_reaches_its_worker_unchanged(schedule: Schedule) -> None:
    """What is written for the worker is read back equal, and the line before it has its size."""
    request = HttpRequest("POST", {"X-A": "b"}, "bödy\n", "ok", Trust.ANYONE, Path("/ca.pem"), "api")
    upload = Upload(7, "image/jpeg", {"user_id": "u"})
    for plan in (
        LoadPlan("https://api/x", schedule, "net/api:443", request, 2, 3, 4),
        LoadPlan("mime://server:1", schedule, "net/server:1", upload, 2, 3, 4),
    ):
        size_bytes, _, pickled = encode_plan(plan).partition(b"\n")
        assert int(size_bytes) == len(pickled)
        assert decode_plan(pickled) == plan


@given(st.floats(1e-6, 1e6), st.floats(1e-3, 1e6))
def test_a_plan_keeps_its_numbers_to_the_last_bit(rate_per_s: float, duration_s: float) -> None:
    """A rate that lost a digit would be another schedule."""
    plan = LoadPlan("mime://a:1", Constant(rate_per_s, duration_s))
    assert decode_plan(encode_plan(plan).partition(b"\n")[2]) == plan


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"deadline_s": 0}, "deadline must be > 0 s and at most .* saw 0"),
        ({"deadline_s": math.inf}, "deadline must be > 0 s and at most .* saw inf"),
        ({"max_open": 0}, "at least 1 open request, saw 0"),
        ({"lag_limit_s": -1}, "lag limit must be > 0 s, saw -1"),
    ],
)
def test_a_bound_must_be_one(bounds: dict[str, Any], message: str) -> None:
    """Bounds that bound nothing are refused."""
    with pytest.raises(DeclarationError, match=message):
        LoadPlan("mime://a:1", Constant(1, 1), **bounds)


@pytest.mark.parametrize(
    ("target", "request_", "message"),
    [
        ("mime://a:1", HttpRequest(), "expected a request of type Upload for mime://a:1, saw HttpRequest"),
        ("http://a/", Upload(), "expected a request of type HttpRequest for http://a/, saw Upload"),
    ],
)
def test_a_request_of_another_protocol_is_refused(target: str, request_: RequestSpec, message: str) -> None:
    """A plan whose request its target cannot be sent is a mistake that shows at once, not in the load's process."""
    with pytest.raises(DeclarationError, match=message):
        LoadPlan(target, Constant(1, 1), request=request_)


@pytest.mark.parametrize("text", ["", "server:80", "ftp://server:21", "mime://server", "http://a/b c"])
def test_a_plan_refuses_a_target_that_no_protocol_accepts(text: str) -> None:
    """The message has what was seen, and what to write instead."""
    with pytest.raises(DeclarationError) as error:
        LoadPlan(text, Constant(1, 1))
    assert "expected a" in str(error.value)
    assert "fix:" in str(error.value)
