"""Reads promtool's unit tests of rules.

Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML

from stackproof.declare.prometheus.syntax import duration_s
from stackproof.documents.text_files import read_text
from stackproof.documents.validation import invalid_document
from stackproof.documents.yaml_lines import line_of, parse
from stackproof.model import DeclarationError, Location
from stackproof.model.rule_tests import RuleTestFile, RuleTests

_FIX = "write the test as promtool reads it: rule_files, evaluation_interval, tests"


def read_rule_tests(file: Path) -> RuleTestFile:
    """Read a test file, and find the rule files that it names.

    Raises:
        DeclarationError: It cannot be read, is not a test file, or names a rule file that does not exist.
    """
    text = read_text(file)
    document = parse(file, text)
    if not isinstance(document, Mapping):
        raise DeclarationError("expected a promtool test file (a map)", where=Location(file, 1), fix=_FIX)
    try:
        content = RuleTests.model_validate(YAML(typ="safe").load(text))
    except ValidationError as error:
        raise invalid_document(error, file, document, _FIX) from None
    where = Location(file, line_of(document, ("rule_files",)))
    if not content.rule_files or not content.tests:
        missing = "rule_files" if not content.rule_files else "tests"
        raise DeclarationError(
            f"expected a promtool test file, saw nothing under {missing}", where=Location(file, 1), fix=_FIX
        )
    evaluation_s = duration_s(content.evaluation_interval)
    if not evaluation_s:
        raise DeclarationError(
            f"expected evaluation_interval to be a duration, saw {content.evaluation_interval!r}",
            where=Location(file, line_of(document, ("evaluation_interval",))),
        )
    return RuleTestFile(file, content, tuple(_named(file.parent, content, where)), evaluation_s)


def _named(folder: Path, content: RuleTests, where: Location) -> Iterator[Path]:
    """The named files. Go's glob patterns equal Python's except for a leading ``!`` in brackets."""
    for pattern in content.rule_files:
        path = Path(pattern)
        root, relative = (Path(path.anchor), path.relative_to(path.anchor)) if path.is_absolute() else (folder, path)
        found = sorted(root.glob(str(relative)))
        if not found:
            raise DeclarationError(
                f"expected rule_files to name a file, but none matches {pattern!r}",
                where=where,
                fix="patterns are relative to the folder of the test",
            )
        yield from found
