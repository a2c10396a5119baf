"""Whatever can be wrong with a file can be told."""

from pathlib import Path

import pytest

from stackproof.alerts.file_findings import of_problem
from stackproof.model import Location
from stackproof.model.file_problem import FileProblem, ProblemKind


@pytest.mark.parametrize("kind", ProblemKind)
def test_each_problem_is_a_finding(kind: ProblemKind) -> None:
    """With why it matters and how to mend it."""
    finding = of_problem(FileProblem(kind, Location(Path("x")), "message"))
    assert finding.id == kind
    assert finding.why
    assert finding.fix
