"""Numbers as people read them, the same in reasons, tables and plots."""

_DECIMALS = 4


def percent(share: float) -> str:
    """A share between 0 and 1 in per cent: 0.9995 is ``99.95 %``."""
    return f"{share * 100:.{_DECIMALS}f}".rstrip("0").rstrip(".") + " %"


def seconds(value_s: float) -> str:
    """A time with three significant digits: 0.0123456 is ``0.0123 s``."""
    return f"{value_s:.3g} s"
