"""Reads Prometheus' configuration: what is scraped, how often, and which rules are loaded.

Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/. Its many other keys do not matter
here and are left to ``promtool check config``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_reader import read_tree
from stackproof.documents.yaml_tree import Items, Table, Text, Tree
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem
from stackproof.model.monitoring import ScrapeJob, Scraping

_DEFAULT_INTERVAL_S = 60.0  # of both intervals
_OTHER_SOURCES = ("scrape_config_files", "remote_read", "otlp")


@dataclass(frozen=True, slots=True)
class PrometheusFile:
    """A Prometheus configuration file.

    Attributes:
        scraping: What is scraped.
        problems: Everything that is wrong.
    """

    scraping: Scraping
    problems: tuple[FileProblem, ...]

    def sound(self) -> Scraping:
        """What is scraped, if nothing is wrong.

        Raises:
            DeclarationError: The first problem.
        """
        if self.problems:
            raise self.problems[0].error()
        return self.scraping


def read_scraping(file: Path) -> PrometheusFile:
    """Read a configuration.

    Raises:
        FileProblemError: The file cannot be read, or is not YAML.
    """
    return scraping_of(file, read_tree(file))


def scraping_of(file: Path, tree: Tree) -> PrometheusFile:
    """Read a configuration from the YAML of ``file``."""
    reader = TreeReader(file)
    top = reader.table(tree, "Prometheus' configuration") or Table((), 1)
    common = _part(reader, top, "global")
    interval_s = reader.duration(common.get("scrape_interval"), _DEFAULT_INTERVAL_S)
    jobs = tuple(_job(reader, table) for table in reader.tables(top.get("scrape_configs"), "a scrape configuration"))
    _check_names(reader, jobs)
    scraping = Scraping(
        file=file,
        scrape_interval_s=interval_s,
        evaluation_interval_s=reader.duration(common.get("evaluation_interval"), _DEFAULT_INTERVAL_S),
        jobs=jobs,
        rule_files=_strings(reader, top, "rule_files"),
        external_labels=reader.texts(common.get("external_labels")),
        complete=not any(top.get(key) for key in _OTHER_SOURCES),
    )
    return PrometheusFile(scraping, tuple(reader.problems))


def _part(reader: TreeReader, table: Table, key: str) -> Table:
    entry = table.get(key)
    if entry is None or (isinstance(entry.value, Text) and entry.value.null):
        return Table((), table.line)
    return reader.table(entry.value, key) or Table((), entry.line)


def _strings(reader: TreeReader, table: Table, key: str) -> tuple[str, ...]:
    found = []
    for item in reader.items(table.get(key)):
        if isinstance(item, Text):
            found.append(item.value)
        else:
            reader.wrong(item.line, f"expected {key} to contain texts")
    return tuple(found)


def _check_names(reader: TreeReader, jobs: tuple[ScrapeJob, ...]) -> None:
    first: dict[str, ScrapeJob] = {}
    for job in jobs:
        if job.name in first:
            reader.wrong(
                job.where.line or 1,
                f"the job {job.name!r} is declared twice, first in line {first[job.name].where.line}",
                "give it a unique name: Prometheus rejects the file",
            )
        first.setdefault(job.name, job)


def _job(reader: TreeReader, table: Table) -> ScrapeJob:
    name = reader.text(table.get("job_name"))
    if not name:
        reader.wrong(table.line, "expected a scrape configuration to have a job_name, saw none", "add job_name:")
    targets: list[str] = []
    labels: dict[str, str] = {}
    for static in reader.tables(table.get("static_configs"), "a static configuration"):
        targets += _strings(reader, static, "targets")
        labels.update(reader.texts(static.get("labels")))
    return ScrapeJob(
        name=name,
        targets=tuple(targets),
        labels=labels,
        discovers=any(entry.key.endswith("_sd_configs") for entry in table.entries),
        where=Location(reader.file, table.line),
        scrape_interval_s=reader.duration(table.get("scrape_interval"), 0.0) or None,
        renames=_renames(reader, table, labels),
        metrics_path=reader.text(table.get("metrics_path")) or "/metrics",
    )


def _renames(reader: TreeReader, table: Table, labels: Mapping[str, str]) -> bool:
    """Whether a series of the job can have another ``job`` label, as far as the file shows."""
    honours = reader.text(table.get("honor_labels")) == "true"
    relabelled = any(
        _touches_job(rule)
        for key in ("relabel_configs", "metric_relabel_configs")
        for rule in reader.tables(table.get(key), "a relabelling")
    )
    return honours or relabelled or "job" in labels


def _touches_job(rule: Table) -> bool:
    action, target = rule.get("action"), rule.get("target_label")
    if action is not None and isinstance(action.value, Text) and action.value.value == "labelmap":
        return True
    if target is None:
        return False
    return isinstance(target.value, Items | Table) or target.value.value == "job" or "$" in target.value.value
