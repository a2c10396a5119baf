"""Reads objectives from Sloth's SLO specs (https://sloth.dev, ``prometheus/v1``).

Sloth generates recording rules and alerts from such a file; we judge runs by it. What Sloth's format lacks is in the
labels of each SLO: ``promise`` (``sla`` or ``slo``), ``sli`` (``availability``, ``errors`` or ``latency``), ``link``
(``NETWORK/SERVICE:PORT``, where it is measured) and, for latency, ``threshold_s``.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stackproof.documents.validation import invalid_document
from stackproof.documents.yaml_lines import line_of, parse
from stackproof.model import DeclarationError, Link, Location, Objective, Promise, Service, Sli, Stack

_FIX = "docs/verdicts.md shows what an objective looks like"
_DECIMALS = 12  # 99.9 / 100 is 0.9990000000000001 without rounding


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Labels(_Part):
    model_config = ConfigDict(extra="allow", frozen=True)  # other labels of the user are for Prometheus

    promise: Promise
    sli: Sli
    link: str
    threshold_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class _Raw(_Part):
    error_ratio_query: str


class _Events(_Part):
    error_query: str
    total_query: str


class _Plugin(_Part):
    id: str
    options: dict[str, str] = {}


class _Indicator(_Part):
    raw: _Raw | None = None
    events: _Events | None = None
    plugin: _Plugin | None = None


class _Alert(_Part):
    disable: bool = False
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class _Alerting(_Part):
    name: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    page_alert: _Alert = _Alert()
    ticket_alert: _Alert = _Alert()


class _Slo(_Part):
    name: str
    description: str = ""
    objective: Annotated[float, Field(gt=0, lt=100)]  # no number of requests would prove 100 %
    labels: _Labels
    sli: _Indicator
    alerting: _Alerting


class _SlothSpec(_Part):
    version: Literal["prometheus/v1"]
    service: str
    labels: dict[str, str] = {}
    slos: Annotated[list[_Slo], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class _Declared:
    """An SLO of a file, checked against the stack."""

    service: str
    slo: _Slo
    link: Link
    where: Location


def read_objectives(folder: Path, stack: Stack) -> tuple[Objective, ...]:
    """Read every Sloth spec (``*.yaml``, ``*.yml``) of a folder, in the order of file names.

    Args:
        folder: The folder of the specs.
        stack: The stack that they are about.

    Raises:
        DeclarationError: The folder has no spec, or a spec is broken, names a service or link that the stack does not
            have, or declares an objective twice; the error names file and line.
    """
    files = sorted(file for pattern in ("*.yaml", "*.yml") for file in folder.glob(pattern))
    if not files:
        raise DeclarationError(
            "expected a folder of objectives, but it has no *.yaml",
            where=Location(folder),
            fix="write one Sloth spec (version: prometheus/v1) for each service",
        )
    declared = [each for file in files for each in _declared(file, stack)]
    return _distinct(_objective(each, _measured(each.service, declared)) for each in declared)


def _declared(file: Path, stack: Stack) -> list[_Declared]:
    document = parse(file, _text(file))
    spec = _spec(file, document)
    service = _service(spec.service, stack, Location(file, line_of(document, ("service",))))
    declared = []
    for place, slo in enumerate(spec.slos):
        link = _link(slo, service, Location(file, line_of(document, ("slos", place, "labels", "link"))))
        _check_threshold(slo, Location(file, line_of(document, ("slos", place, "labels", "threshold_s"))))
        declared.append(_Declared(spec.service, slo, link, Location(file, line_of(document, ("slos", place)))))
    return declared


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"cannot be read: {error}", where=Location(file)) from None


def _spec(file: Path, document: object) -> _SlothSpec:
    try:
        return _SlothSpec.model_validate(document)
    except ValidationError as error:
        raise invalid_document(error, file, document, _FIX) from None


def _service(name: str, stack: Stack, where: Location) -> Service:
    try:
        return stack.service(name)
    except DeclarationError as error:
        raise DeclarationError(error.message, where=where, fix=error.fix) from None


def _link(slo: _Slo, service: Service, where: Location) -> Link:
    known = {str(link): link for link in _links_to(service)}
    if slo.labels.link not in known:
        raise DeclarationError(
            f"expected a link to {service.name}, saw {slo.labels.link!r}; known: {', '.join(known) or 'none'}",
            where=where,
        )
    return known[slo.labels.link]


def _links_to(service: Service) -> list[Link]:
    """Every link to a service, also without a proxy: a load needs none."""
    return [Link(network, service.name, port) for network in service.networks for port in service.ports]


def _check_threshold(slo: _Slo, where: Location) -> None:
    if slo.labels.sli is Sli.LATENCY and slo.labels.threshold_s is None:
        raise DeclarationError(
            f"expected threshold_s in the labels of {slo.name!r}, because its sli is latency",
            where=where,
            fix='add, say, threshold_s: "0.5"',
        )
    if slo.labels.sli is not Sli.LATENCY and slo.labels.threshold_s is not None:
        raise DeclarationError(
            f"threshold_s belongs to latency, saw it in {slo.name!r}, whose sli is {slo.labels.sli}",
            where=where,
            fix="remove it, or set sli: latency",
        )


def _measured(service: str, declared: Iterable[_Declared]) -> set[Link]:
    return {each.link for each in declared if each.service == service}


def _objective(declared: _Declared, links: set[Link]) -> Objective:
    labels = declared.slo.labels
    name = f"{labels.promise}-{declared.service}-{labels.sli}"
    return Objective(
        id=name if len(links) == 1 else f"{name}-{declared.link.network}",
        promise=labels.promise,
        service=declared.service,
        sli=labels.sli,
        target=round(float(declared.slo.objective) / 100, _DECIMALS),
        threshold_s=labels.threshold_s,
        stream=str(declared.link),
        where=declared.where,
    )


def _distinct(objectives: Iterable[Objective]) -> tuple[Objective, ...]:
    by_id: dict[str, list[Objective]] = defaultdict(list)
    for objective in objectives:
        by_id[objective.id].append(objective)
    for name, same in by_id.items():
        _check_single(name, same)
    return tuple(objective for same in by_id.values() for objective in same)


def _check_single(name: str, same: Sequence[Objective]) -> None:
    if len(same) > 1:
        raise DeclarationError(
            f"objective {name} is declared twice, first at {same[0].where}",
            where=same[1].where,
            fix="keep one; objectives have to differ in promise, service, sli or network",
        )
