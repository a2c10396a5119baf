"""The stack keeps what it promises, to its customers and to itself."""

from stackproof import InconclusiveError, LoadResult, Objective, Prove


def test_a_promise_is_kept(objective: Objective, traffic: tuple[LoadResult, ...], prove: Prove) -> None:
    """Under the promised load, enough requests are answered, answered right, and answered in time."""
    assert traffic
    prove(objective)


def test_the_load_was_what_was_promised(traffic: tuple[LoadResult, ...]) -> None:
    """The load generator sent every request of its schedule, on time: otherwise nothing above is worth anything."""
    behind = [each.report for each in traffic if not each.report.kept_up]
    if behind:
        said = "; ".join(
            f"{each.stream}: lag p99 {each.lag_p99_s * 1e3:.0f} ms, {each.dropped} dropped" for each in behind
        )
        raise InconclusiveError(f"the load generator fell behind: {said}", fix="run on a machine with more to spare")
