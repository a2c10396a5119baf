"""Effects of the port are Toxiproxy's toxics and back, in its own units."""

import pytest
from toxiproxy.toxic import Toxic

from stackproof.engine.port import (
    BandwidthEffect,
    DataLimitEffect,
    Direction,
    EffectKind,
    ForeignEffect,
    LatencyEffect,
    LinkEffect,
    ResetEffect,
    SlicingEffect,
    SlowCloseEffect,
    TimeoutEffect,
)
from stackproof.engine.toxiproxy.effects import effect_of, toxic_of
from stackproof.model import EngineError

TOXICS: list[tuple[EffectKind, str, dict[str, int]]] = [
    (LatencyEffect(1500, 20), "latency", {"latency": 1500, "jitter": 20}),
    (BandwidthEffect(8), "bandwidth", {"rate": 8}),
    (SlowCloseEffect(400), "slow_close", {"delay": 400}),
    (TimeoutEffect(300), "timeout", {"timeout": 300}),
    (SlicingEffect(50, 5, 2000), "slicer", {"average_size": 50, "size_variation": 5, "delay": 2000}),
    (DataLimitEffect(300), "limit_data", {"bytes": 300}),
    (ResetEffect(0), "reset_peer", {"timeout": 0}),
]


@pytest.mark.parametrize(
    ("kind", "type_", "attributes"), TOXICS, ids=lambda each: str(each) if isinstance(each, str) else ""
)
@pytest.mark.parametrize(
    ("direction", "stream"), [(Direction.TO_CLIENT, "downstream"), (Direction.TO_SERVICE, "upstream")]
)
def test_an_effect_is_a_toxic_and_the_same_effect_again(
    kind: EffectKind, type_: str, attributes: dict[str, int], direction: Direction, stream: str
) -> None:
    """Type, stream and attributes are those of Toxiproxy's documentation; the toxic is on every connection."""
    effect = LinkEffect("ours", kind, direction)
    toxic = toxic_of(effect)
    expected = {"name": "ours", "type": type_, "stream": stream, "toxicity": 1.0, "attributes": attributes}
    assert vars(toxic) == expected
    assert effect_of(toxic) == effect


def test_a_toxic_that_is_none_of_ours_is_seen_and_cannot_be_put_back() -> None:
    """Somebody may use Toxiproxy's API by hand: what they put there is shown, and can be removed by its name."""
    foreign = effect_of(Toxic(name="theirs", type="noop", stream="upstream", attributes={"x": 1}))
    assert foreign == LinkEffect("theirs", ForeignEffect("noop {'x': 1}"), Direction.TO_SERVICE)
    assert str(foreign) == "noop {'x': 1}"
    with pytest.raises(EngineError, match="foreign"):
        toxic_of(foreign)
