"""Parses Go templates as ``text/template/parse`` does.

No library for Python fits: the grammars for tree-sitter do not keep the rules of spaces and trimming, and gopygo is not
maintained. The grammar is small, and a wrong reading would be a wrong finding.

Source: https://github.com/golang/go/blob/master/src/text/template/parse/lex.go and parse.go.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from stackproof.alerts.templates.nodes import (
    Action,
    Branch,
    BranchKind,
    Command,
    Node,
    Nodes,
    Operand,
    OperandKind,
    Parsed,
    Pipeline,
    TemplateCall,
    Text,
)

_MAX_NESTING = 100
_OPEN = re.compile(r"\{\{(-\s)?")
_COMMENT = re.compile(r"\{\{(?:-\s)?/\*.*?\*/(?:\s-)?\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>"(?:\\.|[^"\\\n])*"|`[^`]*`)
    |(?P<char>'(?:\\.|[^'\\\n])+')
    |(?P<number>[+-]?(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?)i?)
    |(?P<variable>\$\w*)
    |(?P<field>\.[^\W\d]\w*)
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>:=|[=|(),.])""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"if", "with", "range", "end", "else", "define", "block", "template", "break", "continue"})
_ESCAPES = re.compile(r"\\(.)", re.DOTALL)


class TemplateSyntaxError(ValueError):
    """A text that Go does not parse.

    Args:
        message: Why.
        offset: Where in the text.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class _Braces:
    """What stands between a pair of braces.

    Attributes:
        tokens: Its tokens, without spaces at its ends.
        offset: Where the opening braces begin.
        end: Where the closing braces end.
    """

    tokens: tuple[_Token, ...]
    offset: int
    end: int

    @property
    def keyword(self) -> str:
        """Its first word, if that is a keyword."""
        first = self.tokens[0] if self.tokens else None
        return first.text if first and first.kind == "name" and first.text in _KEYWORDS else ""


def parse_template(text: str) -> Parsed:
    """Parse a template.

    Raises:
        TemplateSyntaxError: Go rejects it, or it is nested too deeply.
    """
    reader = _Reader(list(_pieces(text)))
    nodes, ended_by = reader.nodes(0)
    if ended_by is not None:
        raise TemplateSyntaxError(f"there is an {ended_by.keyword} without if, range or with", ended_by.offset)
    return Parsed(nodes, reader.defined)


# Texts and braces


def _pieces(text: str) -> Iterator[Text | _Braces]:
    position = 0
    trim = False
    while position < len(text):
        opening = _OPEN.search(text, position)
        end = opening.start() if opening else len(text)
        between = text[position:end]
        offset = position
        if trim:
            stripped = between.lstrip(" \t\r\n")
            offset, between = offset + len(between) - len(stripped), stripped
        if opening and opening[1]:
            between = between.rstrip(" \t\r\n")
        if between:
            yield Text(between, offset)
        if opening is None:
            return
        comment = _COMMENT.match(text, end)
        if comment:
            position, trim = comment.end(), comment[0].endswith(" -}}")
            continue
        braces, trim = _braces(text, opening)
        position = braces.end
        yield braces


def _braces(text: str, opening: re.Match[str]) -> tuple[_Braces, bool]:
    """The tokens up to the closing braces, and whether these trim the text behind them."""
    tokens: list[_Token] = []
    position = opening.end()
    if text.startswith("/*", position):
        raise TemplateSyntaxError("a comment is not closed", opening.start())
    while True:
        closing = re.compile(r"(\s-)?\}\}").match(text, position)
        if closing:
            listed = tuple(tokens)
            if not any(each.kind != "space" for each in listed):
                raise TemplateSyntaxError("nothing stands between {{ and }}", opening.start())
            return _Braces(_trimmed(listed), opening.start(), closing.end()), closing[1] is not None
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise TemplateSyntaxError(_unexpected(text, position), min(position, len(text) - 1))
        tokens.append(_Token(found.lastgroup, found[0], position))
        position = found.end()


def _trimmed(tokens: tuple[_Token, ...]) -> tuple[_Token, ...]:
    first, last = 0, len(tokens)
    while tokens[first].kind == "space":
        first += 1
    while tokens[last - 1].kind == "space":
        last -= 1
    return tokens[first:last]


def _unexpected(text: str, position: int) -> str:
    if position >= len(text):
        return "{{ is not closed by }}"
    if text[position] in "\"'`":
        return "a quotation mark is not closed"
    return f"{text[position]!r} is not expected between {{{{ and }}}}"


# Nodes


@dataclass(slots=True)
class _Reader:
    """Reads nodes from pieces.

    Attributes:
        pieces: Texts and braces, in order.
        at: The index of the next piece.
        defined: The templates that were defined so far.
    """

    pieces: list[Text | _Braces]
    at: int = 0
    defined: dict[str, Nodes] = field(default_factory=dict)

    def nodes(self, depth: int) -> tuple[Nodes, _Braces | None]:
        """The nodes up to ``end`` or ``else``, and those braces; None at the end of the text."""
        found: list[Node] = []
        while self.at < len(self.pieces):
            piece = self.pieces[self.at]
            self.at += 1
            if isinstance(piece, Text):
                found.append(piece)
                continue
            if piece.keyword in {"end", "else"}:
                return tuple(found), piece
            if depth > _MAX_NESTING:
                raise TemplateSyntaxError("it is nested too deeply", piece.offset)
            found += self._node(piece, depth)
        return tuple(found), None

    def _node(self, piece: _Braces, depth: int) -> Iterator[Node]:
        keyword = piece.keyword
        if keyword in {"break", "continue"}:
            return
        if keyword in {"if", "with", "range"}:
            yield self._branch(BranchKind(keyword), piece, 1, depth)
        elif keyword in {"define", "block"}:
            yield from self._definition(piece, depth)
        elif keyword == "template":
            yield _call(piece)
        else:
            yield Action(_pipeline(piece.tokens, piece.offset), piece.end)

    def _branch(self, kind: BranchKind, piece: _Braces, skip: int, depth: int) -> Branch:
        tokens = _without(piece, skip)
        if not tokens:
            raise TemplateSyntaxError(f"missing value for {kind}", piece.offset)
        pipeline = _pipeline(tokens, piece.offset)
        body, ended_by = self.nodes(depth + 1)
        otherwise: Nodes = ()
        if ended_by is not None and ended_by.keyword == "else":
            following = [each.text for each in ended_by.tokens if each.kind != "space"]
            if len(following) > 1 and following[1] in {"if", "with"}:
                return Branch(kind, pipeline, body, (self._branch(BranchKind(following[1]), ended_by, 2, depth + 1),))
            otherwise, ended_by = self.nodes(depth + 1)
        if ended_by is None or ended_by.keyword != "end":
            raise TemplateSyntaxError(f"{kind} is not closed by end", piece.offset)
        return Branch(kind, pipeline, body, otherwise)

    def _definition(self, piece: _Braces, depth: int) -> Iterator[Node]:
        tokens = _without(piece, 1)
        if not tokens or tokens[0].kind != "text":
            raise TemplateSyntaxError(f"expected a name in quotes after {piece.keyword}", piece.offset)
        name = _value(tokens[0].text)
        body, ended_by = self.nodes(depth + 1)
        if ended_by is None or ended_by.keyword != "end":
            raise TemplateSyntaxError(f"{piece.keyword} {name!r} is not closed by end", piece.offset)
        self.defined[name] = body
        if piece.keyword == "block":
            rest = _strip(tokens[1:])
            yield TemplateCall(name, piece.offset, _pipeline(rest, piece.offset) if rest else None)


def _call(piece: _Braces) -> TemplateCall:
    tokens = _without(piece, 1)
    if not tokens or tokens[0].kind != "text":
        raise TemplateSyntaxError("expected a name in quotes after template", piece.offset)
    rest = _strip(tokens[1:])
    return TemplateCall(_value(tokens[0].text), piece.offset, _pipeline(rest, piece.offset) if rest else None)


def _without(piece: _Braces, words: int) -> tuple[_Token, ...]:
    """The tokens behind the first words."""
    tokens = piece.tokens
    for _ in range(words):
        tokens = _strip(tokens[1:])
    return tokens


def _strip(tokens: tuple[_Token, ...]) -> tuple[_Token, ...]:
    return tokens[1:] if tokens and tokens[0].kind == "space" else tokens


# Pipelines


def _pipeline(tokens: tuple[_Token, ...], offset: int) -> Pipeline:
    stream = _Stream([each for each in _joined(tokens) if each.kind != "space"], offset)
    variables, declares = _declared(stream)
    pipeline = stream.pipeline(0)
    if stream.peek() is not None:
        raise TemplateSyntaxError(
            f"{stream.tokens[stream.at].text!r} is not expected here", stream.tokens[stream.at].offset
        )
    return Pipeline(offset, pipeline.commands, variables, declares)


def _joined(tokens: tuple[_Token, ...]) -> Iterator[_Token]:
    """The tokens; a field that follows without a space (``$x.A``, ``).A``) becomes a part of what it follows."""
    before = ""
    for token in tokens:
        attached = token.kind == "field" and before in {"variable", "field", "attached", ")"}
        yield _Token("attached", token.text, token.offset) if attached else token
        before = "attached" if attached else token.text if token.kind == "sign" else token.kind


def _declared(stream: "_Stream") -> tuple[tuple[str, ...], bool]:
    """The variables before ``:=`` or ``=``."""
    kinds = [each.text if each.kind == "sign" else each.kind for each in stream.tokens[:4]]
    for count, pattern in ((1, ["variable"]), (2, ["variable", ",", "variable"])):
        if kinds[: len(pattern)] == pattern and kinds[len(pattern) : len(pattern) + 1] in ([":="], ["="]):
            names = tuple(stream.tokens[index].text for index in range(0, 2 * count, 2))
            stream.at = len(pattern) + 1
            return names, kinds[len(pattern)] == ":="
    return (), False


@dataclass(slots=True)
class _Stream:
    """The tokens of a pipeline.

    Attributes:
        tokens: The tokens, without spaces.
        offset: Where the pipeline begins in the text.
        at: The index of the next token.
    """

    tokens: list[_Token]
    offset: int
    at: int = 0

    def peek(self) -> _Token | None:
        """The next token; None at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def pipeline(self, depth: int) -> Pipeline:
        """Commands up to the end, or to a closing parenthesis."""
        if depth > _MAX_NESTING:
            raise TemplateSyntaxError("it is nested too deeply", self.offset)
        commands = [self._command(depth)]
        while (token := self.peek()) is not None and token.text == "|" and token.kind == "sign":
            self.at += 1
            commands.append(self._command(depth))
        return Pipeline(self.offset, tuple(commands))

    def _command(self, depth: int) -> Command:
        operands: list[Operand] = []
        while (token := self.peek()) is not None and not (token.kind == "sign" and token.text in {"|", ")"}):
            operands.append(self._operand(token, depth))
        if not operands:
            raise TemplateSyntaxError("a value is missing", self.offset)
        return Command(tuple(operands))

    def _operand(self, token: _Token, depth: int) -> Operand:
        self.at += 1
        inner: Pipeline | None = None
        if token.kind == "sign" and token.text == "(":
            inner = self.pipeline(depth + 1)
            if (closing := self.peek()) is None or closing.text != ")":
                raise TemplateSyntaxError("a parenthesis is not closed", token.offset)
            self.at += 1
        kind, text = _kind(token)
        fields = [token.text[1:]] if token.kind == "field" else []
        while (following := self.peek()) is not None and following.kind == "attached":
            fields.append(following.text[1:])
            self.at += 1
        return Operand(kind, token.offset, text, tuple(fields), inner)


def _kind(token: _Token) -> tuple[OperandKind, str]:
    """What a token is as an operand, and its name or value."""
    if token.kind == "sign":
        if token.text == "(":
            return OperandKind.PIPELINE, ""
        if token.text == ".":
            return OperandKind.DOT, ""
        raise TemplateSyntaxError(f"{token.text!r} is not expected here", token.offset)
    if token.kind == "name":
        kinds = {"true": OperandKind.TRUTH, "false": OperandKind.TRUTH, "nil": OperandKind.NIL}
        if token.text in _KEYWORDS:
            raise TemplateSyntaxError(f"{token.text} is not expected here", token.offset)
        return kinds.get(token.text, OperandKind.FUNCTION), token.text
    if token.kind == "number":
        whole = not re.search(r"[.eE]", token.text) or token.text.lower().startswith("0x")
        return OperandKind.WHOLE_NUMBER if whole else OperandKind.NUMBER, token.text
    kinds_of_tokens = {
        "text": (OperandKind.TEXT, _value(token.text)),
        "char": (OperandKind.WHOLE_NUMBER, token.text),
        "variable": (OperandKind.VARIABLE, token.text),
        "field": (OperandKind.FIELD, ""),
    }
    return kinds_of_tokens[token.kind]


def _value(quoted: str) -> str:
    """The value of a text in quotes."""
    inner = quoted[1:-1]
    return (
        inner
        if quoted.startswith("`")
        else _ESCAPES.sub(lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), inner)
    )
