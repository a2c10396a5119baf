"""Reads the templates in labels and annotations of rules, as far as can be done without Go.

Source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/ and
https://pkg.go.dev/text/template.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stackproof.model import Location
from stackproof.model.alerting import Rule

_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
_VARIABLE = re.compile(r"\$(\w*)")
_LABEL = re.compile(r"\$labels\.(\w+)")
_LABEL_BY_INDEX = re.compile(r'index\s+\$labels\s+"(\w+)"')
_LABEL_OF_DOT = re.compile(r"(?<![\w)])\.Labels\.(\w+)")
_FIELD = re.compile(r"(?<![\w)\].])\.([a-zA-Z_]\w*)")
_OTHER_DOT = re.compile(r"\{\{-?\s*(range|with|define|block)\b")
_COMMENT = re.compile(r"-?\s*/\*")
_WORD = re.compile(r"(?<![\w.$])[a-zA-Z_]\w*")

_BEGINS = frozenset({"if", "range", "with", "block", "define"})
_WORDS = frozenset(
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
    """A text of a rule with templates in it.

    Attributes:
        part: Where it stands in the rule, as ``annotations.summary``.
        text: The text.
        where: Its line.
    """

    part: str
    text: str
    where: Location

    def actions(self) -> list[str]:
        """What stands between each pair of braces, trimmed; comments left out."""
        found = (each.strip().removeprefix("-").removesuffix("-").strip() for each in _ACTION.findall(self.text))
        return [each for each in found if not _COMMENT.match(each)]

    def labels(self) -> tuple[str, ...]:
        """The labels that it shows of its own alert, each once; those that it first asks for with `if` left out."""
        asked, shown = set(), []
        for action in self.actions():
            names = _LABEL.findall(action) + _LABEL_BY_INDEX.findall(action)
            names += [] if self._moves_dot() else _LABEL_OF_DOT.findall(action)
            if action.split(maxsplit=1)[:1] in (["if"], ["with"], ["else"], ["or"]) or " or " in f" {action} ":
                asked.update(names)
            shown += names
        return tuple(name for name in dict.fromkeys(shown) if name not in asked)

    def broken(self) -> str | None:
        """What keeps Prometheus from reading it; None where nothing does."""
        opened, closed = self.text.count("{{"), self.text.count("}}")
        if opened != closed:
            return f"{{{{ stands {opened} times in it, and }}}} {closed} times"
        declared = set(re.findall(r"\$(\w+)\s*(?:,\s*\$\w+\s*)?:?=", self.text))
        declared |= set(re.findall(r",\s*\$(\w+)\s*:=", self.text))
        for action in self.actions():
            complaint = _complaint(action, declared) or ("" if self._moves_dot() else _strange_field(action))
            if complaint:
                return complaint
        return self._unended()

    def _moves_dot(self) -> bool:
        """True where `.` may be another thing than the alert."""
        return _OTHER_DOT.search(self.text) is not None

    def _unended(self) -> str | None:
        words = [action.split(maxsplit=1)[0] for action in self.actions() if action]
        begun, ended = sum(word in _BEGINS for word in words), words.count("end")
        return None if begun == ended else f"{begun} of if, range and with begin in it, and {ended} end"


def _complaint(action: str, declared: set[str]) -> str | None:
    """What is wrong between a pair of braces."""
    if not action:
        return "there is nothing between {{ and }}"
    plain = _STRING.sub('""', action)
    if plain.count('"') % 2:
        return "a quotation mark is not closed"
    for name in _VARIABLE.findall(plain):
        if name not in _VARIABLES | declared:
            return f"there is no ${name}" + ("; did you mean $labels?" if name in {"label", "Labels"} else "")
    for word in _WORD.findall(plain):
        if word not in _WORDS:
            return f"there is no function {word}" + (f"; did you mean ${word}?" if word in _VARIABLES else "")
    return None


def _strange_field(action: str) -> str | None:
    """A field that a rule's template has not; those of Alertmanager's templates are often tried."""
    for name in _FIELD.findall(_STRING.sub('""', action)):
        if name not in _FIELDS:
            return f"there is no .{name} in a rule's template (those of Alertmanager have others)"
    return None


def templates(rule: Rule) -> Iterator[Template]:
    """Every text of a rule that Prometheus expands."""
    for group, texts in (("labels", rule.labels), ("annotations", rule.annotations)):
        for name, text in texts.items():
            if "{{" in text or "}}" in text:
                part = f"{group}.{name}"
                yield Template(part, text, rule.at(part))
