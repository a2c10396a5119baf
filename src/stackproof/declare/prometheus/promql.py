"""PromQL and durations as Prometheus reads them, with what is wrong in words."""

import re

import promql_parser

from stackproof.model.promql_depth import is_too_deep

# Prometheus 2 has it; Prometheus 3 calls it double_exponential_smoothing
# (https://prometheus.io/docs/prometheus/latest/migration/), and so does the parser.
promql_parser.register_extra_functions(
    [
        promql_parser.Function(
            "holt_winters",
            [promql_parser.ValueType.Matrix, promql_parser.ValueType.Scalar, promql_parser.ValueType.Scalar],
            promql_parser.ValueType.Vector,
        )
    ]
)

# https://github.com/prometheus/common/blob/main/model/time.go: units from large to small, each once, whole numbers.
_DURATION = re.compile(r"(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?")


def complaint_of(expr: str) -> str | None:
    """What is wrong with a PromQL expression as a rule's; None where nothing is."""
    if is_too_deep(expr):
        return "it is nested too deep to be read"
    try:
        tree = promql_parser.parse(expr)
    except ValueError as error:
        return str(error)
    if isinstance(tree, promql_parser.StringLiteral | promql_parser.MatrixSelector | promql_parser.SubqueryExpr):
        return "expected a vector or a number, saw a text or a range of samples"
    return None


def duration_s(text: str) -> float | None:
    """Seconds of a duration as Prometheus writes it (``1h30m``, ``500ms``, ``0``); None where it is none."""
    if text == "0":
        return 0.0
    if not text or not _DURATION.fullmatch(text):
        return None
    if not text.strip("0ywdhms"):
        return 0.0  # the parser takes no duration of nothing
    try:
        return promql_parser.parse_duration(text).total_seconds()
    except (ValueError, OverflowError):
        return None
