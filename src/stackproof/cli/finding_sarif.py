"""Prints findings as SARIF 2.1.0, which code review pages show beside the lines.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. The libraries for it lack what is needed here:
sarif-om has not changed since 2019, sarif-pydantic has no list of suppressions, sarif-kit neither these nor pages.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from stackproof.alerts.check_pages import explained, known_ids
from stackproof.alerts.finding import Confidence, Finding, Severity
from stackproof.alerts.sifting.identity import identified, relative_name
from stackproof.alerts.sifting.sift import CheckResult
from stackproof.alerts.sifting.sifted import HiddenBy, HiddenFinding

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_FINGERPRINT = "stackproofIdentity/v1"
_LEVELS: Mapping[Severity, str] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SUPPRESSED: Mapping[HiddenBy, str] = {HiddenBy.COMMENT: "inSource", HiddenBy.BASELINE: "external"}
# What GitHub sorts by: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support
_PRECISION: Mapping[Confidence, str] = {
    Confidence.CERTAIN: "very-high",
    Confidence.LIKELY: "medium",
    Confidence.ADVICE: "low",
}


class _Part(BaseModel):
    """A part of the log; its names are those of the format, in camel case, and what is None is left out."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)


class _Message(_Part):
    text: str
    markdown: str | None = None


class _ArtifactLocation(_Part):
    uri: str
    uri_base_id: str | None = None


class _Region(_Part):
    start_line: int


class _PhysicalLocation(_Part):
    artifact_location: _ArtifactLocation
    region: _Region | None = None


class _Location(_Part):
    physical_location: _PhysicalLocation


class _Suppression(_Part):
    kind: str
    justification: str


class _ResultProperties(_Part):
    confidence: str


class _Result(_Part):
    rule_id: str
    rule_index: int
    level: str
    message: _Message
    locations: tuple[_Location, ...]
    partial_fingerprints: Mapping[str, str]
    suppressions: tuple[_Suppression, ...]
    properties: _ResultProperties


class _Configuration(_Part):
    level: str


class _RuleProperties(_Part):
    precision: str
    tags: tuple[str, ...]


class _Rule(_Part):
    id: str
    short_description: _Message
    full_description: _Message
    help: _Message
    default_configuration: _Configuration
    properties: _RuleProperties


class _Driver(_Part):
    name: str = "stackproof"
    semantic_version: str | None
    rules: tuple[_Rule, ...]


class _Tool(_Part):
    driver: _Driver


class _Notification(_Part):
    level: str
    message: _Message


class _Invocation(_Part):
    execution_successful: bool = True
    tool_execution_notifications: tuple[_Notification, ...]


class _Base(_Part):
    description: _Message


class _Details(_Part):
    id: str = "stackproof alerts check/"


class _Run(_Part):
    tool: _Tool
    automation_details: _Details = _Details()
    original_uri_base_ids: Mapping[str, _Base]
    invocations: tuple[_Invocation, ...]
    column_kind: str = "unicodeCodePoints"
    results: tuple[_Result, ...]


class _Log(_Part):
    schema_: str = Field(default=_SCHEMA, alias="$schema")
    version: str = "2.1.0"
    runs: tuple[_Run, ...]


def sarif_log(result: CheckResult, folder: Path) -> str:
    """The findings as a log, hidden ones as suppressed; those that are in no file as notifications of the tool.

    Args:
        result: The findings.
        folder: The folder to which names of files are relative; it stands for the root of the sources.
    """
    hidden = {each.finding: each for each in result.hidden}
    findings = (*result.counted, *hidden)
    rules = tuple(_rules([each for each in findings if each.where.file != Path()]))
    run = _Run(
        tool=_Tool(driver=_Driver(semantic_version=_version(), rules=rules)),
        original_uri_base_ids={_ROOT: _Base(description=_Message(text="the folder in which the check was run"))},
        invocations=(_Invocation(tool_execution_notifications=tuple(_notifications(findings))),),
        results=tuple(_results(findings, hidden, [rule.id for rule in rules], folder)),
    )
    return _Log(runs=(run,)).model_dump_json(indent=2, exclude_none=True)


def _version() -> str | None:
    try:
        return version("stackproof")
    except PackageNotFoundError:  # a checkout on the path that was never installed
        return None


def _rules(findings: Sequence[Finding]) -> Iterator[_Rule]:
    """A descriptor of each id that was found."""
    for check, first in sorted({each.id: each for each in reversed(findings)}.items()):
        yield _Rule(
            id=check,
            short_description=_Message(text=known_ids()[check].summary),
            full_description=_Message(text=first.why),
            help=_Message(text=explained(check), markdown=explained(check)),
            default_configuration=_Configuration(level=_LEVELS[first.severity]),
            properties=_RuleProperties(precision=_PRECISION[first.confidence], tags=(check.partition("/")[0],)),
        )


def _notifications(findings: Sequence[Finding]) -> Iterator[_Notification]:
    for each in findings:
        if each.where.file == Path():
            yield _Notification(level=_LEVELS[each.severity], message=_message(each))


def _results(
    findings: Sequence[Finding], hidden: Mapping[Finding, HiddenFinding], ids: Sequence[str], folder: Path
) -> Iterator[_Result]:
    places = {check: place for place, check in enumerate(ids)}
    seen: Counter[str] = Counter()
    for finding, identity in identified(findings, folder):
        digest = identity.digest()
        seen[digest] += 1
        yield _Result(
            rule_id=finding.id,
            rule_index=places[finding.id],
            level=_LEVELS[finding.severity],
            message=_message(finding),
            locations=(_location(finding, folder),),
            partial_fingerprints={_FINGERPRINT: f"{digest}:{seen[digest]}"},
            suppressions=tuple(_suppressions(hidden.get(finding))),
            properties=_ResultProperties(confidence=finding.confidence.value),
        )


def _message(finding: Finding) -> _Message:
    return _Message(text=f"{finding.message}\nWhy: {finding.why}\nFix: {finding.fix}")


def _location(finding: Finding, folder: Path) -> _Location:
    name = relative_name(finding.where.file, folder)
    inside = not name.startswith("../")
    artifact = _ArtifactLocation(
        uri=quote(os.fsencode(name)) if inside else finding.where.file.resolve().as_uri(),
        uri_base_id=_ROOT if inside else None,
    )
    region = _Region(start_line=finding.where.line) if finding.where.line else None
    return _Location(physical_location=_PhysicalLocation(artifact_location=artifact, region=region))


def _suppressions(hidden: HiddenFinding | None) -> Iterator[_Suppression]:
    if hidden is not None:
        yield _Suppression(kind=_SUPPRESSED[hidden.by], justification=hidden.reason)
