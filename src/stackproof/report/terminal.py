"""A judged run as a table for a terminal."""

import io
import shutil
import textwrap
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from stackproof.judge import FaultRecord, ProbeJudgement, RunJudgement, percent, seconds
from stackproof.model import Judgement, ProbeKind, Verdict
from stackproof.report.alert_table import row_words

_STYLES = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.INCONCLUSIVE: "yellow"}
_NUMBERS_WIDTH = 50  # all columns but that of the objectives' names
_LEAST_WIDTH = 60
_REPORTED = "*"
_BLANK = Text()


def table(judgement: RunJudgement, width: int | None = None, *, colour: bool = False) -> str:
    """A judged run: objectives, probes, faults, alerts, and the verdict with its reasons.

    Args:
        judgement: The run.
        width: Columns; the terminal's own if None.
        colour: Whether to use colours.
    """
    columns = max(width or shutil.get_terminal_size().columns, _LEAST_WIDTH)
    text = io.StringIO()
    console = Console(
        file=text,
        width=columns,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(Group(*_parts(judgement, columns)))
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _parts(judgement: RunJudgement, columns: int) -> Iterator[RenderableType]:
    shown = tuple(each for each in judgement.objectives if each.n or each.gates)
    if shown:
        yield _objectives(shown, columns - _NUMBERS_WIDTH)
        yield from _reported(shown)
    if len(shown) < len(judgement.objectives):
        yield Text(
            f"{len(judgement.objectives) - len(shown)} objectives were not measured: no load was put on their links"
        )
    if judgement.probes:
        yield _BLANK
        yield _probes(judgement.probes)
    if judgement.faults:
        yield _BLANK
        yield from map(_fault, judgement.faults)
    if judgement.alerting.rows:
        yield _BLANK
        yield from (Text(row_words(row)) for row in judgement.alerting.rows)
    yield _BLANK
    yield Text.assemble("Verdict: ", (judgement.verdict, _STYLES[judgement.verdict]))
    for reason in judgement.reasons:
        yield _item(reason)


def _item(text: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column()
    grid.add_column(overflow="fold")
    grid.add_row(" -", Text(text))  # as text: the brackets of a test's id are not markup
    return grid


def _objectives(judgements: tuple[Judgement, ...], name_width: int) -> Table:
    shown = _table("objective")
    for name in ("good, %", "95 % bounds", "requests"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("verdict", no_wrap=True)
    for each in judgements:
        shown.add_row(
            "\n".join(textwrap.wrap(each.objective.id, name_width)),
            "-" if each.observed is None else _bare(each.observed),
            f"{_bare(each.lower)}..{_bare(each.upper)}",
            f"{each.n:,}",
            _verdict(each.verdict) if each.gates else _verdict(each.verdict) + Text(f" {_REPORTED}"),
        )
    return shown


def _table(first: str) -> Table:
    shown = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="underline")
    shown.add_column(first, no_wrap=True)
    return shown


def _bare(share: float) -> str:
    return percent(share).removesuffix(" %")


def _verdict(verdict: Verdict) -> Text:
    return Text(verdict, _STYLES[verdict])


def _reported(judgements: tuple[Judgement, ...]) -> Iterator[RenderableType]:
    """What does not decide the run, and why it is not PASS."""
    if not all(each.gates for each in judgements):
        yield Text(f"{_REPORTED} reported, does not decide this run")
    for each in judgements:
        if not each.gates and each.verdict is not Verdict.PASS:
            yield _item(f"{each.objective.id}: {each.reason}")


def _probes(probes: tuple[ProbeJudgement, ...]) -> Table:
    kinds = [kind for kind in ProbeKind if any(probe.kind is kind for probe in probes)]
    shown = _table("probes of")
    for kind in kinds:
        shown.add_column(kind, no_wrap=True)
    by_probe = {(probe.service, probe.kind): probe for probe in probes}
    for service in dict.fromkeys(probe.service for probe in probes):
        shown.add_row(service, *(_probe(by_probe.get((service, kind))) for kind in kinds))
    return shown


def _probe(probe: ProbeJudgement | None) -> Text:
    if probe is None:
        return Text("-")
    return _verdict(probe.verdict) + Text(f" {seconds(probe.worst_s)}")


def _fault(fault: FaultRecord) -> Text:
    shown = "confirmed" if fault.confirmed else "not confirmed"
    healed = "healed" if fault.healed_s is not None else "not healed"
    return Text(f"fault {fault.fault} {shown}: {fault.observed or '-'}; {healed}")
