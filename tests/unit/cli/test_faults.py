"""faults: what can be done to a stack."""

import pytest

from stackproof.faults.catalogue import faults
from tests.unit.cli.commands import run

KINDS = [each.kind for each in faults()]


def test_list_shows_every_kind_in_its_family() -> None:
    """A heading for each family, and a line for each kind with its target and what it does."""
    lines = run("faults", "list").out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == KINDS
    assert [line for line in lines if not line.startswith(" ")] == [
        "links:",
        "packets:",
        "processes:",
        "resources:",
        "names and time:",
    ]


def test_list_as_json_has_a_fixed_shape() -> None:
    """Other programs rely on these keys."""
    told = run("faults", "list", "--json").json()
    assert [each["kind"] for each in told] == KINDS
    assert {tuple(each) for each in told} == {("kind", "family", "aim", "summary", "parameters")}
    (latency,) = (each for each in told if each["kind"] == "latency")
    assert "latency_ms" in latency["parameters"]


@pytest.mark.parametrize("kind", KINDS)
def test_show_has_all_that_one_needs_to_inject_it(kind: str) -> None:
    """What it does, its family, its target, and each parameter."""
    done = run("faults", "show", kind)
    assert done.code == 0
    first, *others = done.out.splitlines()
    assert first.startswith(f"{kind}: ")
    assert others[0].startswith("  family: ")
    assert others[1].startswith("  target: ")
    (fault,) = (each for each in faults() if each.kind == kind)
    assert [line.split(":")[0].strip() for line in others[2:]] == [each.name for each in fault.parameters]
