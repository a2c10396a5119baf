"""The matrix of services and families of faults, as a table of text."""

from collections.abc import Sequence
from itertools import groupby

from stackproof.judge import MatrixCell
from stackproof.model import Family


def matrix_table(cells: Sequence[MatrixCell]) -> str:
    """The table, in Markdown: a row for each service, a column for each family; below it the exemptions."""
    rows = [f"| service | {' | '.join(Family)} |", f"|{'---|' * (len(Family) + 1)}"]
    for service, group in groupby(cells, key=lambda cell: cell.service):
        rows.append(f"| {service} | {' | '.join(_short(cell) for cell in group)} |")
    reasons = [f"- {each.service}, {each.family}: {each.exemption}" for each in cells if _is_exempt(each)]
    return "\n".join([*rows, *(["", "Exempt:", *reasons] if reasons else [])]) + "\n"


def _is_exempt(cell: MatrixCell) -> bool:
    return cell.verdict is None and bool(cell.exemption)


def _short(cell: MatrixCell) -> str:
    return "exempt" if _is_exempt(cell) else str(cell)
