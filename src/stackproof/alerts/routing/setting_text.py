"""What a short template of a receiver's setting gives for an alert: the severity or priority that a vendor gets.

Only a part of Go's templates is understood: texts, labels, ``if`` with ``eq``, ``ne``, ``not``, ``and`` and ``or``, and
``range`` over the alerts. For everything else, and for labels whose value is unknown, the result is unknown.

Source: https://prometheus.io/docs/alerting/latest/notifications/.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_ACTION = re.compile(r"\{\{(-\s)?\s*(.*?)\s*(\s-)?\}\}", re.DOTALL)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|[()|]|[^\s()|"`]+')
_LABEL = re.compile(r"\$?\.(?:CommonLabels|GroupLabels|Labels)\.([A-Za-z_]\w*)")
_FIRST_LABEL = re.compile(r"\(index \.Alerts(?:\.Firing)? 0\)\.Labels\.([A-Za-z_]\w*)")
_RANGES = frozenset({".Alerts", ".Alerts.Firing", "$.Alerts"})
_FUNCTIONS: dict[str, Callable[[str], str]] = {"toUpper": str.upper, "toLower": str.lower, "title": str.title}
_MAX_LENGTH = 2000
_MAX_NESTING = 20


class UnknownTextError(ValueError):
    """The text is not understood, or depends on what is not known."""


@dataclass(slots=True)
class _Block:
    """A part of a template.

    Attributes:
        keyword: ``if``, ``range``, ``text`` or ``value``.
        words: What the keyword is given, or the text.
        body: What is inside.
        otherwise: What is inside after ``else``.
    """

    keyword: str
    words: str = ""
    body: list["_Block"] = field(default_factory=list)
    otherwise: list["_Block"] | None = None


Values = Callable[[str], str | None]
"""Gives the value of a label, "" if it is absent; None if it is unknown."""


def setting_text(template: str, labels: Values, alerts: int = 1) -> str:
    """The text for a notification of some alerts that fire and all have the same labels.

    Args:
        template: The setting.
        labels: The labels.
        alerts: How many alerts the notification has.

    Raises:
        UnknownTextError: It cannot be told.
    """
    if "{{" not in template:
        return template
    if len(template) > _MAX_LENGTH:
        raise UnknownTextError
    return _Evaluation(labels, alerts).text(_parsed(template), 0)


def _parsed(template: str) -> list[_Block]:
    top: list[_Block] = []
    targets, stack = [top], list[_Block]()
    for block in _blocks(template):
        if block.keyword in {"if", "range"}:
            targets[-1].append(block)
            stack.append(block)
            targets.append(block.body)
        elif block.keyword == "else":
            _begin_else(block, stack, targets)
        elif block.keyword == "end":
            if not stack:
                raise UnknownTextError
            while stack[-1].words.startswith("\0"):  # the ifs of else-ifs end with the first one
                stack.pop()
            stack.pop()
            targets.pop()
        else:
            targets[-1].append(block)
    if stack:
        raise UnknownTextError
    return top


def _begin_else(block: _Block, stack: list[_Block], targets: list[list[_Block]]) -> None:
    if not stack or stack[-1].otherwise is not None:
        raise UnknownTextError
    stack[-1].otherwise = []
    targets[-1] = stack[-1].otherwise
    if block.words:
        inner = _Block("if", "\0" + block.words)
        targets[-1].append(inner)
        stack.append(inner)
        targets[-1] = inner.body


def _blocks(template: str) -> Iterator[_Block]:
    at, trim = 0, False
    for action in _ACTION.finditer(template):
        before = template[at : action.start()]
        before = before.lstrip() if trim else before
        yield _Block("text", before.rstrip() if action[1] else before)
        keyword, _, rest = action[2].partition(" ")
        if keyword == "else" and rest and not rest.strip().startswith("if "):
            raise UnknownTextError
        words = rest.strip().removeprefix("if ") if keyword == "else" else rest.strip()
        known = keyword in {"if", "range", "else", "end"}
        if not action[2].startswith("/*"):
            yield _Block(keyword, words) if known else _Block("value", action[2])
        at, trim = action.end(), bool(action[3])
    rest = template[at:]
    yield _Block("text", rest.lstrip() if trim else rest)


@dataclass(frozen=True, slots=True)
class _Evaluation:
    labels: Values
    alerts: int

    def text(self, blocks: Sequence[_Block], depth: int) -> str:
        if depth > _MAX_NESTING:
            raise UnknownTextError
        return "".join(self._block(block, depth) for block in blocks)

    def _block(self, block: _Block, depth: int) -> str:
        if block.keyword == "text":
            return block.words
        if block.keyword == "value":
            return self._value(block.words)
        if block.keyword == "range":
            if block.words not in _RANGES or block.otherwise is not None:
                raise UnknownTextError
            return self.text(block.body, depth + 1) * self.alerts
        chosen = block.body if self._holds(block.words.removeprefix("\0")) else block.otherwise or []
        return self.text(chosen, depth + 1)

    def _value(self, words: str) -> str:
        first = _FIRST_LABEL.match(words)
        head, *functions = [part.strip() for part in words.split("|")]
        if first is None and " " in head:  # toUpper .CommonLabels.severity
            name, _, head = head.partition(" ")
            functions.insert(0, name)
        value = self._operand(head.strip())
        for name in functions:
            if name not in _FUNCTIONS:
                raise UnknownTextError
            value = _FUNCTIONS[name](value)
        return value

    def _operand(self, word: str) -> str:
        if word == ".Status":
            return "firing"
        if word.startswith(('"', "`")):
            return word[1:-1]
        found = _LABEL.fullmatch(word) or _FIRST_LABEL.fullmatch(word)
        value = self.labels(found[1]) if found else None
        if value is None:
            raise UnknownTextError
        return value

    def _holds(self, words: str) -> bool:
        tokens = _TOKEN.findall(words)
        result, rest = self._condition(tokens)
        if rest:
            raise UnknownTextError
        return result

    def _condition(self, tokens: list[str]) -> tuple[bool, list[str]]:
        """Whether a condition holds, and what follows it."""
        if not tokens:
            raise UnknownTextError
        head, rest = tokens[0], tokens[1:]
        if head in {"eq", "ne"}:
            end = next((place for place, token in enumerate(rest) if token in {")", "("}), len(rest))
            operands = [self._operand(token) for token in rest[:end]]
            if len(operands) < 2:  # noqa: PLR2004 - a comparison has two sides
                raise UnknownTextError
            same = operands[0] in operands[1:]
            return same is (head == "eq"), rest[end:]
        if head in {"and", "or", "not"}:
            return self._combined(head, rest)
        return bool(self._operand(head)), rest

    def _combined(self, word: str, rest: list[str]) -> tuple[bool, list[str]]:
        results = list[bool]()
        while rest and rest[0] != ")":
            if rest[0] == "(":
                result, rest = self._condition(rest[1:])
                if not rest or rest[0] != ")":
                    raise UnknownTextError
                rest = rest[1:]
            else:
                result, rest = bool(self._operand(rest[0])), rest[1:]
            results.append(result)
        if not results:
            raise UnknownTextError
        if word == "not":
            return not results[0], rest
        return (all(results) if word == "and" else any(results)), rest
