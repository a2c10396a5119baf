"""A page of metrics, and what it is held to."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stackproof.declare.prometheus.exposition import families_of
from stackproof.judge.expositions import (
    ExpectedGrowth,
    Exposition,
    broken_promises,
    decreases,
    growth,
    new_series,
    wrong_growth,
)
from stackproof.model import Location
from stackproof.model.metric_families import PromisedPage, Series
from stackproof.observe.exporters import fetch_exposition
from stackproof.tools.alert_tools import AlertTool, ToolQuestion, ask_tools


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """What an exporter answered at one moment.

    Attributes:
        text: The page as it was sent.
        families: The same, as Prometheus' own parser reads it.
    """

    text: str
    families: Exposition

    def series(self) -> tuple[Series, ...]:
        """Every series of the page."""
        return tuple(series for family in self.families for series in family.values)

    def broken_promises(self, promised: PromisedPage) -> list[str]:
        """Promised metrics that are missing, or differ in type, labels or help; one sentence each."""
        return list(broken_promises(promised, self.families))

    def fallen_since(self, before: "MetricsPage") -> list[str]:
        """Counters that are lower than before, or gone; the process must be the same. One sentence each."""
        return list(decreases(before.families, self.families))

    def growth_since(self, before: "MetricsPage", series: Series) -> float:
        """How much all series of this name grew together that have at least these labels."""
        return growth(before.families, self.families, series)

    def disagreements_since(self, before: "MetricsPage", counts: Iterable[ExpectedGrowth]) -> list[str]:
        """Series that did not grow by the number that the test counted itself; one sentence each."""
        return list(wrong_growth(before.families, self.families, counts))

    def new_series_since(self, before: "MetricsPage") -> list[str]:
        """Series that did not exist before: where input can create one, it can create any number. One sentence each."""
        return list(new_series(before.families, self.families))


def read_metrics_page(url: str, within_s: float = 5.0) -> MetricsPage:
    """Read an exporter's page of metrics.

    Args:
        url: The whole address, such as ``http://localhost:9100/metrics``.
        within_s: How long to wait, in seconds.

    Raises:
        StackproofError: It did not answer in time, or not with metrics.
        DeclarationError: The page breaks the exposition format; the error names the line.
    """
    text = fetch_exposition(url, within_s=within_s)
    return MetricsPage(text, families_of(text, Location(Path(url))))


def lint_metrics(pages: Mapping[str, MetricsPage]) -> list[str]:
    """What ``promtool check metrics`` finds in pages, as ``NAME: TEXT``.

    Args:
        pages: The pages by a name for each, such as its job.

    Raises:
        EngineError: The tools image is missing, or its container failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, str(number)) for number, name in enumerate(pages)}
        for name, file in files.items():
            file.write_text(pages[name].text, encoding="utf-8")
        answers = ask_tools([ToolQuestion(AlertTool.METRICS, file) for file in files.values()])
    return [f"{name}: {answer.text}" for name, answer in zip(files, answers, strict=True) if not answer.ok]
