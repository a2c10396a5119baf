"""Guards the PromQL parser, which ends the whole process where an expression is nested some thousand levels deep."""

import re

_MOST_LEVELS = 200  # Prometheus' own rules have ten
_SIGNS = re.compile(rf"[-+\s]{{{_MOST_LEVELS},}}")


def is_too_deep(expr: str) -> bool:
    """Whether an expression could be nested so deep that it cannot be read; what no person writes."""
    return expr.count("(") > _MOST_LEVELS or any(
        len(run.strip().replace(" ", "")) > _MOST_LEVELS for run in _SIGNS.findall(expr)
    )
