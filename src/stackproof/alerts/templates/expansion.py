"""Expands templates in thought: follows the types of values, as ``text/template`` does when it executes one.

Source: https://github.com/golang/go/blob/master/src/text/template/exec.go and funcs.go.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from stackproof.alerts.templates.nodes import (
    Action,
    Branch,
    BranchKind,
    Command,
    Nodes,
    Operand,
    OperandKind,
    Pipeline,
    TemplateCall,
    Text,
)
from stackproof.alerts.templates.types import (
    ANYTHING,
    NOTHING,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE_NUMBER,
    Function,
    Type,
)

_COMPARISONS = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
_CONDITIONS = frozenset({"and", "or", "not", *_COMPARISONS})
_VERB = re.compile(r"%[-+# 0-9.*\[\]]*[a-zA-Z%]")
_MAX_CALLS = 30
_MOST_CALLS = 1000  # of templates by templates: two that call each other twice would double them without end
_LITERALS: Mapping[OperandKind, Type] = {
    OperandKind.TEXT: TEXT,
    OperandKind.WHOLE_NUMBER: WHOLE_NUMBER,
    OperandKind.NUMBER: NUMBER,
    OperandKind.TRUTH: TRUTH,
    OperandKind.NIL: ANYTHING,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a template.

    Attributes:
        message: What is wrong.
        offset: Where in the text.
        fails: Whether the expansion fails; otherwise it prints something that nobody wants.
        fix: How to fix it.
        template: The template in which it is; "" for the text itself.
    """

    message: str
    offset: int
    fails: bool = True
    fix: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A label or annotation that a template reads.

    Attributes:
        source: The map that it is read from, such as ``CommonLabels``.
        name: Its name.
        offset: Where in the text.
        tested: Whether a condition tests it, so that it may be missing.
        template: The template in which it is read; "" for the text itself.
    """

    source: str
    name: str
    offset: int
    tested: bool
    template: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """What one kind of template knows.

    Attributes:
        dot: The type of the dot.
        functions: The functions.
        variables: The variables that are there from the start.
        defined: The templates that can be called, by name.
        complete: Whether no other template can be called.
    """

    dot: Type
    functions: Mapping[str, Function]
    variables: Mapping[str, Type] = field(default_factory=dict)
    defined: Mapping[str, Nodes] = field(default_factory=dict)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a node stands.

    Attributes:
        dot: The type of the dot.
        variables: The variables.
        calls: How many templates were called around it.
    """

    dot: Type
    variables: dict[str, Type]
    calls: int = 0

    def inside(self, dot: Type) -> "_Scope":
        """The scope of a body, whose variables end with it."""
        return _Scope(dot, dict(self.variables), self.calls)


@dataclass(slots=True)
class Expansion:
    """Expands one template and collects what it sees.

    Attributes:
        language: What the template knows.
        template: The name of the template that is expanded; "" for a text.
        problems: What is wrong, in the order of the text.
        reads: The labels and annotations that it reads.
    """

    language: Language
    template: str = ""
    problems: list[Problem] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    _testing: bool = False
    _reads_nothing: bool = False
    _calls_left: list[int] = field(default_factory=lambda: [_MOST_CALLS])

    def expand(self, nodes: Nodes) -> None:
        """Expand the nodes of a whole text."""
        self._nodes(nodes, _Scope(self.language.dot, {"$": self.language.dot, **self.language.variables}))

    def _wrong(self, offset: int, message: str, fix: str = "", *, fails: bool = True) -> Type:
        self.problems.append(Problem(message, offset, fails, fix, self.template))
        return ANYTHING

    def _nodes(self, nodes: Nodes, scope: _Scope) -> None:
        for node in nodes:
            if isinstance(node, Action):
                value = self._pipeline(node.pipeline, scope)
                if not node.pipeline.variables and value is NOTHING:
                    self._wrong(node.pipeline.offset, "prints <no value>", fails=False)
            elif isinstance(node, Branch):
                self._branch(node, scope)
            elif isinstance(node, TemplateCall):
                self._template(node, scope)

    def _branch(self, node: Branch, scope: _Scope) -> None:
        inner = scope.inside(scope.dot)
        before, self._testing = self._testing, self._testing or node.kind is not BranchKind.RANGE
        value = self._pipeline(node.pipeline, inner)
        self._testing = before
        if node.kind is BranchKind.RANGE:
            value = self._item(value, node.pipeline, inner)
        dot = scope.dot if node.kind is BranchKind.IF else value
        self._nodes(node.body, inner.inside(dot))
        self._nodes(node.otherwise, inner.inside(scope.dot))

    def _item(self, value: Type, pipeline: Pipeline, scope: _Scope) -> Type:
        """The dot inside ``range``."""
        if value.item is not None:
            item = value.item
        elif not value.known or value in (NOTHING, WHOLE_NUMBER):
            item = ANYTHING
        else:
            item = self._wrong(pipeline.offset, f"range cannot run over {value.name}")
        if pipeline.variables:
            scope.variables[pipeline.variables[-1]] = item
            if len(pipeline.variables) > 1:
                scope.variables[pipeline.variables[0]] = TEXT if value.is_map else WHOLE_NUMBER
        return item

    def _template(self, node: TemplateCall, scope: _Scope) -> None:
        dot = NOTHING if node.pipeline is None else self._pipeline(node.pipeline, scope)
        body = self.language.defined.get(node.name)
        if body is None:
            if self.language.complete:
                near = get_close_matches(node.name, self.language.defined, n=1)
                fix = f"did you mean {near[0]!r}?" if near else "define it, or correct its name"
                self._wrong(node.offset, f"no template is called {node.name!r}", fix)
            return
        if scope.calls >= _MAX_CALLS or self._calls_left[0] <= 0:
            return
        self._calls_left[0] -= 1
        inside = Expansion(self.language, node.name, _calls_left=self._calls_left)
        inside._nodes(body, _Scope(dot, {"$": dot}, scope.calls + 1))
        self.reads += inside.reads
        if dot is not NOTHING:
            self.problems += inside.problems
        elif inside.problems or inside._reads_nothing:
            worst = next((each for each in inside.problems if each.fails), next(iter(inside.problems), None))
            why = worst.message if worst else "what it shows of its dot is empty"
            message = f"template {node.name!r} is called without a dot, so it gets nothing: {why}"
            fails = worst is not None and worst.fails
            self._wrong(node.offset, message, f'write {{{{ template "{node.name}" . }}}}', fails=fails)

    # Pipelines

    def _pipeline(self, pipeline: Pipeline, scope: _Scope) -> Type:
        value: Type | None = None
        for command in pipeline.commands:
            value = self._command(command, scope, value)
        result = value or ANYTHING
        if pipeline.variables and len(pipeline.variables) == 1:
            name = pipeline.variables[0]
            if not pipeline.declares and name not in scope.variables:
                self._wrong(pipeline.offset, f"there is no variable {name}")
            scope.variables[name] = result if pipeline.declares else ANYTHING
        elif pipeline.variables:
            scope.variables.update(dict.fromkeys(pipeline.variables, ANYTHING))
        return result

    def _command(self, command: Command, scope: _Scope, piped: Type | None) -> Type:
        """A command with the value of the command before it."""
        first, *others = command.operands
        if first.kind is OperandKind.FUNCTION:
            return self._called(command, scope, piped)
        value = self._operand(first, scope, takes_arguments=bool(others) or piped is not None)
        for operand in others:
            self._operand(operand, scope)
        if (others or piped is not None) and not self._is_method(first, scope):
            return self._not_a_function(first, others, piped)
        return value

    def _not_a_function(self, first: Operand, others: list[Operand], piped: Type | None) -> Type:
        shown = _shown(first)
        if piped is not None and not others:
            return self._wrong(first.offset, f"{shown} is no function, so nothing can be piped into it")
        fix = (
            f"write eq {shown} ..."
            if others[0].kind in _LITERALS
            else "remove what follows it, or write a function first"
        )
        missing = ": eq is missing" if others[0].kind in _LITERALS else ""
        return self._wrong(first.offset, f"{shown} is called like a function, but it is none{missing}", fix)

    def _is_method(self, operand: Operand, scope: _Scope) -> bool:
        """Whether an operand is a method with arguments, or something unknown that may be one."""
        if operand.kind in _LITERALS or operand.kind is OperandKind.DOT:
            return False
        if not operand.fields:
            return operand.kind is OperandKind.VARIABLE and scope.variables.get(operand.text) is None
        quiet = Expansion(self.language)
        owner = quiet._owner(operand, scope)
        return not owner.known or owner is NOTHING or operand.fields[-1] in owner.methods or bool(quiet.problems)

    def _owner(self, operand: Operand, scope: _Scope) -> Type:
        """What the last field of an operand is read from."""
        return self._fields(self._start(operand, scope), operand.fields[:-1], operand)

    def _operand(self, operand: Operand, scope: _Scope, *, takes_arguments: bool = False) -> Type:
        literal = _LITERALS.get(operand.kind)
        if literal is not None:
            return literal
        if operand.kind is OperandKind.FUNCTION:
            return self._call(operand, [], scope)
        return self._fields(self._start(operand, scope), operand.fields, operand, takes_arguments=takes_arguments)

    def _start(self, operand: Operand, scope: _Scope) -> Type:
        if operand.kind is OperandKind.VARIABLE:
            found = scope.variables.get(operand.text)
            return self._no_variable(operand, scope) if found is None else found
        if operand.kind is OperandKind.PIPELINE and operand.pipeline is not None:
            return self._pipeline(operand.pipeline, scope)
        return scope.dot

    def _no_variable(self, operand: Operand, scope: _Scope) -> Type:
        near = get_close_matches(operand.text.lower(), {name.lower() for name in scope.variables}, n=1)
        match = next((name for name in scope.variables if near and name.lower() == near[0]), "")
        hint = f"; did you mean {match}?" if match and match != "$" else ""
        return self._wrong(operand.offset, f"there is no {operand.text}{hint}", f"write {match}" if hint else "")

    def _fields(self, value: Type, names: tuple[str, ...], operand: Operand, *, takes_arguments: bool = False) -> Type:
        for index, name in enumerate(names):
            if not value.known:
                return ANYTHING
            if value is NOTHING:
                self._reads_nothing = True
                continue
            last = index == len(names) - 1
            if last and takes_arguments and name in value.methods:
                return ANYTHING
            known = (value.fields or {}).get(name)
            if known is None and value.is_map and value.item is not None:
                self.reads.append(Read(value.name, name, operand.offset, self._testing, self.template))
                known = value.item
            if known is None:
                return self._no_field(value, name, operand)
            value = known
        return value

    def _no_field(self, value: Type, name: str, operand: Operand) -> Type:
        root = self.language.dot.fields or {}
        if name in root and value is not self.language.dot:
            return self._wrong(
                operand.offset, f"{value.name} has no .{name}: the dot is another one here", f"write $.{name}"
            )
        if value.fields is None or value.is_map:
            return self._wrong(operand.offset, f"{_shown(operand)}: {value.name} has no fields, so it has no .{name}")
        of_alerts = value.fields.get("Alerts")
        if of_alerts is not None and of_alerts.item is not None and name in (of_alerts.item.fields or {}):
            return self._wrong(
                operand.offset,
                f"{value.name} has no .{name}: an alert has it",
                f"write {{{{ range .Alerts }}}}{{{{ .{name} }}}}{{{{ end }}}}",
            )
        near = get_close_matches(name.lower(), {each.lower() for each in value.fields}, n=1)
        known = ", ".join(f".{each}" for each in value.fields) or "none"
        match = next((each for each in value.fields if near and each.lower() == near[0]), None)
        fix = f"write .{match}" if match else ""
        if name in {"instance", "job"} or (not match and name.islower() and "$labels" in self.language.variables):
            fix = f"write $labels.{name}"
        return self._wrong(operand.offset, f"{value.name} has no .{name}; it has {known}", fix)

    # Functions

    def _called(self, command: Command, scope: _Scope, piped: Type | None) -> Type:
        first, *others = command.operands
        before = self._testing
        self._testing = before or first.text in _CONDITIONS
        given = [self._operand(each, scope) for each in others]
        self._testing = before
        if piped is not None:
            given.append(piped)
        result = self._call(first, given, scope)
        if first.text == "index" and given and given[0].is_map and others[-1].kind is OperandKind.TEXT:
            self.reads.append(Read(given[0].name, others[-1].text, first.offset, self._testing, self.template))
        if first.text in _COMPARISONS:
            self._comparison(first, others, given)
        if first.text == "printf" and others and others[0].kind is OperandKind.TEXT:
            self._format(others[0], len(given) - 1)
        return self._fields(result, first.fields, first)

    def _call(self, operand: Operand, given: list[Type], _scope: _Scope) -> Type:
        function = self.language.functions.get(operand.text)
        if function is None:
            return self._no_function(operand)
        count = len(given)
        if count < function.least or (function.most is not None and count > function.most):
            wanted = str(function.least) if function.most == function.least else f"at least {function.least}"
            return self._wrong(operand.offset, f"{operand.text} needs {wanted} arguments, it gets {count}")
        for index, value in enumerate(given):
            if (index in function.of_texts or -1 in function.of_texts) and not _may_be_text(value):
                what = "a format" if operand.text == "printf" else "a text"
                message = f"{operand.text} expects {what} as argument {index + 1}, it gets {value.name}"
                fix = 'write printf "%.2f" $value' if operand.text == "printf" else ""
                return self._wrong(operand.offset, message, fix)
        if operand.text == "index" and given and given[0].item is not None:
            return given[0].item if count == 2 else ANYTHING  # noqa: PLR2004 - a map and a key
        return function.result

    def _no_function(self, operand: Operand) -> Type:
        name = operand.text
        if f"${name}" in self.language.variables:
            return self._wrong(operand.offset, f"there is no function {name}; did you mean ${name}?", f"write ${name}")
        near = get_close_matches(name, self.language.functions, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return self._wrong(operand.offset, f"there is no function {name}{hint}")

    def _comparison(self, first: Operand, others: list[Operand], given: list[Type]) -> None:
        """Whether Go can compare the values: a number with a fraction only with another one."""
        kinds = {TEXT.name: TEXT, NUMBER.name: NUMBER, WHOLE_NUMBER.name: WHOLE_NUMBER, TRUTH.name: TRUTH}
        known = [value for value in given if value.name in kinds]
        if len(known) < len(given) or len({value.name for value in known}) <= 1:
            return
        message = f"{first.text} cannot compare {known[0].name} with {known[1].name}"
        whole = next((each for each in others if each.kind is OperandKind.WHOLE_NUMBER), None)
        fix = f"write {whole.text}.0" if whole and NUMBER in known else "compare values of one type"
        self._wrong(first.offset, message, fix)

    def _format(self, operand: Operand, count: int) -> None:
        """Whether a format and its arguments fit: Go prints ``%!d(MISSING)`` or ``%!(EXTRA ...)``."""
        verbs = [verb for verb in _VERB.findall(operand.text) if not verb.endswith("%")]
        if len(verbs) != count and not any("*" in verb or "[" in verb for verb in verbs):
            message = f"printf {operand.text!r} has {len(verbs)} verbs, but gets {count} values"
            self._wrong(operand.offset, message, "give it one value for each verb", fails=False)


def _may_be_text(value: Type) -> bool:
    return value is TEXT or not value.known


def _shown(operand: Operand) -> str:
    """An operand as it is written."""
    start = operand.text if operand.kind in {OperandKind.VARIABLE, OperandKind.FUNCTION, *_LITERALS} else ""
    fields = "".join(f".{name}" for name in operand.fields)
    if operand.kind is OperandKind.PIPELINE:
        return f"(...){fields}"
    return f"{start}{fields}" or "."


def texts(nodes: Nodes) -> list[Text]:
    """The texts outside of braces, at any depth."""
    found: list[Text] = []
    for node in nodes:
        if isinstance(node, Text):
            found.append(node)
        elif isinstance(node, Branch):
            found += texts(node.body) + texts(node.otherwise)
    return found
