"""What is promised of the policy, tried on a policy service and on a server that asks it, wherever they run."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import requests
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from stackproof import Address, MimeConnection, MimeRefusedError

DATA = Path(__file__).parents[2] / "stack" / "policy" / "rego" / "data.json"
DECISION = "/v1/data/transfer/decision"
WITHIN_S = 10.0
"""Bounds a hang."""

Question = dict[str, object]


class Names(BaseModel):
    """Which file names are allowed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    longest: int
    without: tuple[str, ...]


class Table(BaseModel):
    """The policy's table, ``allowed`` in its data: which files are allowed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    commands: tuple[str, ...]
    types: tuple[str, ...]
    users: tuple[str, ...]
    below_bytes: int
    file_name: Names

    def allows(self, asked: Mapping[str, object]) -> bool:
        """Decide by the table, independently of the policy's own code."""
        size, name = asked.get("size"), asked.get("file_name")
        return (
            asked.get("command") in self.commands
            and asked.get("mime_type") in self.types
            and asked.get("user_id") in self.users
            and isinstance(size, int | float)
            and not isinstance(size, bool)
            and 0 <= size < self.below_bytes
            and isinstance(name, str)
            and len(name) <= self.file_name.longest
            and not any(part in name for part in self.file_name.without)
        )


def shipped_table() -> Table:
    """The table that is shipped."""
    return Table.model_validate(json.loads(DATA.read_text(encoding="utf-8"))["allowed"])


_NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
_SCALARS = st.one_of(st.none(), st.booleans(), _NUMBERS, st.text())


def near(table: Table) -> dict[str, list[object]]:
    """Values of each field that the table allows, and some that it just does not."""
    longest = table.file_name.longest
    return {
        "command": [*table.commands, "RECEIVE", "send"],
        "mime_type": [*table.types, "image/png", "text/html", "TEXT/PLAIN", "text/plain;a=b"],
        "user_id": [*table.users, "user_789", "USER_123", " "],
        "size": [1, 0, -1, *(table.below_bytes + step for step in (-1, 0, 1)), 2**70],
        "file_name": ["a", "", *("n" * (longest + step) for step in (-1, 0, 1)), *table.file_name.without],
    }


def edges(table: Table) -> tuple[Question, ...]:
    """Allowed questions in which one field has a value near its bound, or is left out."""
    good: Question = {field: values[0] for field, values in near(table).items()}
    near_bound = tuple(good | {field: value} for field, values in near(table).items() for value in values)
    return *near_bound, *({field: good[field] for field in good if field != left_out} for left_out in good)


def questions(table: Table) -> st.SearchStrategy[Question]:
    """Random questions: fields are right, near their bound, arbitrary, or left out."""
    drawn = {field: _mostly_right(values) for field, values in near(table).items()}
    left_out = st.sampled_from([*[""] * 9, *drawn])
    whole = st.fixed_dictionaries(drawn)
    return st.builds(lambda asked, out: {field: each for field, each in asked.items() if field != out}, whole, left_out)


def _mostly_right(values: list[object]) -> st.SearchStrategy[object]:
    """Mostly the first of these values, since one refusal hides the others; sometimes another, or an arbitrary one."""
    kinds: list[st.SearchStrategy[object]] = [*[st.just(values[0])] * 7, *[st.sampled_from(values)] * 2, _SCALARS]
    return st.sampled_from(kinds).flatmap(lambda kind: kind)


def agrees_with_its_table(policy: Address, table: Table, drawn_by: int, cases: int) -> Counter[bool]:
    """Compare the policy service's decisions with the table; how many questions were allowed, and how many refused.

    Raises:
        AssertionError: A decision differs; the message has the smallest such question.
    """
    seen: Counter[bool] = Counter()
    with requests.Session() as session:

        def decides(asked: Question) -> None:
            answer = session.post(f"http://{policy}{DECISION}", json={"input": asked}, timeout=WITHIN_S)
            assert answer.status_code == requests.codes.ok, answer.text
            decision = answer.json()["result"]
            due = table.allows(asked)
            assert decision["allow"] is due, f"expected allow to be {due} of {asked}, saw {decision}"
            assert bool(decision["reasons"]) is not due, (
                f"expected reasons of a refusal, and of nothing else: {decision}"
            )
            seen[due] += 1

        for edge in edges(table):
            decides(edge)
        drawn = settings(
            max_examples=cases,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )(given(questions(table))(decides))
        seed(drawn_by)(drawn)()
    assert seen[True], "nothing was allowed, so this proves nothing"
    assert seen[False], "nothing was refused, so this proves nothing"
    return seen


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A file that the policy refuses.

    Attributes:
        name: The reason.
        header: Fields of its request.
        word: A word that the refusal's message must contain.
    """

    name: str
    header: Mapping[str, object]
    word: str
    size_bytes: int = 5


def unwanted(table: Table) -> tuple[Unwanted, ...]:
    """One for each reason, and some that may not survive the way to the policy."""
    return (
        Unwanted("type", {"mime_type": "image/png"}, "mime_type"),
        Unwanted("user", {"user_id": "mallory"}, "user"),
        Unwanted("name", {"file_name": "../../etc/passwd"}, "file_name"),
        Unwanted("odd user", {"user_id": "\ud800"}, "user"),
        Unwanted("odd name", {"file_name": {"a": [None]}}, "file_name"),
        Unwanted("size", {}, "size", table.below_bytes),
    )


def connected(server: Address) -> MimeConnection:
    """A client of the server."""
    return MimeConnection(server.host, server.port, WITHIN_S)


def stored_names(client: MimeConnection) -> frozenset[str]:
    """Names of all stored files."""
    return frozenset(each.name for each in client.list_files())


def refusal(client: MimeConnection, file: Unwanted) -> MimeRefusedError | None:
    """The server's refusal of a file; None where it stores it.

    Raises:
        AssertionError: There is no answer in time.
    """
    try:
        client.send(bytes(file.size_bytes), **{"mime_type": "text/plain", **file.header})  # type: ignore[arg-type]
    except MimeRefusedError as refused:
        return refused
    except TimeoutError:
        raise AssertionError(f"expected an answer within {WITHIN_S} s, saw none") from None
    return None


def refuses(server: Address, file: Unwanted) -> None:
    """A file that the policy refuses is not stored; its sender gets the reason, and may go on.

    Raises:
        AssertionError: It does not hold.
    """
    with connected(server) as client:
        before = stored_names(client)
        refused = refusal(client, file)
        assert refused is not None, f"a file was stored that the policy refuses by its {file.name}"
        assert refused.code == "policy_refused", str(refused)
        assert file.word in str(refused), f"expected a reason with the word {file.word}, saw: {refused}"
        client.ping()
        assert stored_names(client) == before


def is_closed(server: Address) -> None:
    """Without a decision nothing is stored; the sender gets an error, and may go on and read.

    Raises:
        AssertionError: It does not hold.
    """
    with connected(server) as client:
        before = stored_names(client)
        refused = refusal(client, Unwanted("nothing", {}, ""))
        assert refused is not None, "a file was stored though the policy service was unavailable"
        assert refused.code == "policy_unavailable", str(refused)
        client.ping()
        assert stored_names(client) == before


def is_open(server: Address) -> None:
    """Without a decision a file is stored, even one that the policy would refuse.

    Raises:
        AssertionError: It is refused.
    """
    with connected(server) as client:
        refused = refusal(client, Unwanted("user", {"user_id": "mallory"}, ""))
        assert refused is None, str(refused)
