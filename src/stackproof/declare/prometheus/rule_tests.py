"""Reads promtool's unit tests of rules.

Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML

from stackproof.declare.prometheus.promql import duration_s
from stackproof.documents.lines import line_of, parse
from stackproof.documents.tree import read_text
from stackproof.model import DeclarationError, Location
from stackproof.model.rule_tests import RuleTestFile, RuleTests

_FIX = "write the test as promtool reads it: rule_files, evaluation_interval, tests"


def read_rule_tests(file: Path) -> RuleTestFile:
    """Read a file of tests, and find the rule files that it names.

    Raises:
        DeclarationError: It cannot be read, is no file of tests, or a rule file that it names is not there.
    """
    text = read_text(file)
    document = parse(file, text)
    if not isinstance(document, Mapping):
        raise DeclarationError("expected a file of promtool's tests, saw no map", where=Location(file, 1), fix=_FIX)
    try:
        content = RuleTests.model_validate(YAML(typ="safe").load(text))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DeclarationError(
            f"{place + ': ' if place else ''}{first['msg']}, saw {str(first['input'])[:60]!r}",
            where=Location(file, line_of(document, first["loc"])),
            fix=_FIX,
        ) from None
    where = Location(file, line_of(document, ("rule_files",)))
    if not content.rule_files or not content.tests:
        missing = "rule_files" if not content.rule_files else "tests"
        raise DeclarationError(
            f"expected a file of promtool's tests, saw nothing under {missing}", where=Location(file, 1), fix=_FIX
        )
    evaluation_s = duration_s(content.evaluation_interval)
    if not evaluation_s:
        raise DeclarationError(
            f"expected evaluation_interval to be a duration, saw {content.evaluation_interval!r}",
            where=Location(file, line_of(document, ("evaluation_interval",))),
        )
    return RuleTestFile(file, content, tuple(_named(file.parent, content, where)), evaluation_s)


def _named(folder: Path, content: RuleTests, where: Location) -> Iterator[Path]:
    """Go's patterns are Python's, but for a leading `!` in brackets."""
    for pattern in content.rule_files:
        path = Path(pattern)
        root, relative = (Path(path.anchor), path.relative_to(path.anchor)) if path.is_absolute() else (folder, path)
        found = sorted(root.glob(str(relative)))
        if not found:
            raise DeclarationError(
                f"expected rule_files to name a file, saw none that matches {pattern!r}",
                where=where,
                fix="patterns are relative to the folder of the test",
            )
        yield from found
