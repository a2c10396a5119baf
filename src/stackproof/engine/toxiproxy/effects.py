"""The port's effects on links as Toxiproxy's toxics, and back.

Format: https://github.com/Shopify/toxiproxy#toxics. A toxic's attributes are integers in units of its own.
"""

from collections.abc import Mapping

from toxiproxy.toxic import Toxic

from stackproof.engine.port.links import (
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
from stackproof.model.errors import EngineError

_STREAMS = {Direction.TO_CLIENT: "downstream", Direction.TO_SERVICE: "upstream"}
_DIRECTIONS = {stream: direction for direction, stream in _STREAMS.items()}


def toxic_of(effect: LinkEffect) -> Toxic:
    """The toxic that makes an effect. It applies to every connection: its toxicity is 1.

    Raises:
        EngineError: It is a foreign effect.
    """
    kind, attributes = _toxic(effect.kind)
    return Toxic(name=effect.name, type=kind, stream=_STREAMS[effect.direction], toxicity=1.0, attributes=attributes)


def _toxic(kind: EffectKind) -> tuple[str, dict[str, int]]:  # noqa: PLR0911 - one case an effect
    """Its type and its attributes."""
    match kind:
        case LatencyEffect(latency_ms, jitter_ms):
            return "latency", {"latency": latency_ms, "jitter": jitter_ms}
        case BandwidthEffect(rate_kbytes_per_s):
            return "bandwidth", {"rate": rate_kbytes_per_s}
        case SlowCloseEffect(delay_ms):
            return "slow_close", {"delay": delay_ms}
        case TimeoutEffect(timeout_ms):
            return "timeout", {"timeout": timeout_ms}
        case SlicingEffect(average_bytes, variation_bytes, delay_us):
            return "slicer", {"average_size": average_bytes, "size_variation": variation_bytes, "delay": delay_us}
        case DataLimitEffect(limit_bytes):
            return "limit_data", {"bytes": limit_bytes}
        case ResetEffect(delay_ms):
            return "reset_peer", {"timeout": delay_ms}
        case ForeignEffect(description):
            raise EngineError(f"expected an effect that can be put on a link, saw a foreign one: {description}")


def effect_of(toxic: Toxic) -> LinkEffect:
    """The effect that a toxic makes; a foreign one where it is none of ours."""
    direction = _DIRECTIONS[toxic.stream]
    try:
        kind = _kind(toxic.type, toxic.attributes)
    except KeyError:
        kind = ForeignEffect(f"{toxic.type} {dict(toxic.attributes)}")
    return LinkEffect(toxic.name, kind, direction)


def _kind(name: str, attributes: Mapping[str, int]) -> EffectKind:  # noqa: PLR0911 - one case a toxic
    """Raises KeyError where it is none of ours."""
    match name:
        case "latency":
            return LatencyEffect(attributes["latency"], attributes["jitter"])
        case "bandwidth":
            return BandwidthEffect(attributes["rate"])
        case "slow_close":
            return SlowCloseEffect(attributes["delay"])
        case "timeout":
            return TimeoutEffect(attributes["timeout"])
        case "slicer":
            return SlicingEffect(attributes["average_size"], attributes["size_variation"], attributes["delay"])
        case "limit_data":
            return DataLimitEffect(attributes["bytes"])
        case "reset_peer":
            return ResetEffect(attributes["timeout"])
        case _:
            raise KeyError(name)
