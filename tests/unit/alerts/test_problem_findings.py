"""Every kind of file problem becomes a finding."""

from pathlib import Path

import pytest

from stackproof.alerts.file_findings import problem_finding
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, ProblemKind


@pytest.mark.parametrize("kind", ProblemKind)
def test_each_kind_of_problem_becomes_a_finding(kind: ProblemKind) -> None:
    """With the reason why it matters and the way to fix it."""
    finding = problem_finding(FileProblem(kind, Location(Path("x")), "message"))
    assert finding.id == kind
    assert finding.why
    assert finding.fix
