"""The coverage matrix of alerts, alert x fault x receiver x aspect, as a page and as a table for other programs."""

import csv
import io
from collections.abc import Iterator, Sequence
from html import escape

from stackproof.judge import AlertCell, AlertingJudgement, AlertRow, CellAnswer, seconds
from stackproof.model import Aspect, Verdict

_TIMES = ("pending", "firing", "received", "resolved", "theory")
_SIGNS = {CellAnswer.YES: "\N{CHECK MARK} yes", CellAnswer.NO: "\N{MULTIPLICATION X} no", CellAnswer.EXEMPT: "exempt"}
_COLOURS = {
    CellAnswer.YES: "#d5efe6",
    CellAnswer.NO: "#f6d0b8",
    CellAnswer.EXEMPT: "#eeeeee",
    CellAnswer.NOT_TRIED: "#fbf3b0",
}
_VERDICTS = {Verdict.PASS: CellAnswer.YES, Verdict.FAIL: CellAnswer.NO, Verdict.INCONCLUSIVE: CellAnswer.NOT_TRIED}
_STYLE = (
    "body{font:14px sans-serif;margin:1em}table{border-collapse:collapse}"
    "th,td{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}"
    "th{background:#f4f4f4}small{display:block;color:#333;max-width:22em}td.n{text-align:right;white-space:nowrap}"
)


def alert_table_html(judgement: AlertingJudgement) -> str:
    """The matrix as a page: a row for each alert and receiver, a cell for each aspect, with reasons."""
    names = ("alert", "fault", "receiver", *Aspect, *(f"{name}, s" for name in _TIMES), "verdict")
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in judgement.rows)
    gaps = "".join(f"<li>{escape(each)}</li>" for each in judgement.gaps)
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Coverage of alerts</title>'
        f"<style>{_STYLE}</style><h1>Coverage of alerts</h1>"
        "<p>Pending, firing and received count from the injection of the fault, resolved from its healing. "
        "Theory is the longest that the first notification should take.</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        + (f"<h2>Not covered</h2><ul>{gaps}</ul>" if gaps else "")
        + "</html>\n"
    )


def _cells(row: AlertRow) -> Iterator[str]:
    for text in (row.alert, row.fault, _to(row)):
        yield f"<td>{escape(text)}</td>"
    for cell in row.cells:
        reason = f"<small>{escape(cell.reason)}</small>" if cell.reason else ""
        yield f'<td style="background:{_COLOURS[cell.answer]}">{_sign(cell.answer)}{reason}</td>'
    for value in times(row):
        yield f'<td class="n">{"" if value is None else f"{value:.3g}"}</td>'
    yield f'<td style="background:{_COLOURS[_VERDICTS[row.verdict]]}">{row.verdict}</td>'


def _sign(answer: CellAnswer) -> str:
    return _SIGNS.get(answer, str(answer))


def alert_table_csv(judgement: AlertingJudgement) -> str:
    """The matrix as comma-separated values (RFC 4180), reasons in one column at the end."""
    text = io.StringIO()
    writer = csv.writer(text)
    names = [f"{name}_s" for name in _TIMES]
    writer.writerow(
        ["alert", "fault", "receiver", *(each.replace(" ", "_") for each in Aspect), *names, "verdict", "why"]
    )
    for row in judgement.rows:
        answers = [str(cell.answer) for cell in row.cells]
        numbers = ["" if value is None else f"{value:.3f}" for value in times(row)]
        writer.writerow([row.alert, row.fault, _to(row), *answers, *numbers, str(row.verdict), _why(row.cells)])
    return text.getvalue()


def _why(cells: Sequence[AlertCell]) -> str:
    return "; ".join(f"{cell.aspect}: {cell.reason}" for cell in cells if cell.reason)


def _to(row: AlertRow) -> str:
    return str(row.to) if row.to else ""


def times(row: AlertRow) -> tuple[float | None, ...]:
    """Seconds: pending, firing, received, resolved, and theory for received; None for those that were not observed."""
    drill, notified = row.drill, row.notified
    expected_s = drill.view.drill.expected_s if drill and drill.view.drill.expected_s > 0 else None
    return (
        drill.pending_s if drill else None,
        drill.firing_s if drill else None,
        notified.received_s if notified else None,
        notified.resolved_s if notified else None,
        expected_s,
    )


def row_words(row: AlertRow) -> str:
    """A row in one line."""
    _, _, received_s, resolved_s, expected_s = times(row)
    parts = []
    if received_s is not None:
        share = f" ({received_s / expected_s:.2g} of theory)" if expected_s else ""
        parts.append(f"notified after {seconds(received_s)}{share}")
    if resolved_s is not None:
        parts.append(f"that it resolved after {seconds(resolved_s)}")
    return f"{row.name}: {', '.join(parts) or 'not notified'}; {row.verdict}"
