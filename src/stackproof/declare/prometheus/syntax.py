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

_MAX_CHARACTERS = 50_000
_MAX_NESTING = 200  # Prometheus' own rules have ten levels
_MAX_OPERATORS = 500  # the parser copies each side: a chain of n takes n * n
_TEXTS = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`|#[^\n]*')
_SIGN_RUN = re.compile(rf"[-+\s]{{{_MAX_NESTING},}}")
_OPERATOR = re.compile(r"[-+*/%^<>]|[!=]=|\b(?:and|or|unless|atan2)\b")
# What Prometheus reads since version 3.4, behind flags: https://github.com/prometheus/prometheus/blob/main/CHANGELOG.md.
_NEWER = (
    (re.compile(r"\b(anchored|smoothed)\b"), "the modifiers anchored and smoothed"),
    (re.compile(r"<\s*/|>\s*/"), "the operators </ and >/ of native histograms"),
    (re.compile(r"\[[^][*/%^()+-]*+[*/%^()+-][^][]*+\]|\boffset\s*-?\s*\("), "durations that are computed"),
    (re.compile(r"\b\d+_\d"), "numbers with underscores"),
)
# https://github.com/prometheus/common/blob/main/model/time.go: units from large to small, each once, whole numbers.
_DURATION = re.compile(r"(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?")


class PromqlSyntaxError(ValueError):
    """A text that is not PromQL; the message says why."""


class PromqlNotReadError(PromqlSyntaxError):
    """A text that Prometheus may read, but that is newer or larger than what is read here."""


def parse_expression(expr: str) -> Expr:
    """The syntax tree of an expression.

    Raises:
        PromqlNotReadError: It is so large that the parser would take all memory or crash the whole process, or it uses
            what only newer versions of Prometheus know.
        PromqlSyntaxError: It is not PromQL.
    """
    bound = _exceeded_bound(expr)
    if bound:
        raise PromqlNotReadError(bound)
    try:
        tree: Expr = promql_parser.parse(expr)
    except ValueError as error:
        newer = _newer_part(expr)
        if newer:
            raise PromqlNotReadError(f"stackproof does not read {newer} yet") from None
        raise PromqlSyntaxError(str(error)) from None
    return tree


def _newer_part(expr: str) -> str:
    """What an expression has of newer PromQL; "" if it has nothing of it."""
    code = _TEXTS.sub('""', expr)
    return next((name for pattern, name in _NEWER if pattern.search(code)), "")


def rule_expression_problem(expr: str) -> PromqlSyntaxError | None:
    """Why an expression cannot be a rule's, or is not read; None if it can."""
    try:
        tree = parse_expression(expr)
    except PromqlSyntaxError as error:
        return error
    if isinstance(tree, promql_parser.StringLiteral | promql_parser.MatrixSelector | promql_parser.SubqueryExpr):
        return PromqlSyntaxError("expected a vector or a number, saw a text or a range of samples")
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


def _exceeded_bound(expr: str) -> str:
    """Why an expression is too large to be read; "" if it is not."""
    if len(expr) > _MAX_CHARACTERS:
        return f"it has {len(expr):,} characters, and more than {_MAX_CHARACTERS:,} are not read"
    code = _TEXTS.sub('""', expr)
    if _depth(code) > _MAX_NESTING or any(
        len(run.strip().replace(" ", "")) > _MAX_NESTING for run in _SIGN_RUN.findall(code)
    ):
        return f"it is nested more than {_MAX_NESTING} levels deep, which is not read"
    operators = sum(1 for _ in _OPERATOR.finditer(code))
    if operators > _MAX_OPERATORS:
        return f"it has {operators:,} operators, and more than {_MAX_OPERATORS:,} are not read"
    return ""


def _depth(code: str) -> int:
    """How deep parentheses are nested."""
    depth = deepest = 0
    for character in code if code.count("(") > _MAX_NESTING else "":
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest
