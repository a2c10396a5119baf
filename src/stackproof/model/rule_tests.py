"""promtool's unit tests of rules: the parts that we need. All other content is kept unchanged.

Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class AlertClaim(_Part):
    """A claim about an alert at some time.

    Attributes:
        alertname: The alert.
    """

    alertname: str = ""


class ExprClaim(_Part):
    """A claim about the result of an expression at some time.

    Attributes:
        expr: The expression.
    """

    expr: str = ""


class RuleTest(_Part):
    """A test: series, and claims about them.

    Attributes:
        name: Its name.
        alert_rule_test: Claims about alerts.
        promql_expr_test: Claims about expressions.
    """

    name: str = ""
    alert_rule_test: tuple[AlertClaim, ...] = ()
    promql_expr_test: tuple[ExprClaim, ...] = ()


class RuleTests(_Part):
    """The content of a test file.

    Attributes:
        rule_files: File patterns, relative to the test file's folder.
        evaluation_interval: Time between evaluations of the rules, as a Prometheus duration.
        tests: The tests.
    """

    rule_files: tuple[str, ...] = ()
    evaluation_interval: str = "1m"
    tests: tuple[RuleTest, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTestFile:
    """A test file.

    Attributes:
        file: The file.
        content: Its content.
        rule_files: The rule files that its patterns match.
        evaluation_s: Seconds between evaluations of the rules.
    """

    file: Path
    content: RuleTests
    rule_files: tuple[Path, ...]
    evaluation_s: float
