"""What promtool evaluates: many expressions on worlds of series, each answer a set of samples or an error."""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stackproof.tools.promtool import RuleTestCase, run_rule_tests
from tests.engine.meaning_series import RECORDED_AT, RECORDS, STEP_S, TIMES, World

_JOBS = 2
_FAILED = re.compile(
    r'^ +expr: (?P<expr>"(?:\\.|[^"\\])*"), time: (?P<time>\w+),'
    r"(?: err: (?P<error>.*)|\s+exp: .*\n\s+got: ?(?P<got>.*))",
    re.MULTILINE,
)
_SAMPLE = re.compile(r"\{(?P<labels>[^}]*)\} (?P<value>[-+\w.]+)(?:, |$)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
# Promtool says what it got only of a test that fails, so each test expects what no expression gives.
_UNEXPECTED = [{"labels": "no_expression_gives_this", "value": 0}]


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of a result.

    Attributes:
        labels: Its labels, with ``__name__``.
        value: Its value.
    """

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of an expression in a world at a time.

    Attributes:
        samples: Its samples.
        error: Why it could not be evaluated; "" if it was.
    """

    samples: tuple[Sample, ...]
    error: str = ""

    def is_like(self, other: "Answer") -> bool:
        """Whether both have the same series, with the same values but for the order in which floats were added up."""
        mine, theirs = ({frozenset(each.labels.items()): each.value for each in side.samples} for side in (self, other))
        return mine.keys() == theirs.keys() and all(_is_close(value, theirs[series]) for series, value in mine.items())


def _is_close(mine: float, theirs: float) -> bool:
    return math.isclose(mine, theirs, rel_tol=1e-6, abs_tol=1e-6) or (math.isnan(mine) and math.isnan(theirs))


Answers = Mapping[str, Answer]
"""Answers by expression, in one world at one time."""


def answers(worlds: Sequence[World], expressions: Iterable[str]) -> list[tuple[World, Answers]]:
    """The answers of promtool, for each world and time.

    Raises:
        EngineError: The container could not be run.
    """
    listed = sorted(set(expressions))
    cases = [_case(f"world{number}", world, listed) for number, world in enumerate(worlds)]
    said = run_rule_tests(cases, _JOBS)
    found = []
    for world, case in zip(worlds, cases, strict=True):
        (text,) = said[case.name]
        found += [(world, each) for each in _read(text, listed)]
    return found


def _case(name: str, world: World, expressions: list[str]) -> RuleTestCase:
    rules = [{"record": record, "expr": expr, "labels": labels} for record, expr, labels in RECORDS]
    group = {
        "interval": f"{STEP_S}s",
        "input_series": [{"series": series, "values": values} for series, values in world.series.items()],
        "promql_expr_test": [
            {"expr": expr, "eval_time": time, "exp_samples": _UNEXPECTED} for time in TIMES for expr in expressions
        ],
    }
    test = {"rule_files": ["rules.yaml"], "evaluation_interval": RECORDED_AT, "tests": [group]}
    rule_file = {"groups": [{"name": "recorded", "rules": rules}]}
    return RuleTestCase(name, {"rules.yaml": json.dumps(rule_file), "test.yaml": json.dumps(test)}, ("test.yaml",))


def _read(text: str, expressions: list[str]) -> list[Answers]:
    """The answers at each time; promtool gives them in the order of the tests."""
    found = [(json.loads(each["expr"]), _answer(each)) for each in _FAILED.finditer(text)]
    assert [expr for expr, _ in found] == expressions * len(TIMES), text[:2000]
    return [dict(found[at * len(expressions) : (at + 1) * len(expressions)]) for at in range(len(TIMES))]


def _answer(found: re.Match[str]) -> Answer:
    if found["error"] is not None:
        return Answer((), found["error"])
    got = found["got"]
    if got == "nil":
        return Answer(())
    samples = tuple(
        Sample(dict(_LABEL.findall(each["labels"])), float(each["value"])) for each in _SAMPLE.finditer(got)
    )
    assert samples, got
    return Answer(samples)
