from pathlib import Path

from stackproof.model import Attempt, Link, Reached, Service, Stack
from stackproof.report.reach_table import reach_table

STACK = Stack("two", Path("compose.yaml"), services=(Service("x", ("a",), (80,)), Service("y", ("b",))))


def test_the_table_shows_each_declared_port_and_other_open_ones() -> None:
    """A port is shown with everything that was seen of it, or as not tried."""
    link, other = Link("a", "x", 80), Link("a", "x", 81)
    attempts = [
        Attempt("x", link, "10.1.2.3", Reached.OPEN),
        Attempt("x", link, "10.1.2.4", Reached.REFUSED),
        Attempt("x", other, "10.1.2.3", Reached.REFUSED),
        Attempt("y", other, "10.1.2.3", Reached.OPEN),
    ]
    assert reach_table(STACK, attempts).splitlines() == [
        "| to | x | y |",
        "|---|---|---|",
        "| a/x:80 | open / refused | not tried |",
        "",
        "1 further ports that are not declared were found shut.",
        "y -> a/x:81 (10.1.2.3): open",
    ]
