"""The stack meets its objectives, those promised to customers and its own."""

from stackproof import InconclusiveError, LoadResult, Objective, Prove


def test_an_objective_is_met(objective: Objective, traffic: tuple[LoadResult, ...], prove: Prove) -> None:
    """Under the promised load, enough requests are answered, correctly and in time."""
    assert traffic
    prove(objective)


def test_the_load_generator_kept_up(traffic: tuple[LoadResult, ...]) -> None:
    """The load generator sent every request of its schedule on time: otherwise the verdicts above prove nothing."""
    behind = [each.report for each in traffic if not each.report.kept_up]
    if behind:
        lag = "; ".join(
            f"{each.stream}: lag p99 {each.lag_p99_s * 1e3:.0f} ms, {each.dropped} dropped" for each in behind
        )
        raise InconclusiveError(f"the load generator fell behind: {lag}", fix="run it on a less busy machine")
