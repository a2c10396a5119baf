"""Parses PromQL and durations as Prometheus does, with the reason if it would reject them."""

import re

import promql_parser
from promql_parser import Expr

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

_MAX_NESTING = 200  # Prometheus' own rules have ten levels
_SIGN_RUN = re.compile(rf"[-+\s]{{{_MAX_NESTING},}}")
# https://github.com/prometheus/common/blob/main/model/time.go: units from large to small, each once, whole numbers.
_DURATION = re.compile(r"(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?")


class PromqlSyntaxError(ValueError):
    """A text that is not PromQL; the message says why."""


def parse_expression(expr: str) -> Expr:
    """The syntax tree of an expression.

    Raises:
        PromqlSyntaxError: It is not PromQL, or is nested so deeply that the parser would crash the whole process.
    """
    if _is_nested_too_deeply(expr):
        raise PromqlSyntaxError("it is nested too deeply")
    try:
        tree: Expr = promql_parser.parse(expr)
    except ValueError as error:
        raise PromqlSyntaxError(str(error)) from None
    return tree


def rule_expression_problem(expr: str) -> str | None:
    """Why an expression cannot be a rule's; None if it can."""
    try:
        tree = parse_expression(expr)
    except PromqlSyntaxError as error:
        return str(error)
    if isinstance(tree, promql_parser.StringLiteral | promql_parser.MatrixSelector | promql_parser.SubqueryExpr):
        return "expected a vector or a number, saw a text or a range of samples"
    return None


def duration_s(text: str) -> float | None:
    """Seconds of a duration as Prometheus writes it (``1h30m``, ``500ms``, ``0``); None if it is not a duration."""
    if text == "0":
        return 0.0
    if not text or not _DURATION.fullmatch(text):
        return None
    if not text.strip("0ywdhms"):
        return 0.0  # the parser does not accept a duration of zero
    try:
        return promql_parser.parse_duration(text).total_seconds()
    except (ValueError, OverflowError):
        return None


def _is_nested_too_deeply(expr: str) -> bool:
    return expr.count("(") > _MAX_NESTING or any(
        len(run.strip().replace(" ", "")) > _MAX_NESTING for run in _SIGN_RUN.findall(expr)
    )
