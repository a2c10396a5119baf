"""promtool's unit tests of rules, as far as we must understand them; all else in them is kept as it is.

Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class AlertClaim(_Part):
    """A claim on an alert at a time.

    Attributes:
        alertname: The alert.
    """

    alertname: str = ""


class ExprClaim(_Part):
    """A claim on the result of an expression at a time.

    Attributes:
        expr: The expression.
    """

    expr: str = ""


class RuleTest(_Part):
    """A test: series, and what is claimed of them.

    Attributes:
        name: What it is called.
        alert_rule_test: Claims on alerts.
        promql_expr_test: Claims on expressions.
    """

    name: str = ""
    alert_rule_test: tuple[AlertClaim, ...] = ()
    promql_expr_test: tuple[ExprClaim, ...] = ()


class RuleTests(_Part):
    """What a file of tests says.

    Attributes:
        rule_files: Patterns of files, relative to the test's folder.
        evaluation_interval: From one evaluation of the rules to the next, as Prometheus writes durations.
        tests: The tests.
    """

    rule_files: tuple[str, ...] = ()
    evaluation_interval: str = "1m"
    tests: tuple[RuleTest, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTestFile:
    """A file of tests.

    Attributes:
        file: The file.
        content: What it says.
        rule_files: The rule files that its patterns match.
        evaluation_s: Seconds from one evaluation of the rules to the next.
    """

    file: Path
    content: RuleTests
    rule_files: tuple[Path, ...]
    evaluation_s: float
