"""What docs/http.md requires of every answer and every refusal."""

from email.message import Message
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

PROBLEM_TYPE = "application/problem+json"

PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "frame-ancestors 'none'",
}
"""Headers that each answer has exactly once, and what their value contains."""

TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}
"""Further headers of each answer over TLS."""


class Problem(BaseModel):
    """Problem details (RFC 9457) as these services send them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    type: Literal["about:blank"]
    title: Annotated[str, StringConstraints(min_length=1)]
    status: int
    detail: Annotated[str, StringConstraints(min_length=1)]
    code: Annotated[str, StringConstraints(pattern="^[a-z_]+$")]
    request_id: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9._-]{1,64}$")]


def assert_problem(status: int, headers: Message, body: bytes) -> Problem:
    """The problem that this answer describes.

    Raises:
        AssertionError: It has not the documented form.
    """
    kind = headers.get_content_type()
    assert kind == PROBLEM_TYPE, f"expected a problem, saw {status} in {kind}: {body[:200]!r}"
    problem = Problem.model_validate_json(body)
    assert (problem.status, problem.request_id) == (status, headers["X-Request-ID"]), f"{headers}\n{body!r}"
    return problem


def assert_protected(headers: Message, expected: dict[str, str]) -> None:
    """An answer has each security header exactly once, and does not reveal the server's version.

    Raises:
        AssertionError: It does not hold.
    """
    for name, value in expected.items():
        seen = headers.get_all(name, [])
        assert len(seen) == 1, f"expected {name} once, saw {seen}"
        assert value in seen[0], f"{name}: expected {value}, saw {seen[0]}"
    assert not any(character.isdigit() for character in headers.get("Server", "")), headers["Server"]
