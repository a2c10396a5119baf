"""The stack keeps what it promises, to its customers and to itself."""

from stackproof.model import Objective
from stackproof.pytest_plugin import Prove
from stackproof.workload import LoadResult


def test_a_promise_is_kept(objective: Objective, traffic: tuple[LoadResult, ...], prove: Prove) -> None:
    """Under the promised load, enough requests are answered, answered right, and answered in time."""
    assert traffic
    prove(objective)


def test_the_load_was_what_was_promised(traffic: tuple[LoadResult, ...]) -> None:
    """The load generator sent every request of its schedule, on time: otherwise nothing above is worth anything."""
    behind = [f"{each.report.stream}: {each.report}" for each in traffic if not each.report.kept_up]
    assert not behind
