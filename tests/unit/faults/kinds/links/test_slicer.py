import pytest

from stackproof.engine.port import Direction, LinkEffect, SlicingEffect
from stackproof.faults.evidence.client_view import ClientView
from stackproof.faults.kinds.links.slicer import KIND, Slicer
from stackproof.model import FaultError, FaultSpec
from tests.unit.fakes import WEB, FakeStack, small_stack
from tests.unit.faults.client_views import answered, in_chunks, seen

BOTH_WAYS = (Direction.TO_SERVICE, Direction.TO_CLIENT)


def test_both_ways_are_sliced_until_it_is_healed() -> None:
    """Sizes and pause reach both ways; healing twice is fine."""
    engine = FakeStack()
    text = "slicer front/web:80 average_bytes=50 variation_bytes=5 delay_us=2000"
    fault = KIND.check(FaultSpec.parse(text), engine.stack)
    fault.inject(engine)
    kind = SlicingEffect(50, 5, 2000)
    assert engine.links[WEB].effects() == tuple(
        LinkEffect(f"slicer_{direction}", kind, direction) for direction in BOTH_WAYS
    )
    fault.heal(engine)
    fault.heal(engine)
    assert engine.links[WEB].effects() == ()


def test_a_variation_as_large_as_the_average_is_refused() -> None:
    """A piece has a size."""
    with pytest.raises(FaultError, match="expected variation_bytes under average_bytes, 64, saw 64"):
        KIND.check(FaultSpec.parse("slicer front/web:80 variation_bytes=64"), small_stack())


@pytest.mark.parametrize(
    ("over", "beside", "bit"),
    [
        (in_chunks(10, 50), answered(0.002, 500), True),
        (in_chunks(10, 50, 0.02), in_chunks(2, 250, 0.04), True),
        (answered(0.002, 500), answered(0.002, 500), False),
        (in_chunks(10, 50), in_chunks(10, 50), False),
        (in_chunks(2, 250), answered(0.002, 500), False),
        (in_chunks(1, 500), answered(0.002, 500), False),
        (answered(0.002, 20), answered(0.002, 20), False),
    ],
)
def test_it_is_confirmed_where_an_answer_takes_its_pauses(over: ClientView, beside: ClientView, *, bit: bool) -> None:
    """Confirmed: a pause for each 50 bytes over the link alone; not: the service's own pauses, or too few of them."""
    assert Slicer(WEB, 50, 0, 10_000).judge(seen(over, beside)).confirmed is bit
