"""Checks the templates in labels and annotations of rules, as far as that is possible without Go.

Source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/ and
https://pkg.go.dev/text/template.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stackproof.model import Location
from stackproof.model.monitoring import Rule

_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
_VARIABLE = re.compile(r"\$(\w*)")
_LABEL = re.compile(r"\$labels\.(\w+)")
_LABEL_BY_INDEX = re.compile(r'index\s+\$labels\s+"(\w+)"')
_LABEL_OF_DOT = re.compile(r"(?<![\w)])\.Labels\.(\w+)")
_FIELD = re.compile(r"(?<![\w)\].])\.([a-zA-Z_]\w*)")
_OTHER_DOT = re.compile(r"\{\{-?\s*(range|with|define|block)\b")
_COMMENT = re.compile(r"-?\s*/\*")
_IDENTIFIER = re.compile(r"(?<![\w.$])[a-zA-Z_]\w*")

_OPENING = frozenset({"if", "range", "with", "block", "define"})
_FUNCTIONS = frozenset(
    [
        *("if", "else", "end", "range", "with", "block", "define", "template", "break", "continue"),
        *("true", "false", "nil", "and", "call", "html", "index", "slice", "js", "len", "not", "or"),
        *("print", "printf", "println", "urlquery", "eq", "ne", "lt", "le", "gt", "ge"),
        # the functions of Prometheus' template reference
        *("query", "first", "label", "value", "sortByLabel", "strvalue", "args", "tmpl", "safeHtml"),
        *("humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp"),
        *("toTime", "toDuration", "now", "parseDuration", "parseDurationTime"),
        *("title", "toUpper", "toLower", "match", "reReplaceAll", "stripPort", "stripDomain", "urlQueryEscape"),
        *("graphLink", "tableLink", "externalURL", "pathPrefix"),
    ]
)
_FIELDS = frozenset({"Labels", "Value", "ExternalLabels", "ExternalURL"})
_VARIABLES = frozenset({"", "labels", "value", "externalLabels", "externalURL"})


@dataclass(frozen=True, slots=True)
class Template:
    """A text of a rule that contains template actions.

    Attributes:
        part: Its path in the rule, such as ``annotations.summary``.
        text: The text.
        where: Its line.
    """

    part: str
    text: str
    where: Location

    def actions(self) -> list[str]:
        """The text between each pair of braces, trimmed; without comments."""
        found = (each.strip().removeprefix("-").removesuffix("-").strip() for each in _ACTION.findall(self.text))
        return [each for each in found if not _COMMENT.match(each)]

    def labels(self) -> tuple[str, ...]:
        """The labels of its own alert that it shows, each once, without those that it first tests with ``if``."""
        tested, shown = set(), []
        for action in self.actions():
            names = _LABEL.findall(action) + _LABEL_BY_INDEX.findall(action)
            names += [] if self._moves_dot() else _LABEL_OF_DOT.findall(action)
            if action.split(maxsplit=1)[:1] in (["if"], ["with"], ["else"], ["or"]) or " or " in f" {action} ":
                tested.update(names)
            shown += names
        return tuple(name for name in dict.fromkeys(shown) if name not in tested)

    def problem(self) -> str | None:
        """Why Prometheus cannot expand it; None if it can."""
        opened, closed = self.text.count("{{"), self.text.count("}}")
        if opened != closed:
            return f"it has {opened} times {{{{ but {closed} times }}}}"
        declared = set(re.findall(r"\$(\w+)\s*(?:,\s*\$\w+\s*)?:?=", self.text))
        declared |= set(re.findall(r",\s*\$(\w+)\s*:=", self.text))
        for action in self.actions():
            problem = _action_problem(action, declared) or ("" if self._moves_dot() else _unknown_field(action))
            if problem:
                return problem
        return self._unbalanced()

    def _moves_dot(self) -> bool:
        """Whether ``.`` may be something else than the alert."""
        return _OTHER_DOT.search(self.text) is not None

    def _unbalanced(self) -> str | None:
        keywords = [action.split(maxsplit=1)[0] for action in self.actions() if action]
        opened, ended = sum(keyword in _OPENING for keyword in keywords), keywords.count("end")
        return None if opened == ended else f"it opens {opened} times if, range or with, and has {ended} times end"


def _action_problem(action: str, declared: set[str]) -> str | None:
    """What is wrong between a pair of braces."""
    if not action:
        return "nothing stands between {{ and }}"
    plain = _STRING.sub('""', action)
    if plain.count('"') % 2:
        return "a quotation mark is not closed"
    for name in _VARIABLE.findall(plain):
        if name not in _VARIABLES | declared:
            return f"there is no ${name}" + ("; did you mean $labels?" if name in {"label", "Labels"} else "")
    for name in _IDENTIFIER.findall(plain):
        if name not in _FUNCTIONS:
            return f"there is no function {name}" + (f"; did you mean ${name}?" if name in _VARIABLES else "")
    return None


def _unknown_field(action: str) -> str | None:
    """A field that rule templates do not have. People often try those of Alertmanager's templates."""
    for name in _FIELD.findall(_STRING.sub('""', action)):
        if name not in _FIELDS:
            return f"a rule's template has no .{name} (Alertmanager's templates have other fields)"
    return None


def templates(rule: Rule) -> Iterator[Template]:
    """Every text of a rule that Prometheus expands as a template."""
    for group, texts in (("labels", rule.labels), ("annotations", rule.annotations)):
        for name, text in texts.items():
            if "{{" in text or "}}" in text:
                part = f"{group}.{name}"
                yield Template(part, text, rule.at(part))
