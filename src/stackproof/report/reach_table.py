"""The matrix of who reaches whom, as a table of text."""

from collections.abc import Sequence

from stackproof.model import Attempt, Link, Reached, Stack


def reach_table(stack: Stack, attempts: Sequence[Attempt]) -> str:
    """The table, in Markdown: a row for each declared port, a column for each container; below it other open ports.

    Args:
        stack: The stack as declared.
        attempts: What was tried; if a port was tried at several addresses, every answer is shown.
    """
    sources = [service.name for service in stack.standing]
    links = [link for each in stack.standing for link in each.ways]
    seen: dict[tuple[str, Link], set[Reached]] = {}
    for each in attempts:
        seen.setdefault((each.source, each.link), set()).add(each.reached)
    rows = [f"| to | {' | '.join(sources)} |", f"|{'---|' * (len(sources) + 1)}"]
    for link in sorted(links):
        cells = (" / ".join(sorted(seen.get((source, link), {"not tried"}))) for source in sources)
        rows.append(f"| {link} | {' | '.join(cells)} |")
    others = [str(each) for each in attempts if each.reached is Reached.OPEN and each.link not in links]
    shut = sum(each.link not in links for each in attempts) - len(others)
    return "\n".join([*rows, "", f"{shut} further ports that are not declared were found shut.", *others]) + "\n"
