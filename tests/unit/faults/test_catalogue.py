from pathlib import Path

import pytest

from stackproof.faults.catalogue import check, family_of, fault, faults
from stackproof.faults.fault_kind import FaultKind
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import small_stack
from tests.unit.faults.examples import example, page

ROOT = Path(__file__).parents[3]
KINDS = ROOT / "tests" / "unit" / "faults" / "kinds"

by_kind = pytest.mark.parametrize("each", faults(), ids=lambda each: each.kind)


def test_every_kind_is_listed_once() -> None:
    """And found by its name."""
    kinds = [each.kind for each in faults()]
    assert len(kinds) == len(set(kinds))
    assert all(fault(kind).kind == kind for kind in kinds)


def test_an_unknown_kind_lists_the_known_ones_and_the_closest() -> None:
    """The error for a typo suggests what was meant."""
    with pytest.raises(FaultError, match=r"no fault 'latncy'; known: bandwidth, .*\n  fix: did you mean 'latency'\?"):
        fault("latncy")


def test_a_kind_like_no_other_gets_no_suggestion() -> None:
    """If none is close, none is suggested."""
    with pytest.raises(FaultError) as refused:
        fault("zzz")
    assert refused.value.fix is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("latency front/nobody:80 latency_ms=5", "no link 'front/nobody:80'.*known: front/web:80"),
        ("latency front/web:81 latency_ms=5", "known: front/web:80, front/web:443"),
        ("latency web latency_ms=5", "expected a link as NETWORK/SERVICE:PORT, saw 'web'"),
        ("down front/web:80 hard=1", "fault 'down' has no parameter 'hard'; it has: none"),
        ("kill nobody", "no service 'nobody'.*it has: store, tool, web"),
        ("freeze front/web:80", "no service 'front/web:80'"),
        ("kill tool", "'tool' is started on demand"),
    ],
)
def test_a_wrong_target_is_refused_with_the_known_ones(text: str, message: str) -> None:
    """An error lists the known links, services or parameters."""
    with pytest.raises(FaultError, match=message):
        check(FaultSpec.parse(text), small_stack())


@by_kind
def test_every_fault_has_its_page(each: FaultKind) -> None:
    """A fault's page in docs/faults has its kind, and each of its parameters with its bounds."""
    text = page(each.kind)
    assert text.startswith(f"# {each.kind}\n")
    for parameter in each.parameters:
        assert f"| `{parameter.name}` | {parameter.expected} | {parameter.meaning} |" in text


@by_kind
def test_the_example_on_its_page_works(each: FaultKind) -> None:
    """What a page shows can be pasted."""
    assert example(each.kind).kind == each.kind
    check(example(each.kind), small_stack())


@by_kind
def test_every_fault_has_its_tests(each: FaultKind) -> None:
    """A kind has a test file of its own."""
    assert (KINDS / family_of(each.kind).replace(" ", "_") / f"test_{each.kind}.py").is_file()
