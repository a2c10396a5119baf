"""A baseline: the findings of one day, so that a large repository can begin with those that are new.

It is JSON with one finding a line, sorted, so that its changes can be read and merged.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stackproof.alerts.finding import Finding
from stackproof.alerts.sifting.identity import Identity, identified, relative_name
from stackproof.alerts.sifting.sifted import HiddenBy, HiddenFinding, SiftedFindings, Sought
from stackproof.documents.text_files import read_text
from stackproof.model import DeclarationError, Location
from stackproof.model.file_problem import FileProblemError

_FORMAT = "stackproof-baseline"
_VERSION = 1
_REWRITE = "write it again with --write-baseline"


class _Entry(BaseModel):
    """A finding in a baseline, as often as it is there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    check: str
    message: str
    count: int = Field(default=1, ge=1)


class _Document(BaseModel):
    """The content of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str
    version: Literal[1]
    findings: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings of one day.

    Attributes:
        file: Its file.
        counts: How often each finding was there.
    """

    file: Path
    counts: Mapping[Identity, int]


@dataclass(frozen=True, slots=True)
class SiftedByBaseline:
    """Findings after a baseline.

    Attributes:
        findings: Those that are new, and those that are hidden.
        fixed: How many findings of the baseline are known to be gone.
    """

    findings: SiftedFindings
    fixed: int


def written_baseline(findings: Iterable[Finding], file: Path) -> Baseline:
    """Write a baseline. A finding that is in no file, such as an exporter without an answer, is left out.

    Raises:
        DeclarationError: There is a file of another kind, which is kept.
        OSError: The file cannot be written.
    """
    if file.exists() and file.read_bytes().strip() and _FORMAT.encode() not in file.read_bytes():
        raise DeclarationError("is no baseline, and is kept", where=Location(file), fix="name another file to write")
    baseline = Baseline(file, Counter(each for _, each in identified(findings, file.parent)))
    lines = ",\n".join(
        json.dumps({"file": each.file, "check": each.check, "message": each.message, "count": count})
        for each, count in sorted(baseline.counts.items())
    )
    head = f'{{"format": "{_FORMAT}", "version": {_VERSION}, "findings": ['
    file.write_text(f"{head}\n{lines}\n]}}\n", encoding="utf-8")
    return baseline


def read_baseline(file: Path) -> Baseline:
    """Read a baseline.

    Raises:
        DeclarationError: It cannot be read, is no baseline, or was written by a later version.
    """
    try:
        document = json.loads(read_text(file))
    except FileProblemError as error:
        fix = "correct its path, or write one with --write-baseline"
        raise DeclarationError(f"the baseline {error.message}", where=Location(file), fix=fix) from None
    except json.JSONDecodeError as error:
        fix = f"resolve the conflict of a merge, if there is one, or {_REWRITE}"
        raise DeclarationError(f"no JSON: {error.msg}", where=Location(file, error.lineno), fix=fix) from None
    except (ValueError, RecursionError) as error:
        raise DeclarationError(f"no baseline: {error}", where=Location(file), fix=_REWRITE) from None
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise DeclarationError(f'no baseline: expected "format": "{_FORMAT}"', where=Location(file), fix=_REWRITE)
    version = document.get("version")
    if isinstance(version, int) and version > _VERSION:
        message = f"a baseline of version {version}, which is later than {_VERSION}"
        raise DeclarationError(message, where=Location(file), fix=f"update stackproof, or {_REWRITE}")
    return Baseline(file, _counts(_checked(document, file).findings))


def _checked(document: object, file: Path) -> _Document:
    try:
        return _Document.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(map(str, first["loc"]))
        raise DeclarationError(f"{path}: {first['msg']}", where=Location(file), fix=_REWRITE) from None


def _counts(entries: Iterable[_Entry]) -> Mapping[Identity, int]:
    """How often each finding was there; a merge may have kept the same line of both sides."""
    counts: dict[Identity, int] = {}
    for entry in entries:
        identity = Identity(entry.file, entry.check, entry.message)
        counts[identity] = max(entry.count, counts.get(identity, 0))
    return counts


def without_known(findings: Sequence[Finding], baseline: Baseline, sought: Sought) -> SiftedByBaseline:
    """Hide what a baseline has, each finding as often as it was there.

    Args:
        findings: The findings.
        baseline: The baseline.
        sought: What was looked for; only of this it is said that it is gone.
    """
    folder = baseline.file.parent
    left, hidden = Counter(baseline.counts), []
    for finding, identity in identified(findings, folder):
        if left[identity] > 0:
            left[identity] -= 1
            hidden.append(HiddenFinding(finding, HiddenBy.BASELINE, f"known to {baseline.file.name}"))
    known = {each.finding for each in hidden}
    names = {relative_name(file, folder): file for file in sought.files}
    return SiftedByBaseline(
        SiftedFindings(tuple(each for each in findings if each not in known), tuple(hidden)),
        sum(count for each, count in left.items() if count > 0 and _is_gone(each, folder, names, sought)),
    )


def _is_gone(identity: Identity, folder: Path, names: Mapping[str, Path], sought: Sought) -> bool:
    """Whether a finding that was not found was looked for, or whether its file is gone."""
    file = names.get(identity.file)
    return sought.covers(identity.check, file) if file else not (folder / identity.file).exists()
