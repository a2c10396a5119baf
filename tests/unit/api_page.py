"""The page of public names, compared with the code.

``python -m tests.unit.api_page`` writes the present signatures into the page.
"""

import dataclasses
import enum
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path

import stackproof

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
_ENTRY = re.compile(r"^\| `(?P<owner>\w*)(?P<method>\.\w+)?(?P<rest>[^`]*)` \|", re.MULTILINE)
_MEMBER = re.compile(r"`\.(\w+)[^`]*`")
_HEADING = re.compile(r"^### `(\w+)`$", re.MULTILINE)


def written(text: str) -> str:
    """The page with the signatures that the code has now."""
    return "".join(_lines(text))


def documented(text: str) -> list[str]:
    """Every public name that has an entry, in the order of the page."""
    return [match["owner"] for match in _ENTRY.finditer(text) if match["owner"] and not match["method"]]


def unknown_members(text: str) -> list[str]:
    """Attributes and methods that a description names, as in `.took_s`, though the class has none of that name."""
    classes = {match["owner"]: match for match in _ENTRY.finditer(text) if match["owner"] and not match["method"]}
    return [
        f"{name}.{member}"
        for name, match in classes.items()
        for member in _MEMBER.findall(text[match.end() : text.index("\n", match.end())])
        if isinstance(thing := getattr(stackproof, name), type) and not _has(thing, member)
    ]


def _has(thing: type, member: str) -> bool:
    """True for a class attribute, for a field, and for what a constructor sets."""
    if hasattr(thing, member):
        return True
    if dataclasses.is_dataclass(thing):
        return member in {field.name for field in dataclasses.fields(thing)}
    constructors = [vars(each).get("__init__") for each in thing.__mro__]
    return any(f"self.{member} =" in inspect.getsource(each) for each in constructors if inspect.isfunction(each))


def _lines(text: str) -> Iterator[str]:
    owner = ""
    for line in text.splitlines(keepends=True):
        if heading := _HEADING.match(line):
            owner = heading[1]
        yield _ENTRY.sub(lambda match: f"| `{_shown_entry(match, owner)}` |", line)  # noqa: B023 - called at once


def _shown_entry(match: re.Match[str], owner: str) -> str:
    """An entry as the code has it; one without brackets stays a bare name, and must exist."""
    if method := match["method"]:
        member = inspect.getattr_static(getattr(stackproof, owner), method[1:])
        return f"{method}{_parameters(member)}" if callable(member) else method
    name = match["owner"]
    thing = getattr(stackproof, name)
    if isinstance(thing, type) and issubclass(thing, enum.Enum):
        return f"{name}: {', '.join(member.name for member in thing)}"
    return f"{name}{_parameters(thing)}" if match["rest"].startswith("(") else name


def _parameters(thing: object) -> str:
    call = inspect.getattr_static(thing, "__call__", None) if getattr(thing, "_is_protocol", False) else thing
    signature = inspect.signature(call)  # type: ignore[arg-type]
    kept = [_bare(each) for name, each in signature.parameters.items() if name != "self"]
    return str(signature.replace(parameters=kept, return_annotation=inspect.Signature.empty))


def _bare(parameter: inspect.Parameter) -> inspect.Parameter:
    default = parameter.default
    shown = default if default is inspect.Parameter.empty else _Shown(default)
    return parameter.replace(annotation=inspect.Parameter.empty, default=shown)


class _Shown:
    """A default as a reader would write it; what is no plain value is three dots."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        match self._value:
            case enum.Enum() as member:
                return f"{type(member).__name__}.{member.name}"
            case str() as text:
                return json.dumps(text)
            case bool() | int() | float() | None | ():
                return repr(self._value)
        return "..."


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
